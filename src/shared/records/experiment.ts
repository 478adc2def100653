import { z } from 'zod';
import { architectureSchema, SEARCH_STEMS, scaleSchema, searchSpaceSchema } from './architecture.ts';
import { limitsSchema, recipeSchema, rewardRuleSchema, subsetSchema } from './recipe.ts';
import { epochSchema, FAILURES, runPurposeSchema, runStateSchema } from './run.ts';
import { strategySchema } from './strategy.ts';

/** A trial's own run counts 1; those that a person asked for besides count on from there. */
const runNumber = z.int().min(1);

/** A child's scale during the search, before the data set says what its images are and how many classes it has. */
export const searchScaleSchema = scaleSchema
  .omit({ height: true, width: true, channels: true, classes: true })
  .extend({ stem: z.enum(SEARCH_STEMS) });
export type SearchScale = z.infer<typeof searchScaleSchema>;

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
  recipe: recipeSchema,
  subset: subsetSchema,
  reward: rewardRuleSchema,
  /** Of each child. */
  limits: limitsSchema,
  budget: z.strictObject({
    trials: z.int().min(1).max(1_000_000),
    /** Start no trial after this long in the running state; 0 means no limit. Milliseconds. */
    timeLimitMs: z.int().min(0),
  }),
  /** Trials in training at the same time; each has a trainer host of its own. */
  trialsAtOnce: z.int().min(1).max(64),
  /** The best so many trials of the search keep their weights. */
  keepWeights: z.int().min(0).max(1000),
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
  /** The highest number of a trial: trials are numbered without gaps. 0 before the first. */
  lastTrial: z.int().min(0),
  /** Trials in the trash; those of the search itself are part of `counts`. */
  trashed: z.int().min(0),
  /** The search that this random search stands beside, with the same budget; null for every other one. */
  twinOf: z.int().nullable(),
  /** The best row so far that is not in the trash, and its reward. */
  best: z.strictObject({ trial: z.int(), run: runNumber, reward: z.number() }).nullable(),
});
export type Experiment = z.infer<typeof experimentSchema>;

export const trialStateSchema = runStateSchema;
export type TrialState = z.infer<typeof trialStateSchema>;

/**
 * A trial as one of its runs shows it. A trial is a proposal's place in a search; it refers to the run that trained the
 * proposed architecture, or an equal one before it, and a person may ask for further runs of it: repeats.
 */
export const trialSchema = z.strictObject({
  experiment: z.int().min(1),
  /**
   * Counted from 1 within the experiment, in the order of the proposals. (In a project of schema 1 or 2 repeats have
   * numbers of their own between them; they keep those.)
   */
  trial: z.int().min(1),
  run: runNumber,
  /** `repeat` for what a person asked for: the strategy learns nothing from it. */
  purpose: runPurposeSchema,
  state: trialStateSchema,
  architecture: architectureSchema,
  /** Equal for isomorphic architectures, see search-space/canonical.ts. */
  hash: z.string(),
  origin: z.string(),
  /** Trial that it was derived from, or is a repeat of; null when the strategy derives from none. */
  parent: z.int().nullable(),
  /** The controller update that learns from this trial, counted from 1; null for a repeat. */
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
  /** Content hash of the weights that were kept: those of the epoch that gave the reward; null where none were. */
  weights: z.string().nullable(),
  trainableParameters: z.int(),
  totalParameters: z.int(),
  multiplyAdds: z.int(),
  attempts: z.int().min(0),
  /**
   * Images of one step, where the memory did not suffice for the experiment's `recipe.batchSize`; else null. Learning
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

/** An epoch of one of a trial's runs. */
export const trialEpochSchema = epochSchema.extend({
  experiment: z.int().min(1),
  trial: z.int().min(1),
  run: runNumber,
});
export type TrialEpoch = z.infer<typeof trialEpochSchema>;
