import { z } from 'zod';
import { WORKBENCH_ERROR_CODES } from '../workbench-error.ts';
import { architectureSchema, scaleSchema } from './architecture.ts';
import { epochSchema, outcomeSchema, trainingSchema } from './training.ts';

/**
 * Everything that the training of one child depends on. The same job gives the same numbers on the same machine and
 * library (CPU), whichever host runs it and however often it is interrupted.
 */
export const trialJobSchema = z.strictObject({
  experiment: z.int().min(1),
  trial: z.int().min(1),
  /** Grows with each lease; a message that carries an older one is dropped. */
  leaseEpoch: z.int().min(1),
  architecture: architectureSchema,
  scale: scaleSchema,
  training: trainingSchema,
  /** Folder of the data set (manifest.json, train-images.bin …), absolute. */
  datasetFolder: z.string(),
  /** Seed of the split into training and validation images: the same for all trials of an experiment. */
  splitSeed: z.int().min(1),
  /** Seed of this child: initialisation, order of images, augmentation, drop path. */
  seed: z.int().min(1),
  /** TensorFlow's name of the device, such as `/device:GPU:0`; empty leaves it to TensorFlow. */
  device: z.string(),
  /** Bytes of the data set that may be held on the device; a larger one is streamed from disk. */
  residentBytes: z.int().min(0),
  /** Folder of this trial's checkpoints, absolute; made by the host. */
  checkpointFolder: z.string(),
  checkpointEveryMs: z.int().min(1),
  checkpointEverySteps: z.int().min(0),
  /** Checkpoint file to go on from, or null for a fresh start. */
  resumeFrom: z.string().nullable(),
});
export type TrialJob = z.infer<typeof trialJobSchema>;

const lease = { experiment: z.int(), trial: z.int(), leaseEpoch: z.int() };

/** From the workbench to a trainer host. */
export const trainerCommandSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('train'), job: trialJobSchema }),
  /** Ends the running trial as `cancelled`. */
  z.strictObject({ kind: z.literal('cancel'), ...lease }),
  /** Saves the running trial and stops: the host answers `suspended`. */
  z.strictObject({ kind: z.literal('suspend') }),
  z.strictObject({ kind: z.literal('shutdown') }),
]);
export type TrainerCommand = z.infer<typeof trainerCommandSchema>;

/** From a trainer host to the workbench. */
export const trainerEventSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('ready'), pid: z.int(), tensorflow: z.string() }),
  /**
   * The process is alive; `busyStep` grows while the training thread makes progress. Its resident memory now, and the
   * most that it ever was.
   */
  z.strictObject({ kind: z.literal('heartbeat'), busyStep: z.int(), residentBytes: z.int(), peakBytes: z.int() }),
  z.strictObject({
    kind: z.literal('progress'),
    ...lease,
    epoch: z.int(),
    step: z.int(),
    steps: z.int(),
    loss: z.number().nullable(),
    stepMs: z.number(),
  }),
  z.strictObject({ kind: z.literal('epoch'), ...lease, record: epochSchema }),
  z.strictObject({
    kind: z.literal('checkpoint'),
    ...lease,
    file: z.string(),
    step: z.int(),
    sizeBytes: z.int(),
    sha256: z.string(),
  }),
  z.strictObject({
    kind: z.literal('finished'),
    ...lease,
    outcome: outcomeSchema,
    durationMs: z.number(),
    /** SHA-256 of all weights, optimiser slots and statistics at the end; null when there are none. */
    weightsHash: z.string().nullable(),
  }),
  z.strictObject({ kind: z.literal('suspended'), ...lease, step: z.int() }),
  /** The job can't be done by any host (a full disk, a data set that is gone): the search must know. */
  z.strictObject({
    kind: z.literal('refused'),
    ...lease,
    code: z.enum(WORKBENCH_ERROR_CODES),
    message: z.string(),
  }),
  z.strictObject({ kind: z.literal('log'), level: z.enum(['info', 'warn', 'error']), message: z.string() }),
]);
export type TrainerEvent = z.infer<typeof trainerEventSchema>;
