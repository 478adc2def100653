import { z } from 'zod';
import { architectureSchema, scaleSchema, searchSpaceSchema } from './architecture.ts';
import { strategySchema } from './strategy.ts';
import { epochSchema, FAILURES, trainingSchema } from './training.ts';

/** A child's scale during the search, before the data set says how large its images are and how many classes it has. */
export const searchScaleSchema = scaleSchema.omit({ imageSize: true, classes: true });

/** One search: everything that its results depend on. */
export const experimentConfigSchema = z.strictObject({
  name: z.string().trim().min(1).max(200),
  dataset: z.string().min(1),
  preset: z.string(),
  /** Root of the seed tree: experiment → trial → split, initialisation, augmentation. At least 1. */
  seed: z.int().min(1).max(2_147_483_647),
  space: searchSpaceSchema,
  strategy: strategySchema,
  scale: searchScaleSchema,
  training: trainingSchema,
  budget: z.strictObject({
    trials: z.int().min(1).max(1_000_000),
    /** Start no trial after this long in the running state; 0 means no limit. Milliseconds. */
    timeLimitMs: z.int().min(0),
  }),
  /** Trials in training at the same time; each has a trainer host of its own. */
  trialsAtOnce: z.int().min(1).max(64),
  /** Train an architecture again when it is proposed again, instead of reusing its reward. */
  retrainRepeats: z.boolean(),
  /** Save a running child at least this often, so that a crash costs no more. Milliseconds. */
  checkpointEveryMs: z.int().min(1),
  /** And at least every so many steps; 0 leaves it to the clock. */
  checkpointEverySteps: z.int().min(0),
});
export type ExperimentConfig = z.infer<typeof experimentConfigSchema>;

export const EXPERIMENT_STATES = ['running', 'paused', 'completed', 'stopped', 'failed'] as const;
export const experimentStateSchema = z.enum(EXPERIMENT_STATES);
export type ExperimentState = z.infer<typeof experimentStateSchema>;

export const experimentSchema = z.strictObject({
  id: z.int().min(1),
  config: experimentConfigSchema,
  state: experimentStateSchema,
  /** While it runs for repeats alone: the state that its search rests in, and goes back to; else null. */
  restsAs: experimentStateSchema.nullable(),
  /** A sentence when the search paused or failed by itself, also after it is stopped; else null. */
  message: z.string().nullable(),
  createdAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
  /** Time in the running state so far, over all starts. Milliseconds. */
  runningMs: z.number().min(0),
  /** The part of it that the search itself took: strategy, store and events. Milliseconds. */
  overheadMs: z.number().min(0),
  /** Of the search's own trials; repeats that a person asked for are not among them. */
  counts: z.strictObject({
    queued: z.int(),
    running: z.int(),
    completed: z.int(),
    failed: z.int(),
    pruned: z.int(),
    cancelled: z.int(),
  }),
  /** Repeats that are not finished. */
  repeats: z.strictObject({ queued: z.int(), running: z.int() }),
  /** The highest number of a trial, repeats among them: trials are numbered without gaps. 0 before the first. */
  lastTrial: z.int().min(0),
  /** Trials in the trash; those of the search itself are part of `counts`. */
  trashed: z.int().min(0),
  /** The search that this random search stands beside, with the same budget; null for every other one. */
  twinOf: z.int().nullable(),
  /** Trial number and reward of the best trial so far that is not in the trash. */
  best: z.strictObject({ trial: z.int(), reward: z.number() }).nullable(),
});
export type Experiment = z.infer<typeof experimentSchema>;

export const TRIAL_STATES = ['queued', 'running', 'completed', 'failed', 'pruned', 'cancelled'] as const;
export const trialStateSchema = z.enum(TRIAL_STATES);
export type TrialState = z.infer<typeof trialStateSchema>;

/** One training of one child model, or the reuse of an earlier one. */
export const trialSchema = z.strictObject({
  experiment: z.int().min(1),
  /** Counted from 1 within the experiment, in the order of the proposals and of the repeats between them. */
  trial: z.int().min(1),
  state: trialStateSchema,
  architecture: architectureSchema,
  /** Equal for isomorphic architectures, see search-space/canonical.ts. */
  hash: z.string(),
  origin: z.string(),
  /** Trial that it was derived from; null when the strategy derives from none. */
  parent: z.int().nullable(),
  /** The controller update that learns from this trial, counted from 1; null for a repeat that a person asked for. */
  batch: z.int().min(1).nullable(),
  /** Log-probability under the policy that proposed it, in nats; null when the strategy has none. */
  logProbability: z.number().nullable(),
  seed: z.int(),
  /** Trial whose reward is reused; nothing was trained. */
  reusedFrom: z.int().nullable(),
  reward: z.number().nullable(),
  bestAccuracy: z.number().nullable(),
  bestEpoch: z.int().nullable(),
  failure: z.enum(FAILURES).nullable(),
  message: z.string().nullable(),
  /** SHA-256 of all weights, optimiser slots and statistics at the end of the training; null when nothing was trained. */
  weightsHash: z.string().nullable(),
  trainableParameters: z.int(),
  totalParameters: z.int(),
  multiplyAdds: z.int(),
  attempts: z.int().min(0),
  /**
   * Images of one step, where the memory did not suffice for the experiment's `training.batchSize`; else null. Learning
   * rate and warm-up go with it (batch-sizes.ts). Ours: its reward counts as any other's. How far another
   * batch moves it was not measured; a failure, the other choice, would say of the cell no more than that it is large.
   */
  reducedBatchSize: z.int().min(1).nullable(),
  queuedAt: z.iso.datetime(),
  startedAt: z.iso.datetime().nullable(),
  finishedAt: z.iso.datetime().nullable(),
  /** When it was put into the trash; null outside it. */
  trashedAt: z.iso.datetime().nullable(),
  /** Training time over all attempts. Milliseconds. */
  durationMs: z.number().min(0),
  /** Where a running trial stands. */
  step: z.int().min(0),
  steps: z.int().min(0),
});
export type Trial = z.infer<typeof trialSchema>;

export const trialEpochSchema = epochSchema.extend({ experiment: z.int().min(1), trial: z.int().min(1) });
export type TrialEpoch = z.infer<typeof trialEpochSchema>;
