import { PAPER_SPACE } from './records/architecture.ts';
import { type ExperimentConfig, experimentConfigSchema } from './records/experiment.ts';
import type { Recipe } from './records/recipe.ts';
import { STRATEGY_DEFAULTS, type StrategyConfig, type StrategyKind } from './records/strategy.ts';

export const PRESET_NAMES = ['paper', 'workstation', 'quick'] as const;
export type PresetName = (typeof PRESET_NAMES)[number];

/** A whole search but for its data set and its name. Meaning, unit and source of each value: hyperparameter-facts.ts. */
export interface Preset {
  readonly name: PresetName;
  /** What it is for and how long it takes, in one sentence. */
  readonly summary: string;
  readonly config: Omit<ExperimentConfig, 'name' | 'dataset' | 'preset' | 'strategy'>;
  /** The strategy's settings, whichever is chosen. */
  readonly strategies: Readonly<Record<StrategyKind, StrategyConfig>>;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** The paper's proxy task (appendix A.1, A.3, A.6). */
const PAPER_RECIPE: Recipe = {
  epochs: 20,
  batchSize: 32,
  optimizer: { kind: 'momentum', momentum: 0.9, nesterov: false },
  learningRate: { kind: 'cosine', initial: 0.025, final: 0 },
  warmupSteps: 0,
  weightDecay: 5e-4,
  clipNorm: 5,
  labelSmoothing: 0,
  auxiliaryWeight: 0.4,
  dropoutKeep: 1,
  dropPathKeep: 0.6,
  batchNorm: { decay: 0.9, epsilon: 1e-5 },
  weightAverageDecay: 0,
  precision: 'float32',
  augmentation: { flip: true, cropPadding: 4, cutout: 0 },
  preprocessing: { kind: 'whiten' },
};

/** Strategies with so many trials between two updates, and so many PPO epochs an update. */
function inBatchesOf(batchSize: number, epochs = STRATEGY_DEFAULTS.ppo.epochs): Record<StrategyKind, StrategyConfig> {
  return {
    ppo: { ...STRATEGY_DEFAULTS.ppo, batchSize, epochs },
    random: { ...STRATEGY_DEFAULTS.random, batchSize },
    evolution: { ...STRATEGY_DEFAULTS.evolution, batchSize },
  };
}

const PAPER: Preset = {
  name: 'paper',
  summary: 'The search as published: 20,000 children of 20 epochs each. It took the authors 450 GPUs for four days.',
  config: {
    seed: 1,
    space: PAPER_SPACE,
    scale: { stem: 'auto', normalRepeats: 2, filters: 32, auxiliary: false, skipReductionInput: false },
    recipe: PAPER_RECIPE,
    subset: { training: { share: 0.9, most: 45_000 }, validation: { share: 0.1, most: 5_000 } },
    reward: { epoch: 'last' },
    limits: { timeLimitMs: 0 },
    budget: { trials: 20_000, timeLimitMs: 0 },
    trialsAtOnce: 1,
    keepWeights: 3,
    retrainRepeats: false,
    checkpointEveryMs: MINUTE_MS,
    checkpointEverySteps: 0,
  },
  // Ours: ten epochs suit some hundred proposals; over 4,000 of the landscape's the score was 0.99 with two, 0.94 with ten.
  strategies: inBatchesOf(STRATEGY_DEFAULTS.ppo.batchSize, 2),
};

/**
 * How the day was worked out: 24 h / 400 children = 216 s a child. It makes 1,750 steps of 128 images (22,500 / 128 x 10),
 * so a step may take 123 ms. NASNet-A's step at this scale is 178 billion floating-point operations (232 million
 * multiply-adds x 2 x 3 for forward and backward x 128), so the GPU has to deliver 1.5 of its TFLOP/s in small kernels.
 * An estimate: it was not run on a GPU. The budget's time limit ends the search after a day in any case.
 */
const WORKSTATION: Preset = {
  name: 'workstation',
  summary: 'A day on one GPU: 400 children of ten epochs each on half of the images.',
  config: {
    ...PAPER.config,
    recipe: {
      ...PAPER_RECIPE,
      epochs: 10,
      batchSize: 128,
      learningRate: { kind: 'cosine', initial: 0.1, final: 0 },
      warmupSteps: 176,
      dropPathKeep: 0.8,
    },
    subset: { training: { share: 0.45, most: 22_500 }, validation: { share: 0.1, most: 5_000 } },
    limits: { timeLimitMs: HOUR_MS },
    budget: { trials: 400, timeLimitMs: 24 * HOUR_MS },
    checkpointEveryMs: MINUTE_MS,
  },
  strategies: inBatchesOf(10),
};

const QUICK: Preset = {
  name: 'quick',
  summary: 'Minutes on two CPU cores: small children of two epochs each on 4,000 images.',
  config: {
    ...PAPER.config,
    scale: { ...PAPER.config.scale, normalRepeats: 1, filters: 8 },
    recipe: {
      ...PAPER_RECIPE,
      epochs: 2,
      learningRate: { kind: 'cosine', initial: 0.1, final: 0 },
      warmupSteps: 25,
      dropPathKeep: 1,
      augmentation: { flip: true, cropPadding: 0, cutout: 0 },
    },
    // Shares for sets of fewer than 5,000 images.
    subset: { training: { share: 0.8, most: 4_000 }, validation: { share: 0.2, most: 1_000 } },
    limits: { timeLimitMs: 10 * MINUTE_MS },
    budget: { trials: 20, timeLimitMs: 0 },
    trialsAtOnce: 1,
    checkpointEveryMs: 10_000,
  },
  strategies: inBatchesOf(5),
};

export const PRESETS: Readonly<Record<PresetName, Preset>> = { paper: PAPER, workstation: WORKSTATION, quick: QUICK };

export interface PresetChoice {
  readonly dataset: string;
  readonly strategy?: StrategyKind;
  /** Preset, strategy and data set when left out. */
  readonly name?: string;
  readonly seed?: number;
  readonly trials?: number;
}

/** A preset's search over a data set; throws when a choice does not fit. */
export function experimentFromPreset(preset: PresetName, choice: PresetChoice): ExperimentConfig {
  const { config, strategies } = PRESETS[preset];
  const { dataset, strategy = 'ppo', name = `${preset} ${strategy} on ${dataset}`, seed, trials } = choice;
  return experimentConfigSchema.parse({
    ...config,
    name,
    dataset,
    preset,
    strategy: strategies[strategy],
    seed: seed ?? config.seed,
    budget: { ...config.budget, trials: trials ?? config.budget.trials },
  });
}
