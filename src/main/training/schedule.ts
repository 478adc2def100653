import { batchSizeOf } from '../../shared/batch-sizes.ts';
import type { Recipe } from '../../shared/records/recipe.ts';
import type { TrainSpec } from '../../shared/records/run.ts';
import { keepProbability } from '../child-model/drop-path.ts';

/** How a training is cut into steps. */
export interface StepCounts {
  /** Images of one step: the recipe's batch size, or all images where there are fewer. */
  readonly batchSize: number;
  /** Ours: what does not fill a batch at the end of an epoch is left out of that epoch. */
  readonly stepsPerEpoch: number;
  readonly steps: number;
}

export function countSteps({ recipe, subset }: Pick<TrainSpec, 'recipe' | 'subset'>): StepCounts {
  const batchSize = batchSizeOf(recipe, subset.training);
  const stepsPerEpoch = Math.floor(subset.training / batchSize);
  return { batchSize, stepsPerEpoch, steps: stepsPerEpoch * recipe.epochs };
}

/**
 * Learning rate of a step, counted from 0. The warm-up rises linearly to the initial rate; then one period of a cosine
 * over what is left (paper A.6), or the initial rate times `decay` after every `everyEpochs` (released code, staircase).
 */
export function learningRateAt(recipe: Recipe, { steps, stepsPerEpoch }: StepCounts, step: number): number {
  const { learningRate, warmupSteps } = recipe;
  const { initial } = learningRate;
  if (step < warmupSteps) return (initial * (step + 1)) / warmupSteps;
  const since = step - warmupSteps;
  switch (learningRate.kind) {
    case 'cosine': {
      const share = since / Math.max(1, steps - warmupSteps);
      return learningRate.final + ((initial - learningRate.final) * (1 + Math.cos(Math.PI * share))) / 2;
    }
    case 'exponential':
      return initial * learningRate.decay ** Math.floor(since / (learningRate.everyEpochs * stepsPerEpoch));
  }
}

/** How far ScheduledDropPath has come at a step, in [0, 1]. */
export function dropPathProgress({ steps }: StepCounts, step: number): number {
  return Math.min(1, step / steps);
}

/** Keep probability of the last cell at a step. */
export function lastCellKeep({ dropPathKeep }: Recipe, counts: StepCounts, step: number): number {
  return keepProbability({ cellIndex: 0, cellCount: 1 }, dropPathProgress(counts, step), dropPathKeep);
}
