import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PRESETS } from '../../shared/presets.ts';
import type { Scale } from '../../shared/records/architecture.ts';
import type { Recipe } from '../../shared/records/recipe.ts';
import { NASNET_A } from '../../shared/search-space/cells.ts';
import { variablesOf } from '../../shared/search-space/plan.ts';
import { planNetwork } from '../../shared/search-space/plan-network.ts';
import { datasetFolder } from '../datasets/cifar10.ts';
import { openDatasetFolder } from '../datasets/stored-dataset.ts';

/** A network and a batch that all sides train. */
export interface EngineCase {
  readonly title: string;
  readonly scale: Scale;
  readonly batch: number;
}

/** Batches that a side goes round. */
export const BATCHES = 5;
const EVALUATION_BATCH = 100;
/** Of a CIFAR-10 image. */
const SIZE = 32;

export const SEARCH_SIZE: EngineCase = {
  title: 'search size (N=2, F=32, 32x32, batch 32)',
  scale: cifar(2, 32, SIZE),
  batch: 32,
};
export const DISPATCH: EngineCase = { title: 'dispatch (N=2, F=4, 8x8, batch 2)', scale: cifar(2, 4, 8), batch: 2 };
export const QUICK: EngineCase = { title: 'quick preset', scale: cifar(1, 8, SIZE), batch: 32 };

function cifar(normalRepeats: number, filters: number, size: number): Scale {
  const images = { height: size, width: size, channels: 3, classes: 10 } as const;
  return { stem: 'cifar', normalRepeats, filters, ...images, auxiliary: false, skipReductionInput: false };
}

/** A recipe and the images that it sees, in one object for the peers. */
export type PeerTraining = Recipe & { readonly trainingImages: number; readonly validationImages: number };

/** What every side does in a step: momentum, L2, clipping, batch norm; nothing random, so that losses can agree. */
function stepTraining(batchSize: number): PeerTraining {
  return {
    ...PRESETS.paper.config.recipe,
    batchSize,
    trainingImages: BATCHES * batchSize,
    validationImages: batchSize,
    // Small: at 0.025 two settings of one program are already 1e-3 apart after three steps, by rounding alone. The
    // work of a step does not depend on it, and a wrong update still shows.
    learningRate: { kind: 'cosine', initial: 0.0001, final: 0.0001 },
    warmupSteps: 0,
    dropPathKeep: 1,
    augmentation: { flip: false, cropPadding: 0, cutout: 0 },
  };
}

/** Plan, images and labels of a case as files; returns the command that loads them on any side. */
export function stepFixture(what: EngineCase, folder: string, home: string): Record<string, unknown> {
  const { scale, batch } = what;
  const name = (part: string): string =>
    join(folder, `${scale.normalRepeats}-${scale.filters}-${scale.height}-${part}`);
  const { images, labels } = firstImages(home, BATCHES * batch, scale.height);
  writeFileSync(name('images'), images);
  writeFileSync(name('labels'), labels);
  return {
    ...planFile(what.scale, name('plan.json')),
    cmd: 'load',
    images: name('images'),
    labels: name('labels'),
    weights: name('weights'),
    batches: BATCHES,
    batch,
    imageSize: scale.height,
    training: stepTraining(batch),
  };
}

/** A whole quick trial: the same number of images, epochs, batches and evaluations on every side. */
export function trialFixture(folder: string, home: string): Record<string, unknown> {
  const { recipe, subset } = PRESETS.quick.config;
  const training: PeerTraining = {
    ...recipe,
    trainingImages: subset.training.most,
    validationImages: subset.validation.most,
  };
  const { images, labels } = firstImages(home, training.trainingImages + training.validationImages, SIZE);
  writeFileSync(join(folder, 'trial-images'), images);
  writeFileSync(join(folder, 'trial-labels'), labels);
  return {
    ...planFile(QUICK.scale, join(folder, 'trial-plan.json')),
    cmd: 'trial',
    images: join(folder, 'trial-images'),
    labels: join(folder, 'trial-labels'),
    dataset: datasetFolder(home, 'cifar10'),
    checkpoints: join(folder, 'checkpoints'),
    imageSize: SIZE,
    evaluationBatch: EVALUATION_BATCH,
    training,
  };
}

function planFile(scale: Scale, file: string): Record<string, unknown> {
  const plan = planNetwork(NASNET_A, scale);
  writeFileSync(file, JSON.stringify({ steps: plan.steps, logits: plan.logits }));
  const variables = plan.steps.flatMap((step) => variablesOf(step)).map(({ name, shape }) => ({ name, shape }));
  return { plan: file, variables, scale };
}

/** The data set's first images, uint8, cut to their upper left corner where they are to be smaller. */
function firstImages(home: string, count: number, size: number): { images: Uint8Array; labels: Uint8Array } {
  const { file } = openDatasetFolder(datasetFolder(home, 'cifar10'));
  const whole = readFileSync(file('train-images.bin')).subarray(0, count * SIZE * SIZE * 3);
  const labels = readFileSync(file('train-labels.bin')).subarray(0, count * 4);
  if (size === SIZE) return { images: whole, labels };
  const rows: Uint8Array[] = [];
  for (let image = 0; image < count; image++) {
    for (let row = 0; row < size; row++) {
      const start = (image * SIZE + row) * SIZE * 3;
      rows.push(whole.subarray(start, start + size * 3));
    }
  }
  return { images: Buffer.concat(rows), labels };
}
