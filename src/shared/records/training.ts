import { z } from 'zod';

/** How the weights of a child are updated. */
export const optimizerSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('momentum'), momentum: z.number().min(0).max(0.9999), nesterov: z.boolean() }),
  z.strictObject({
    kind: z.literal('rmsprop'),
    decay: z.number().gt(0).lt(1),
    momentum: z.number().min(0).max(0.9999),
    epsilon: z.number().positive(),
  }),
]);
export type Optimizer = z.infer<typeof optimizerSchema>;

/** Learning rate as a function of the step; `warmupSteps` ramps up linearly from 0 before it. */
export const learningRateSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('cosine'), initial: z.number().positive(), final: z.number().min(0) }),
  z.strictObject({
    kind: z.literal('exponential'),
    initial: z.number().positive(),
    decay: z.number().gt(0).max(1),
    everyEpochs: z.number().positive(),
  }),
]);
export type LearningRate = z.infer<typeof learningRateSchema>;

export const augmentationSchema = z.strictObject({
  /** Mirror left to right with probability 1/2. */
  flip: z.boolean(),
  /** Pixels of zero padding on each side before a random crop back to the image's size; 0 switches it off. */
  cropPadding: z.int().min(0).max(64),
  /** Side of the square that is blanked at a random place, in pixels; 0 switches it off. */
  cutout: z.int().min(0).max(256),
});
export type Augmentation = z.infer<typeof augmentationSchema>;

/** How one child is trained (the proxy task, or the full training). */
export const trainingSchema = z.strictObject({
  trainingImages: z.int().min(1),
  validationImages: z.int().min(1),
  epochs: z.int().min(1).max(10_000),
  batchSize: z.int().min(1).max(4096),
  optimizer: optimizerSchema,
  learningRate: learningRateSchema,
  warmupSteps: z.int().min(0),
  /** Added to the loss: weightDecay * sum(w^2) / 2 over convolution and dense kernels. */
  weightDecay: z.number().min(0),
  /** Largest global norm of the gradient; 0 switches clipping off. */
  clipNorm: z.number().min(0),
  labelSmoothing: z.number().min(0).lt(1),
  auxiliaryWeight: z.number().min(0),
  dropoutKeep: z.number().gt(0).max(1),
  /** ScheduledDropPath: keep probability of the last cell at the end of the training; 1 switches it off. */
  dropPathKeep: z.number().gt(0).max(1),
  batchNorm: z.strictObject({ decay: z.number().gt(0).lt(1), epsilon: z.number().positive() }),
  /** Decay of the moving average of weights that evaluation uses; 0 evaluates the weights themselves. */
  weightAverageDecay: z.number().min(0).lt(1),
  precision: z.enum(['float32', 'bfloat16', 'float16']),
  augmentation: augmentationSchema,
  /** A child that trains longer ends as `timed_out`; 0 means no limit. Milliseconds. */
  timeLimitMs: z.int().min(0),
  /** Which validation accuracy is the reward: of the last epoch, or the best of any epoch. */
  reward: z.enum(['last', 'best']),
});
export type Training = z.infer<typeof trainingSchema>;

/** One epoch of one trial, as measured. */
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

/** How a training ended. Everything here is expected and a value; only a bug throws. */
export const outcomeSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('completed'),
    reward: z.number().min(0).max(1),
    bestAccuracy: z.number().min(0).max(1),
    bestEpoch: z.int().min(1),
  }),
  z.strictObject({ kind: z.literal('failed'), reason: z.enum(FAILURES), message: z.string() }),
  z.strictObject({ kind: z.literal('pruned'), message: z.string() }),
  z.strictObject({ kind: z.literal('cancelled'), message: z.string() }),
]);
export type Outcome = z.infer<typeof outcomeSchema>;

/** The reward that a strategy is told for a child that failed. Ours: the paper does not say. */
export const FAILURE_REWARD = 0;
