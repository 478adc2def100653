import { existsSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatasetWriter } from '../../../src/main/datasets/write-dataset.ts';
import type { TrainJob } from '../../../src/main/training/train-job.ts';
import { PRESETS } from '../../../src/shared/presets.ts';
import { randomUint32 } from '../../../src/shared/random.ts';
import { NASNET_A } from '../../../src/shared/search-space/cells.ts';

export const TOY_CLASSES = 3;

/** A stored data set of small images: each class has a stripe of its own, under noise. */
export function writeToyDataset(folder: string, size: number, count: number): void {
  mkdirSync(folder, { recursive: true });
  const writer = new DatasetWriter(folder, {
    name: 'toy',
    title: 'Toy',
    imageSize: { height: size, width: size },
    channels: 3,
    classes: ['red', 'green', 'blue'],
    source: 'made by a test',
    licence: 'none',
  });
  const labels = Int32Array.from({ length: count }, (_, index) => index % TOY_CLASSES);
  const pixels = size * size * 3;
  const images = new Uint8Array(count * pixels);
  for (let at = 0; at < images.length; at++) {
    const label = labels[Math.floor(at / pixels)]!;
    images[at] = (randomUint32(11, at) % 128) + (at % 3 === label ? 100 : 0);
  }
  writer.append('train', images, labels);
  writer.append('test', images.subarray(0, pixels), labels.subarray(0, 1));
  writer.finish();
}

/** A folder for a test's files, with a toy data set in it. */
export function makeToyFolder(size = 8, count = 200): { folder: string; dataset: string } {
  const folder = mkdtempSync(path.join(tmpdir(), 'training-'));
  const dataset = path.join(folder, 'toy');
  if (!existsSync(dataset)) writeToyDataset(dataset, size, count);
  return { folder, dataset };
}

/** NASNet-A as small as it gets: six steps an epoch, with everything that draws random numbers switched on. */
export function toyJob(datasetFolder: string, changes: Partial<TrainJob> = {}): TrainJob {
  const { recipe } = PRESETS.quick.config;
  return {
    version: 1,
    kind: 'train',
    architecture: NASNET_A,
    scale: {
      stem: 'cifar',
      normalRepeats: 1,
      filters: 2,
      height: 8,
      width: 8,
      channels: 3,
      classes: TOY_CLASSES,
      auxiliary: true,
      skipReductionInput: false,
    },
    recipe: {
      ...recipe,
      epochs: 3,
      batchSize: 8,
      dropPathKeep: 0.7,
      dropoutKeep: 0.8,
      weightAverageDecay: 0.9,
      augmentation: { flip: true, cropPadding: 1, cutout: 2 },
    },
    subset: { training: 50, validation: 30 },
    dataset: { ref: { name: 'toy', version: 1 }, identity: '0'.repeat(64) },
    reward: { epoch: 'last' },
    limits: { timeLimitMs: 0 },
    datasetFolder,
    splitSeed: 3,
    seed: 5,
    device: '',
    residentBytes: 1_000_000,
    checkpointFolder: path.join(datasetFolder, '..'),
    checkpointEveryMs: 1_000_000_000,
    checkpointEverySteps: 0,
    keepWeights: false,
    weightsFile: null,
    resumeFrom: null,
    ...changes,
  };
}
