import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PRESETS } from '../../shared/presets.ts';
import { randomUint32 } from '../../shared/random.ts';
import type { Outcome } from '../../shared/records/training.ts';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import { DatasetWriter } from '../datasets/write-dataset.ts';
import type { TrialQueue, TrialTask } from '../search/trial-queue.ts';
import { localTrainers } from '../trials/local-trainers.ts';
import type { Bench } from './bench.ts';
import {
  ALL_OPERANDS,
  operandsOf,
  SPACE_CLASSES,
  SPACE_IMAGE_SIZES,
  type SpaceCase,
  spaceCase,
} from './space-cases.ts';

/** Images of one step, and as many to evaluate on. */
const BATCH = 4;
const CASES = 500;
const LIMIT_MS = 10 * 60_000;

export interface SpaceBenchResult {
  readonly cases: number;
  readonly completed: number;
  /** Trainings whose loss was not finite: a named outcome, so no failure. */
  readonly nanLoss: number;
  readonly failures: readonly { readonly index: number; readonly message: string }[];
  /** Operation, kind of cell and stride that no case trained. */
  readonly missing: readonly string[];
  readonly totalMs: number;
}

/** A data set of noise for each image size, below a folder. */
export function writeSpaceDatasets(folder: string): void {
  for (const size of SPACE_IMAGE_SIZES) {
    const target = datasetFolder(folder, size);
    mkdirSync(target);
    const writer = new DatasetWriter(target, {
      name: `noise-${size}`,
      title: 'Noise',
      imageSize: { height: size, width: size },
      classes: Array.from({ length: SPACE_CLASSES }, (_, index) => String(index)),
      source: 'random numbers',
      licence: 'none',
    });
    const images = Uint8Array.from({ length: 2 * BATCH * size * size * 3 }, (_, at) => randomUint32(size, at) & 0xff);
    writer.append(
      'train',
      images,
      Int32Array.from({ length: 2 * BATCH }, (_, index) => index % SPACE_CLASSES),
    );
    writer.finish();
  }
}

function datasetFolder(folder: string, size: number): string {
  return path.join(folder, `noise-${size}`);
}

/** One step and one evaluation of a case, with drop path, dropout and averages of the weights switched on. */
export function spaceTask({ index, architecture, scale }: SpaceCase, folder: string): TrialTask {
  const { training } = PRESETS.paper.config;
  return {
    experiment: 1,
    trial: index + 1,
    architecture,
    scale,
    training: {
      ...training,
      trainingImages: BATCH,
      validationImages: BATCH,
      batchSize: BATCH,
      epochs: 1,
      dropoutKeep: 0.8,
      weightAverageDecay: 0.99,
      augmentation: { flip: true, cropPadding: 1, cutout: 2 },
    },
    datasetFolder: datasetFolder(folder, scale.imageSize),
    splitSeed: 1,
    seed: index + 1,
    device: '',
    residentBytes: 2 ** 20,
    checkpointEveryMs: 1_000_000_000,
    checkpointEverySteps: 0,
  };
}

/** Trains one step of the first `count` cases in trainer hosts, two at a time; hosts are recycled as in a search. */
export async function runSpaceBench(
  count: number,
  options: { readonly queue?: TrialQueue; readonly note?: (text: string) => void } = {},
): Promise<SpaceBenchResult> {
  const { note = () => undefined } = options;
  const folder = mkdtempSync(path.join(tmpdir(), 'cellwright-space-'));
  const queue = options.queue ?? (await localTrainers())((level, message) => note(`${level}: ${message}`));
  const start = performance.now();
  const failures: SpaceBenchResult['failures'][number][] = [];
  const covered = new Set<string>();
  const ends = { completed: 0, nanLoss: 0 };
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) {
      const one = spaceCase(index);
      const outcome = await trainCase(queue, one, folder);
      for (const operand of operandsOf(one)) covered.add(operand);
      if (outcome.kind === 'completed') ends.completed++;
      else if (outcome.kind === 'failed' && outcome.reason === 'nan_loss') ends.nanLoss++;
      else failures.push({ index, message: outcome.message });
      if ((index + 1) % 50 === 0) note(`${index + 1} of ${count}`);
    }
  };
  try {
    writeSpaceDatasets(folder);
    await Promise.all([work(), work()]);
  } finally {
    await queue.close();
    rmSync(folder, { recursive: true, force: true });
  }
  const missing = ALL_OPERANDS.filter((operand) => !covered.has(operand));
  return { cases: count, ...ends, failures, missing, totalMs: performance.now() - start };
}

async function trainCase(queue: TrialQueue, one: SpaceCase, folder: string): Promise<Outcome> {
  const checkpointFolder = path.join(folder, `case-${one.index}`);
  const result = await queue.train(spaceTask(one, folder), {
    lease: async () => ({ leaseEpoch: 1, checkpointFolder, resumeFrom: null, step: 0 }),
    lost: () => undefined,
    progress: () => undefined,
    epoch: () => undefined,
    checkpoint: () => undefined,
    ranOutOfMemory: () => false,
  });
  if (result.kind === 'suspended') throw new WorkbenchError('internal', `Case ${one.index} was suspended by nobody.`);
  return result.outcome;
}

/** `npm run bench space [COUNT]`: fails on any case without a named outcome, on a gap, and beyond ten minutes. */
export const spaceBench: Bench = async ({ json, options, output }) => {
  const count = options[0] === undefined ? CASES : Number(options[0]);
  if (!Number.isInteger(count) || count < 1) {
    throw new WorkbenchError('invalid_input', `${options[0]} is no number of architectures: give one from 1 up.`);
  }
  const result = await runSpaceBench(count, { note: (text) => output.note(text) });
  if (json) output.json(result);
  else for (const line of spaceBenchLines(result)) output.line(line);
  const whole = count < CASES || (result.missing.length === 0 && result.totalMs <= LIMIT_MS);
  return whole && result.failures.length === 0 ? 0 : 1;
};

function spaceBenchLines({ cases, completed, nanLoss, failures, missing, totalMs }: SpaceBenchResult): string[] {
  return [
    `${cases} random architectures trained a step in ${(totalMs / 1000).toFixed(0)} s: ${completed} with finite losses, ${nanLoss} ended as nan_loss, ${failures.length} failed.`,
    ...failures.map(({ index, message }) => `  case ${index}: ${message}`),
    missing.length === 0
      ? 'Every operation was trained in both cells and at both strides.'
      : `Not trained: ${missing.join('; ')}.`,
  ];
}
