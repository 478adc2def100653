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

/** What is done to an image before the network sees it. `whiten`: minus its own mean, over its own deviation. */
export const preprocessingSchema = z.strictObject({ kind: z.enum(['whiten']) });
export type Preprocessing = z.infer<typeof preprocessingSchema>;

/** How weights are trained, whichever images they see. */
export const recipeSchema = z.strictObject({
  epochs: z.int().min(1).max(10_000),
  /** Images of one step; all of them where there are fewer. */
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
  preprocessing: preprocessingSchema,
});
export type Recipe = z.infer<typeof recipeSchema>;

/** So many images of those that there are: this part of them, and no more than `most`. */
export const amountSchema = z.strictObject({ share: z.number().gt(0).max(1), most: z.int().min(1) });
export type Amount = z.infer<typeof amountSchema>;

/** Which of a data set's training images a child learns from, and which score it; never the same ones. */
export const subsetSchema = z.strictObject({ training: amountSchema, validation: amountSchema });
export type Subset = z.infer<typeof subsetSchema>;

/** A subset of a data set that is known: images. */
export const subsetCountsSchema = z.strictObject({ training: z.int().min(1), validation: z.int().min(1) });
export type SubsetCounts = z.infer<typeof subsetCountsSchema>;

/** What of a training is its reward: the validation accuracy of its last epoch, or the best of any. */
export const rewardRuleSchema = z.strictObject({ epoch: z.enum(['last', 'best']) });
export type RewardRule = z.infer<typeof rewardRuleSchema>;

/** When a training is given up. */
export const limitsSchema = z.strictObject({
  /** One that takes longer ends as `timed_out`; 0 means no limit. Milliseconds. */
  timeLimitMs: z.int().min(0),
});
export type Limits = z.infer<typeof limitsSchema>;
