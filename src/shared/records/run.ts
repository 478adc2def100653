import { z } from 'zod';
import { WORKBENCH_ERROR_CODES } from '../workbench-error.ts';
import { architectureSchema, scaleSchema } from './architecture.ts';
import { datasetRefSchema } from './dataset.ts';
import { limitsSchema, recipeSchema, rewardRuleSchema, subsetCountsSchema } from './recipe.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** What a run does: trains a network, trains one a little to measure the machine, or evaluates kept weights. */
export const RUN_KINDS = ['train', 'calibrate', 'evaluate'] as const;
export const runKindSchema = z.enum(RUN_KINDS);
export type RunKind = z.infer<typeof runKindSchema>;

/**
 * What a run is for. `proposal`: a strategy learns from it; `repeat`: the same cell with another seed, as a person
 * asked; `promoted`: a found cell trained in full; `asked`: on its own, as a person asked; `calibration`: an estimate
 * rests on it.
 */
export const RUN_PURPOSES = ['proposal', 'repeat', 'promoted', 'asked', 'calibration'] as const;
export const runPurposeSchema = z.enum(RUN_PURPOSES);
export type RunPurpose = z.infer<typeof runPurposeSchema>;

export const RUN_STATES = ['queued', 'running', 'completed', 'failed', 'pruned', 'cancelled'] as const;
export const runStateSchema = z.enum(RUN_STATES);
export type RunState = z.infer<typeof runStateSchema>;

/** Of a data set: its name and version, and the hash of all that results depend on. */
export const runDatasetSchema = z.strictObject({ ref: datasetRefSchema, identity: sha256 });

/** Version of the meaning of a run's spec: grows when a field comes to mean something else. */
export const SPEC_VERSION = 1;

const trainedSchema = z.strictObject({
  version: z.literal(SPEC_VERSION),
  architecture: architectureSchema,
  scale: scaleSchema,
  recipe: recipeSchema,
  subset: subsetCountsSchema,
  dataset: runDatasetSchema,
  /** Seed of the split into training and validation images. */
  splitSeed: z.int().min(1),
  /** Seed of the child: initialisation, order of images, augmentation, drop path. Never made from a run's id. */
  seed: z.int().min(1),
  reward: rewardRuleSchema,
  limits: limitsSchema,
});

export const trainSpecSchema = trainedSchema.extend({ kind: z.enum(['train', 'calibrate']) });
export type TrainSpec = z.infer<typeof trainSpecSchema>;

/** Kept weights on images of a data set; what the network was trained with says how the images are made ready. */
export const evaluateSpecSchema = trainedSchema.omit({ seed: true, reward: true, limits: true }).extend({
  kind: z.literal('evaluate'),
  /** Content hash of the weights. */
  weights: sha256,
  split: z.enum(['validation', 'test']),
});
export type EvaluateSpec = z.infer<typeof evaluateSpecSchema>;

/**
 * Everything that decides a run's numbers. The same spec gives the same numbers on the same machine and library (CPU),
 * whoever carries it out and however often it is interrupted.
 */
export const runSpecSchema = z.discriminatedUnion('kind', [trainSpecSchema, evaluateSpecSchema]);
export type RunSpec = z.infer<typeof runSpecSchema>;

/** Where a run finds and leaves its files, and what of the machine it has. It decides no number. */
export const placementSchema = z.strictObject({
  /** Folder of the data set (manifest.json, train-images.bin …), absolute. */
  datasetFolder: z.string(),
  /** TensorFlow's name of the device, such as `/device:GPU:0`; empty leaves it to TensorFlow. */
  device: z.string(),
  /** Bytes of the data set that may be held on the device; a larger one is streamed from disk. */
  residentBytes: z.int().min(0),
  /** Folder of this lease's checkpoints, absolute; made by the host. */
  checkpointFolder: z.string(),
  checkpointEveryMs: z.int().min(1),
  checkpointEverySteps: z.int().min(0),
  /** Whether the weights of the epoch that gives the reward are written as a file of their own. */
  keepWeights: z.boolean(),
  /** File of the weights that are evaluated, absolute; null for what trains. */
  weightsFile: z.string().nullable(),
});
export type Placement = z.infer<typeof placementSchema>;

/** One try to carry a run out. What an older lease says is dropped. */
export const leaseSchema = z.strictObject({ run: z.int().min(1), epoch: z.int().min(1) });
export type Lease = z.infer<typeof leaseSchema>;

/** Who goes first, from the first to the last: what a person waits for, asked for, what a search proposed, the rest. */
export const PRIORITIES = ['waited_for', 'asked', 'proposed', 'background'] as const;
export const prioritySchema = z.enum(PRIORITIES);
export type Priority = z.infer<typeof prioritySchema>;

/** A run with its lease, as a queue takes it. */
export const runOrderSchema = z.strictObject({
  lease: leaseSchema,
  /** For people who look at what a queue has, such as "Trial 17 of experiment 2". */
  title: z.string(),
  spec: runSpecSchema,
  placement: placementSchema,
  priority: prioritySchema,
  /** Checkpoint file to go on from, and the step that it stands at; null for a fresh start. */
  resumeFrom: z.strictObject({ file: z.string(), step: z.int().min(0) }).nullable(),
});
export type RunOrder = z.infer<typeof runOrderSchema>;

/** One epoch of a training, as measured. */
export const epochSchema = z.strictObject({
  /** Counted from 1. */
  epoch: z.int().min(1),
  /** Mean over the epoch's steps, L2 and auxiliary loss included. */
  trainingLoss: z.number(),
  trainingAccuracy: z.number(),
  validationLoss: z.number(),
  validationAccuracy: z.number(),
  /** At the epoch's last step. */
  learningRate: z.number(),
  /** Keep probability of the last cell at the epoch's last step. */
  dropPathKeep: z.number(),
  durationMs: z.number().min(0),
});
export type Epoch = z.infer<typeof epochSchema>;

export const FAILURES = ['nan_loss', 'out_of_memory', 'timed_out', 'crashed', 'too_large', 'error'] as const;

/** How a run ended. Everything here is expected and a value; only a bug throws. */
export const outcomeSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('completed'),
    reward: z.number().min(0).max(1),
    bestAccuracy: z.number().min(0).max(1),
    bestEpoch: z.int().min(1),
  }),
  /** Of an evaluation. `loss`: the mean over the images. */
  z.strictObject({
    kind: z.literal('evaluated'),
    images: z.int().min(1),
    correct: z.int().min(0),
    loss: z.number(),
  }),
  z.strictObject({ kind: z.literal('failed'), reason: z.enum(FAILURES), message: z.string() }),
  z.strictObject({ kind: z.literal('pruned'), message: z.string() }),
  z.strictObject({ kind: z.literal('cancelled'), message: z.string() }),
]);
export type Outcome = z.infer<typeof outcomeSchema>;

/** A run as the store knows it. */
export const runSchema = z.strictObject({
  id: z.int().min(1),
  experiment: z.int().nullable(),
  kind: runKindSchema,
  purpose: runPurposeSchema,
  state: runStateSchema,
  seed: z.int(),
  reward: z.number().nullable(),
  bestAccuracy: z.number().nullable(),
  bestEpoch: z.int().nullable(),
  /** What an evaluation counted; null otherwise. */
  evaluation: z.strictObject({ images: z.int(), correct: z.int(), loss: z.number() }).nullable(),
  failure: z.enum(FAILURES).nullable(),
  message: z.string().nullable(),
  /** SHA-256 of all weights, optimiser slots and statistics at the end of a training. */
  weightsHash: z.string().nullable(),
  /** Content hash of the weights that are kept. */
  weights: z.string().nullable(),
  leaseEpoch: z.int().min(0),
  attempts: z.int().min(0),
  /** An amendment: images of one step, where the memory did not suffice for the recipe's. */
  reducedBatchSize: z.int().min(1).nullable(),
  queuedAt: z.iso.datetime(),
  startedAt: z.iso.datetime().nullable(),
  finishedAt: z.iso.datetime().nullable(),
  durationMs: z.number().min(0),
  step: z.int().min(0),
  steps: z.int().min(0),
});
export type Run = z.infer<typeof runSchema>;

/** The reward that a strategy is told for a child that failed. Ours: the paper does not say. */
export const FAILURE_REWARD = 0;

const leased = { lease: leaseSchema };

/** From a queue to a trainer host. */
export const trainerCommandSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('begin'), order: runOrderSchema }),
  /** Ends the run as `cancelled`. */
  z.strictObject({ kind: z.literal('cancel'), ...leased }),
  /** Saves the run and stops: the host answers `suspended`. */
  z.strictObject({ kind: z.literal('suspend') }),
  z.strictObject({ kind: z.literal('shutdown') }),
]);
export type TrainerCommand = z.infer<typeof trainerCommandSchema>;

/** A file with the weights of an epoch, beside the checkpoints of the lease that made it. */
export const keptWeightsSchema = z.strictObject({
  epoch: z.int().min(1),
  /** Its name in that lease's folder. */
  name: z.string().regex(/^weights-\d+\.safetensors$/),
  sizeBytes: z.int().min(0),
  /** Of the whole file. */
  sha256,
});
export type KeptWeights = z.infer<typeof keptWeightsSchema>;

const writtenFile = { file: z.string(), sizeBytes: z.int(), sha256 };

/** What a trainer tells of the run that it carries out. */
export const trainerRunEventSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('progress'),
    ...leased,
    epoch: z.int(),
    step: z.int(),
    steps: z.int(),
    loss: z.number().nullable(),
    stepMs: z.number(),
  }),
  z.strictObject({ kind: z.literal('epoch'), ...leased, record: epochSchema }),
  z.strictObject({ kind: z.literal('checkpoint'), ...leased, step: z.int(), ...writtenFile }),
  z.strictObject({
    kind: z.literal('finished'),
    ...leased,
    outcome: outcomeSchema,
    durationMs: z.number(),
    /** SHA-256 of all weights, optimiser slots and statistics at the end; null when there are none. */
    weightsHash: z.string().nullable(),
    /** What was written of the network, under this lease or an earlier one; null where nothing was to be kept. */
    weights: keptWeightsSchema.nullable(),
  }),
  z.strictObject({ kind: z.literal('suspended'), ...leased, step: z.int() }),
  /** The run can't be carried out by any host (a full disk, a data set that is gone): whoever asked must know. */
  z.strictObject({ kind: z.literal('refused'), ...leased, code: z.enum(WORKBENCH_ERROR_CODES), message: z.string() }),
]);
export type TrainerRunEvent = z.infer<typeof trainerRunEventSchema>;

/** From a trainer host to its queue. */
export const trainerEventSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('ready'), pid: z.int(), tensorflow: z.string() }),
  /**
   * The process is alive; `busyStep` grows while the training thread makes progress. Its resident memory now, and the
   * most that it ever was.
   */
  z.strictObject({ kind: z.literal('heartbeat'), busyStep: z.int(), residentBytes: z.int(), peakBytes: z.int() }),
  ...trainerRunEventSchema.options,
  z.strictObject({ kind: z.literal('log'), level: z.enum(['info', 'warn', 'error']), message: z.string() }),
]);
export type TrainerEvent = z.infer<typeof trainerEventSchema>;
