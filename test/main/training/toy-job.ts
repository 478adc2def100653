import { existsSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatasetWriter } from '../../../src/main/datasets/write-dataset.ts';
import { PRESETS } from '../../../src/shared/presets.ts';
import { randomUint32 } from '../../../src/shared/random.ts';
import type { TrialJob } from '../../../src/shared/records/trial-job.ts';
import { NASNET_A } from '../../../src/shared/search-space/cells.ts';

export const TOY_CLASSES = 3;

/** A stored data set of small images: each class has a stripe of its own, under noise. */
export function writeToyDataset(folder: string, size: number, count: number): void {
  mkdirSync(folder, { recursive: true });
  const writer = new DatasetWriter(folder, {
    name: 'toy',
    title: 'Toy',
    imageSize: { height: size, width: size },
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
export function toyJob(datasetFolder: string, changes: Partial<TrialJob> = {}): TrialJob {
  const { training } = PRESETS.quick.config;
  return {
    experiment: 1,
    trial: 1,
    leaseEpoch: 1,
    architecture: NASNET_A,
    scale: {
      stem: 'cifar',
      normalRepeats: 1,
      filters: 2,
      imageSize: 8,
      classes: TOY_CLASSES,
      auxiliary: true,
      skipReductionInput: false,
    },
    training: {
      ...training,
      trainingImages: 50,
      validationImages: 30,
      epochs: 3,
      batchSize: 8,
      dropPathKeep: 0.7,
      dropoutKeep: 0.8,
      weightAverageDecay: 0.9,
      augmentation: { flip: true, cropPadding: 1, cutout: 2 },
      timeLimitMs: 0,
    },
    datasetFolder,
    splitSeed: 3,
    seed: 5,
    device: '',
    residentBytes: 1_000_000,
    checkpointFolder: path.join(datasetFolder, '..'),
    checkpointEveryMs: 1_000_000_000,
    checkpointEverySteps: 0,
    resumeFrom: null,
    ...changes,
  };
}
