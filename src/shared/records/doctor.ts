import { z } from 'zod';

/** One thing that is missing or too old, and the exact command or step that mends it. */
export const doctorFindingSchema = z.strictObject({
  /** `required`: Cellwright can't train without it; `optional`: it can. */
  severity: z.enum(['required', 'optional']),
  what: z.string(),
  remedy: z.string(),
});
export type DoctorFinding = z.infer<typeof doctorFindingSchema>;

/** A device that TensorFlow can train on. */
export const doctorDeviceSchema = z.strictObject({
  kind: z.enum(['cpu', 'gpu']),
  name: z.string(),
  /** Memory of a GPU; null for the processor, whose memory is the machine's. */
  memoryBytes: z.int().min(0).nullable(),
});

/** What `cellwright doctor` found on this machine. */
export const doctorReportSchema = z.strictObject({
  cellwright: z.string(),
  system: z.strictObject({ name: z.string(), architecture: z.string() }),
  node: z.strictObject({ version: z.string(), path: z.string(), adequate: z.boolean() }),
  tensorflow: z.strictObject({
    /** `ready`: a child process loaded it and added two numbers; `broken`: it could not. */
    state: z.enum(['ready', 'not_set_up', 'broken']),
    version: z.string().nullable(),
    build: z.enum(['cpu', 'cuda', 'prebuilt']).nullable(),
    /** Why it is broken; null otherwise. */
    problem: z.string().nullable(),
  }),
  /** Graphics driver and the newest CUDA that it supports; null where no NVIDIA GPU answers. */
  driver: z.strictObject({ version: z.string(), cuda: z.string().nullable() }).nullable(),
  devices: z.array(doctorDeviceSchema),
  /** Processor cores that this process may use. */
  cores: z.int().min(1),
  memory: z.strictObject({ totalBytes: z.int().min(0), freeBytes: z.int().min(0) }),
  /** The folder for everything that is downloaded or built, and the disk it is on. */
  disk: z.strictObject({ folder: z.string(), totalBytes: z.int().min(0), freeBytes: z.int().min(0) }),
  /** The open project and the bytes of the weights and other files that it keeps; null where none is open. */
  project: z.strictObject({ folder: z.string(), keptBytes: z.int().min(0) }).nullable(),
  datasets: z.array(
    z.strictObject({ name: z.string(), title: z.string(), images: z.int().min(0), problem: z.string().nullable() }),
  ),
  /** Programs that set-up uses; a version of null means that the program was not found. */
  tools: z.array(z.strictObject({ name: z.string(), version: z.string().nullable() })),
  missing: z.array(doctorFindingSchema),
});
export type DoctorReport = z.infer<typeof doctorReportSchema>;
