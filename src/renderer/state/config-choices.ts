import { COMBINATIONS, OPERATIONS, SEARCH_STEMS } from '../../shared/records/architecture.ts';
import { type LearningRate, type Optimizer, recipeSchema, rewardRuleSchema } from '../../shared/records/recipe.ts';
import type { StrategyFact } from '../../shared/records/strategy.ts';

/** Values with a kind, and what each kind begins with where the preset has another one. */
export const KINDS: Readonly<Record<string, Readonly<Record<string, Optimizer | LearningRate>>>> = {
  'recipe.optimizer.kind': {
    momentum: { kind: 'momentum', momentum: 0.9, nesterov: false },
    rmsprop: { kind: 'rmsprop', decay: 0.9, momentum: 0.9, epsilon: 1 },
  },
  'recipe.learningRate.kind': {
    cosine: { kind: 'cosine', initial: 0.025, final: 0 },
    exponential: { kind: 'exponential', initial: 0.015, decay: 0.97, everyEpochs: 2.4 },
  },
};

/** One of these. */
export const ONE_OF: Readonly<Record<string, readonly string[]>> = {
  'scale.stem': SEARCH_STEMS,
  'recipe.precision': recipeSchema.shape.precision.options,
  'reward.epoch': rewardRuleSchema.shape.epoch.options,
  ...Object.fromEntries(Object.entries(KINDS).map(([path, kinds]) => [path, Object.keys(kinds)])),
};

/** Some of these, in this order. */
export const SOME_OF: Readonly<Record<string, readonly string[]>> = {
  'space.operations': OPERATIONS,
  'space.combinations': COMBINATIONS,
};

/** Of values that no preset has, as another kind brings them. */
export const KIND_FACTS: Readonly<Record<string, StrategyFact>> = {
  'recipe.optimizer.decay': {
    meaning: 'Weight of the past in the moving average of squared gradients',
    unit: 'per step',
    source: 'paper A.7, for ImageNet: 0.9',
  },
  'recipe.optimizer.epsilon': {
    meaning: 'Added to the averaged squared gradient before its root',
    unit: '',
    source: 'paper A.7, for ImageNet: 1',
  },
  'recipe.learningRate.decay': {
    meaning: 'What the learning rate is multiplied with each time it falls',
    unit: '',
    source: 'released code, for ImageNet: 0.97',
  },
  'recipe.learningRate.everyEpochs': {
    meaning: 'Epochs until the learning rate falls again',
    unit: 'epochs',
    source: 'released code, for ImageNet: 2.4',
  },
};
