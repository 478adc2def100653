import { experimentFromPreset } from '../../../shared/presets.ts';
import { deriveSeed } from '../../../shared/random.ts';
import { SHADED } from '../shaded-dataset.ts';

/** Side of the square images, in pixels, and how many classes there are. */
export interface ImageSize {
  readonly imageSize: number;
  readonly classes: number;
}

/** A training as every revision can be asked for it, in the words of schema 2; an adapter turns it into its own. */
export interface TensorTask {
  readonly architecture: unknown;
  /** With the size of the images and the number of classes. */
  readonly scale: unknown;
  readonly training: unknown;
  /** Of a data set below the home folder. */
  readonly dataset: string;
  readonly splitSeed: number;
  readonly seed: number;
  readonly checkpointEverySteps: number;
  /** Steps after which the process kills itself; between two checkpoints, and only where nothing is resumed. */
  readonly dieAtStep: number;
}

const CELL = {
  blocks: [
    {
      left: { input: 0, operation: 'sep_conv_3x3' },
      right: { input: 1, operation: 'max_pool_3x3' },
      combine: 'add',
    },
    { left: { input: 2, operation: 'conv_1x1' }, right: { input: 0, operation: 'identity' }, combine: 'concat' },
  ],
  outputs: [3],
};

/** Twelve steps on the shaded data set, with everything that draws random numbers or keeps state switched on. */
export function tinyTask(): TensorTask {
  const { recipe, scale } = experimentFromPreset('quick', { dataset: SHADED });
  const { preprocessing: _, ...training } = recipe;
  return {
    architecture: { normal: CELL, reduction: CELL },
    scale: { ...scale, stem: 'cifar', imageSize: 8, classes: 4 },
    training: {
      ...training,
      trainingImages: 96,
      validationImages: 40,
      batchSize: 16,
      dropPathKeep: 0.7,
      dropoutKeep: 0.8,
      weightAverageDecay: 0.9,
      augmentation: { flip: true, cropPadding: 1, cutout: 2 },
      timeLimitMs: 0,
      reward: 'last',
    },
    dataset: SHADED,
    splitSeed: 3,
    seed: 5,
    checkpointEverySteps: 3,
    dieAtStep: 8,
  };
}

/** The training of a search's trial, from what `show --json` and `experiments --json` say of it. */
export function trialTask(config: SearchedConfig, trial: SearchedTrial, image: ImageSize): TensorTask {
  return {
    architecture: trial.architecture,
    scale: { ...config.scale, ...image },
    training: config.training,
    dataset: config.dataset,
    splitSeed: deriveSeed(config.seed, 'split'),
    seed: trial.seed,
    checkpointEverySteps: 40,
    dieAtStep: 100,
  };
}

export interface SearchedConfig {
  readonly scale: Readonly<Record<string, unknown>>;
  readonly training: unknown;
  readonly dataset: string;
  readonly seed: number;
}

export interface SearchedTrial {
  readonly architecture: unknown;
  readonly seed: number;
}
