import type { LearningRate, Recipe } from './records/recipe.ts';

/** Batch sizes that a run is tried with while its memory runs out. Ours: after two halvings the child is too large. */
const MOST_BATCH_SIZES = 3;
/** No batch is halved below this, in images. Ours: batch statistics of fewer images are mostly noise. */
const SMALLEST_BATCH_SIZE = 8;

/** Images of one step: the batch size that was asked for, or all `images` to train on where there are fewer. */
export const batchSizeOf = ({ batchSize }: Pick<Recipe, 'batchSize'>, images: number): number =>
  Math.min(batchSize, images);

/**
 * What a run is tried with, in images a step: the batch size that it was asked for (all images where there are fewer),
 * then half of it each time that memory runs out. One alone where it can't be halved.
 */
export function batchSizes(recipe: Pick<Recipe, 'batchSize'>, images: number): number[] {
  const asked = batchSizeOf(recipe, images);
  const sizes = [asked];
  for (let size = asked; size > SMALLEST_BATCH_SIZE && sizes.length < MOST_BATCH_SIZES; ) {
    size = Math.max(SMALLEST_BATCH_SIZE, Math.floor(size / 2));
    sizes.push(size);
  }
  return sizes;
}

/**
 * The recipe with a smaller batch, or as it is where that is null. It sees its images as often, and its schedule is
 * the same function of the epoch, so there are more steps and more of them warm up. Ours: the learning rate falls as the
 * batch with momentum (linear scaling, Goyal et al. 2017, section 2.1) and as its square root with RMSProp (Malladi et
 * al. 2022); what decays by the step (batch statistics, averages, RMSProp's squares) is left as it is.
 */
export function withBatchSize(recipe: Recipe, images: number, batchSize: number | null): Recipe {
  if (batchSize === null) return recipe;
  const share = batchSize / batchSizeOf(recipe, images);
  return {
    ...recipe,
    batchSize,
    learningRate: scaled(recipe.learningRate, recipe.optimizer.kind === 'momentum' ? share : Math.sqrt(share)),
    warmupSteps: Math.round(recipe.warmupSteps / share),
  };
}

function scaled(learningRate: LearningRate, by: number): LearningRate {
  const initial = learningRate.initial * by;
  if (learningRate.kind === 'exponential') return { ...learningRate, initial };
  return { ...learningRate, initial, final: learningRate.final * by };
}
