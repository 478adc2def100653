import { z } from 'zod';

/** Something a person should know: a trainer that was restarted, a trial that is retried. */
export const logEntrySchema = z.strictObject({
  at: z.iso.datetime(),
  level: z.enum(['info', 'warn', 'error']),
  experiment: z.int().nullable(),
  trial: z.int().nullable(),
  message: z.string(),
});
export type LogEntry = z.infer<typeof logEntrySchema>;

/** One try to carry a run out. */
export const attemptSchema = z.strictObject({
  /** From 1. */
  attempt: z.int().min(1),
  /** Images of one step; null for a run without steps, and for one from before it was recorded. */
  batchSize: z.int().min(1).nullable(),
  startedAt: z.iso.datetime(),
  /** Null while it is under way, and for one whose process was killed. */
  endedAt: z.iso.datetime().nullable(),
  /** How it ended, in a sentence; null while it is under way. */
  end: z.string().nullable(),
});
export type Attempt = z.infer<typeof attemptSchema>;

/** How the workbench is, for the status bar and the banner after a crash. */
export const workbenchStatusSchema = z.strictObject({
  startedAt: z.iso.datetime(),
  /** In which filters read dates, as `Intl` takes it: `Europe/Berlin`, or `-03:00` where it has no name. */
  timeZone: z.string(),
  trainers: z.strictObject({ busy: z.int().min(0), all: z.int().min(0) }),
  freeMemoryBytes: z.int().min(0),
  /** Trials that a crash or a kill interrupted and that go on, with the epoch they stood at. */
  resumed: z.array(z.strictObject({ experiment: z.int(), trial: z.int(), run: z.int(), epoch: z.int().min(0) })),
});
export type WorkbenchStatus = z.infer<typeof workbenchStatusSchema>;
