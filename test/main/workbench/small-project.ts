import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DATASET_FORMAT, type Dataset } from '../../../src/shared/records/dataset.ts';
import type { ExperimentConfig } from '../../../src/shared/records/experiment.ts';
import type { Subset } from '../../../src/shared/records/recipe.ts';
import { STRATEGY_DEFAULTS } from '../../../src/shared/records/strategy.ts';

/** A folder of its own for a test; call `remove` at its end. */
export function scratchFolder(): { folder: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'cellwright-test-'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

const IMAGE_SIZE = 8;
const TRAIN = 40;
const TEST = 10;

/** Stores a data set of 8 x 8 images of two classes under `home`. `shade` makes its contents another. */
export function writeSmallDataset(home: string, shade = 7): Dataset {
  const folder = join(home, 'datasets', 'small');
  mkdirSync(folder, { recursive: true });
  const contents = {
    'train-images.bin': Buffer.alloc(TRAIN * IMAGE_SIZE * IMAGE_SIZE * 3, shade),
    'train-labels.bin': Buffer.alloc(TRAIN * 4),
    'test-images.bin': Buffer.alloc(TEST * IMAGE_SIZE * IMAGE_SIZE * 3, shade),
    'test-labels.bin': Buffer.alloc(TEST * 4),
  } as const;
  const names = ['train-images.bin', 'train-labels.bin', 'test-images.bin', 'test-labels.bin'] as const;
  const files = names.map((name) => {
    writeFileSync(join(folder, name), contents[name]);
    const sha256 = createHash('sha256').update(contents[name]).digest('hex');
    return { name, sizeBytes: contents[name].length, sha256 };
  });
  const dataset: Dataset = {
    format: DATASET_FORMAT,
    name: 'small',
    title: 'Small',
    imageSize: { height: IMAGE_SIZE, width: IMAGE_SIZE },
    channels: 3,
    classes: ['dark', 'bright'],
    counts: { train: TRAIN, test: TEST },
    files,
    mean: [0.5, 0.5, 0.5],
    deviation: [0.25, 0.25, 0.25],
    source: 'made for a test',
    licence: 'none',
  };
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(dataset));
  return dataset;
}

/** A subset of so many images. */
export function imagesOf(training: number, validation: number): Subset {
  return { training: { share: 1, most: training }, validation: { share: 1, most: validation } };
}

/** Six trials in batches of two: three updates of the paper's controller, on the data set of `writeSmallDataset`. */
export function smallConfig(changes: Partial<ExperimentConfig> = {}): ExperimentConfig {
  return {
    name: 'small search',
    dataset: 'small',
    preset: 'custom',
    seed: 11,
    space: { blocks: 2, operations: ['identity', 'sep_conv_3x3', 'max_pool_3x3'], combinations: ['add', 'concat'] },
    strategy: { ...STRATEGY_DEFAULTS.ppo, batchSize: 2 },
    scale: { stem: 'cifar', normalRepeats: 1, filters: 2, auxiliary: false, skipReductionInput: false },
    recipe: {
      epochs: 2,
      batchSize: 8,
      optimizer: { kind: 'momentum', momentum: 0.9, nesterov: false },
      learningRate: { kind: 'cosine', initial: 0.025, final: 0 },
      warmupSteps: 0,
      weightDecay: 0,
      clipNorm: 5,
      labelSmoothing: 0,
      auxiliaryWeight: 0,
      dropoutKeep: 1,
      dropPathKeep: 1,
      batchNorm: { decay: 0.9, epsilon: 1e-5 },
      weightAverageDecay: 0,
      precision: 'float32',
      augmentation: { flip: false, cropPadding: 0, cutout: 0 },
      preprocessing: { kind: 'whiten' },
    },
    subset: imagesOf(30, 10),
    reward: { epoch: 'last' },
    limits: { timeLimitMs: 0 },
    budget: { trials: 6, timeLimitMs: 0 },
    trialsAtOnce: 2,
    keepWeights: 3,
    retrainRepeats: false,
    checkpointEveryMs: 1000,
    checkpointEverySteps: 0,
    ...changes,
  };
}

/** The small search with a batch that can be halved twice before it is at its smallest. */
export const LARGE_BATCH: ExperimentConfig = smallConfig({
  recipe: { ...smallConfig().recipe, batchSize: 32 },
  subset: imagesOf(32, 8),
});
