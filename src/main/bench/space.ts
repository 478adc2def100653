import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { PRESETS } from '../../shared/presets.ts';
import { randomUint32 } from '../../shared/random.ts';
import type { Scale } from '../../shared/records/architecture.ts';
import type { Outcome, RunOrder } from '../../shared/records/run.ts';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import { DatasetWriter } from '../datasets/write-dataset.ts';
import { localTrainers } from '../runs/local-trainers.ts';
import { type End, isEnd, type RunQueue } from '../runs/run-queue.ts';
import { tensorFlowEnvironment } from '../tensor/backend.ts';
import type { Bench } from './bench.ts';
import { ALL_OPERANDS, operandsOf, type SpaceCase, sizedCase, spaceCase } from './space-cases.ts';

/** Images of one step, and as many to evaluate on. */
const BATCH = 4;
const CASES = 500;
/** On images of any size. */
const SIZED_CASES = 60;
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

/** A data set of noise for a case's images, below a folder; made when it is not there. Returns its own folder. */
function spaceDataset(folder: string, { height, width, channels, classes }: Scale): string {
  const name = `noise-${height}x${width}x${channels}`;
  const target = path.join(folder, name);
  if (existsSync(target)) return target;
  mkdirSync(target);
  const writer = new DatasetWriter(target, {
    name,
    title: 'Noise',
    imageSize: { height, width },
    channels,
    classes: Array.from({ length: classes }, (_, index) => String(index)),
    source: 'random numbers',
    licence: 'none',
  });
  const length = 2 * BATCH * height * width * channels;
  const images = Uint8Array.from({ length }, (_, at) => randomUint32(height, at) & 0xff);
  writer.append(
    'train',
    images,
    Int32Array.from({ length: 2 * BATCH }, (_, index) => index % classes),
  );
  writer.finish();
  return target;
}

/** One step and one evaluation of a case, with drop path, dropout and averages of the weights switched on. */
export function spaceOrder({ index, architecture, scale }: SpaceCase, folder: string): RunOrder {
  const { recipe, reward, limits } = PRESETS.paper.config;
  return {
    lease: { run: index + 1, epoch: 1 },
    title: `Case ${index}`,
    spec: {
      version: 1,
      kind: 'train',
      architecture,
      scale,
      recipe: {
        ...recipe,
        batchSize: BATCH,
        epochs: 1,
        dropoutKeep: 0.8,
        weightAverageDecay: 0.99,
        augmentation: { flip: true, cropPadding: 1, cutout: 2 },
      },
      subset: { training: BATCH, validation: BATCH },
      dataset: { ref: { name: 'noise', version: 1 }, identity: '0'.repeat(64) },
      splitSeed: 1,
      seed: index + 1,
      reward,
      limits,
    },
    placement: {
      datasetFolder: spaceDataset(folder, scale),
      device: '',
      residentBytes: 2 ** 20,
      checkpointFolder: path.join(folder, `case-${index}`),
      checkpointEveryMs: 1_000_000_000,
      checkpointEverySteps: 0,
      keepWeights: false,
      weightsFile: null,
    },
    priority: 'background',
    resumeFrom: null,
  };
}

export interface SpaceBenchOptions {
  readonly queue?: RunQueue;
  readonly note?: (text: string) => void;
  /** Cases on images of any size, whose gradients are looked at as well. */
  readonly sizes?: boolean;
}

/** Trains one step of the first `count` cases in trainer hosts, two at a time; hosts are recycled as in a search. */
export async function runSpaceBench(count: number, options: SpaceBenchOptions = {}): Promise<SpaceBenchResult> {
  const { note = () => undefined, sizes = false } = options;
  const folder = mkdtempSync(path.join(tmpdir(), 'cellwright-space-'));
  const queue = options.queue ?? (await localTrainers())();
  const waiting = new Map<number, (end: End) => void>();
  queue.listen((event) => {
    if (event.kind === 'log') note(`${event.level}: ${event.message}`);
    else if (isEnd(event)) waiting.get(event.lease.run)?.(event);
  });
  const carryOut = (order: RunOrder): Promise<End> =>
    new Promise((resolve) => {
      waiting.set(order.lease.run, resolve);
      queue.submit(order);
    });
  const start = performance.now();
  const failures: SpaceBenchResult['failures'][number][] = [];
  const covered = new Set<string>();
  const ends = { completed: 0, nanLoss: 0 };
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) {
      const one = sizes ? sizedCase(index) : spaceCase(index);
      const outcome = outcomeOf(await carryOut(spaceOrder(one, folder)));
      for (const operand of operandsOf(one)) covered.add(operand);
      if (outcome.kind === 'completed') ends.completed++;
      else if (outcome.kind === 'failed' && outcome.reason === 'nan_loss') ends.nanLoss++;
      else failures.push({ index, message: 'message' in outcome ? outcome.message : outcome.kind });
      if (sizes) for (const message of await gradientFaults(index)) failures.push({ index, message });
      if ((index + 1) % 50 === 0) note(`${index + 1} of ${count}`);
    }
  };
  try {
    await Promise.all([work(), work()]);
  } finally {
    await queue.close();
    rmSync(folder, { recursive: true, force: true });
  }
  const missing = ALL_OPERANDS.filter((operand) => !covered.has(operand));
  return { cases: count, ...ends, failures, missing, totalMs: performance.now() - start };
}

/** What no outcome was told of is a failure as well. */
function outcomeOf(end: End): Outcome {
  if (end.kind === 'finished') return end.outcome;
  const message = end.kind === 'lost' ? `The trainer ${end.loss.reason}.` : end.kind === 'refused' ? end.message : '';
  return { kind: 'failed', reason: 'crashed', message: message || 'It was suspended by nobody.' };
}

/** In a process of its own, since TensorFlow may end it. */
async function gradientFaults(index: number): Promise<string[]> {
  const file = path.join(import.meta.dirname, 'space-gradients-process.ts');
  const environment = { ...process.env, ...tensorFlowEnvironment(1) };
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [file, String(index)], { env: environment });
    return JSON.parse(stdout) as string[];
  } catch (error) {
    const { signal, stderr } = error as { signal?: string; stderr?: string };
    return [`looking at its gradients ended with ${signal ?? stderr?.trim() ?? error}`];
  }
}

/**
 * `npm run bench space [--sizes] [COUNT]`: fails on any case without a named outcome, on a gap, and beyond ten minutes.
 */
export const spaceBench: Bench = async ({ json, options, output }) => {
  const sizes = options.includes('--sizes');
  const [number] = options.filter((option) => option !== '--sizes');
  const usual = sizes ? SIZED_CASES : CASES;
  const count = number === undefined ? usual : Number(number);
  if (!Number.isInteger(count) || count < 1) {
    throw new WorkbenchError('invalid_input', `${number} is no number of architectures: give one from 1 up.`);
  }
  const result = await runSpaceBench(count, { sizes, note: (text) => output.note(text) });
  if (json) output.json(result);
  else for (const line of spaceBenchLines(result)) output.line(line);
  const whole = count < usual || (result.missing.length === 0 && result.totalMs <= LIMIT_MS);
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
