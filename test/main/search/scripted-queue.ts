import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate, setTimeout } from 'node:timers/promises';
import type { End, QueueEvent, RunQueue, TrainerCounts } from '../../../src/main/runs/run-queue.ts';
import { batchSizeOf } from '../../../src/shared/batch-sizes.ts';
import type { Lease, Outcome, RunOrder, TrainSpec } from '../../../src/shared/records/run.ts';
import { WorkbenchError } from '../../../src/shared/workbench-error.ts';

/** A training as a script knows it. */
export interface ScriptedTask extends TrainSpec {
  /** NaN for what belongs to no search. */
  readonly experiment: number;
  readonly trial: number;
  /** The trial's own run is 1. */
  readonly run: number;
  readonly order: RunOrder;
}

export interface Script {
  readonly steps?: number;
  /** Steps from one checkpoint to the next. */
  readonly checkpointSteps?: number;
  /** How long a step takes, in milliseconds; 0 gives the event loop a turn. */
  readonly stepMs?: (task: ScriptedTask, step: number) => number;
  /** An end other than the completed training; asked for at the end, with the images of one step. */
  readonly outcome?: (task: ScriptedTask, batchSize: number) => Outcome | undefined;
  /** What the trainer measures of a training that comes to its end; the search counts what it took here if that is more. */
  readonly durationMs?: number;
  /** What each trial's trainer held at most; not known where it is left out. */
  readonly peakBytes?: number;
  /** Called at the start of each try; may throw a `WorkbenchError`, as a queue refuses what it can't carry out. */
  readonly onTrain?: (task: ScriptedTask) => void;
}

/**
 * Memory for 16 images a step in each second trial, for none in the fifth, for any number in the others; repeats take
 * turns.
 */
export function shortOfMemory({ trial, run }: ScriptedTask, batchSize: number): Outcome | undefined {
  const fits = trial === 5 ? 0 : (trial + run) % 2 === 1 ? 16 : Number.POSITIVE_INFINITY;
  if (batchSize <= fits) return undefined;
  return { kind: 'failed', reason: 'out_of_memory', message: `Memory ran out at batch ${batchSize}.` };
}

interface Weights {
  readonly step: number;
  /** Stands for all weights: each step folds into it what a training step depends on. */
  readonly digest: string;
  readonly batchSize: number;
}

interface Running {
  readonly task: ScriptedTask;
  asked: 'suspend' | 'cancel' | null;
}

const STEPS_AN_EPOCH = 4;

/**
 * A queue that trains by arithmetic: no TensorFlow, but checkpoint files, resumption, suspension and weights whose hash
 * depends on every step. The reward is a function of the final weights, so it tells when a step was lost or done twice.
 */
export class ScriptedQueue implements RunQueue {
  /** Tries in the order of their begin: trial number, and the step that it went on from. */
  readonly tries: { trial: number; from: number }[] = [];
  largestConcurrency = 0;
  private readonly script: Script;
  private readonly running = new Set<Running>();
  private listener: (event: QueueEvent) => void = () => undefined;

  constructor(script: Script = {}) {
    this.script = script;
  }

  submit(order: RunOrder): void {
    const running: Running = { task: taskOf(order), asked: null };
    this.running.add(running);
    this.largestConcurrency = Math.max(this.largestConcurrency, this.running.size);
    void this.carryOut(running).then((end) => {
      this.running.delete(running);
      this.tell(end);
    });
  }

  withdraw(lease: Lease, how: 'cancel' | 'suspend'): void {
    for (const running of this.running) {
      const { run, epoch } = running.task.order.lease;
      if (run !== lease.run || epoch !== lease.epoch) continue;
      if (how === 'cancel') running.asked = how;
      else running.asked ??= how;
    }
  }

  listen(listener: (event: QueueEvent) => void): () => void {
    this.listener = listener;
    return () => {
      this.listener = () => undefined;
    };
  }

  async attach(): Promise<readonly Lease[]> {
    return [];
  }

  trainers(): TrainerCounts {
    return { busy: this.running.size, all: this.running.size };
  }

  async close(): Promise<void> {
    while (this.running.size > 0) {
      for (const running of this.running) running.asked ??= 'suspend';
      await setImmediate();
    }
  }

  /** Overridden by queues that do something out of the ordinary. */
  protected async carryOut(running: Running): Promise<End> {
    const { lease } = running.task.order;
    try {
      // An order is never answered before it is handed over.
      await setImmediate();
      if (running.asked === 'suspend') return { kind: 'suspended', lease, step: 0 };
      this.tell({ kind: 'begun', lease });
      this.script.onTrain?.(running.task);
      return await this.train(running);
    } catch (error) {
      if (error instanceof WorkbenchError) return { kind: 'refused', lease, code: error.code, message: error.message };
      const message = error instanceof Error ? error.message : String(error);
      const stack = error instanceof Error ? (error.stack ?? message) : message;
      this.tell({ kind: 'log', lease, level: 'error', message: stack });
      return { kind: 'refused', lease, code: 'internal', message };
    }
  }

  protected tell(event: QueueEvent): void {
    this.listener(event);
  }

  private async train(running: Running): Promise<End> {
    const { task } = running;
    const { lease, resumeFrom, placement } = task.order;
    const { steps = 8, checkpointSteps = 3 } = this.script;
    const batchSize = batchSizeOf(task.recipe, task.subset.training);
    let weights = resumeFrom ? load(resumeFrom.file) : initial(task, batchSize);
    if (weights.batchSize !== batchSize)
      throw new Error(`A checkpoint of batch ${weights.batchSize}, not ${batchSize}`);
    this.tries.push({ trial: task.trial, from: weights.step });
    while (weights.step < steps) {
      const pause = this.script.stepMs?.(task, weights.step + 1) ?? 0;
      await (pause > 0 ? setTimeout(pause) : setImmediate());
      if (running.asked === 'cancel') return finished(lease, { kind: 'cancelled', message: 'Cancelled on request.' });
      weights = stepOn(weights, task);
      const { step } = weights;
      this.tell({ kind: 'progress', lease, epoch: epochOf(step), step, steps, loss: 1, stepMs: 1 });
      if (step % STEPS_AN_EPOCH === 0) this.tell({ kind: 'epoch', lease, record: epochRecord(weights) });
      if (step % checkpointSteps === 0 || running.asked === 'suspend') {
        this.tell({ kind: 'checkpoint', lease, step, ...save(placement.checkpointFolder, weights) });
      }
      if (running.asked === 'suspend' && step < steps) return { kind: 'suspended', lease, step };
    }
    const reward = fraction(weights.digest);
    const scripted = this.script.outcome?.(task, batchSize);
    const { durationMs, peakBytes } = this.script;
    const end = finished(
      lease,
      scripted ?? { kind: 'completed', reward, bestAccuracy: reward, bestEpoch: epochOf(steps) },
      scripted ? null : weights.digest,
    );
    return {
      ...end,
      ...(durationMs === undefined ? {} : { durationMs }),
      ...(peakBytes === undefined ? {} : { peakBytes }),
    };
  }
}

export type { Running as RunningTask };

function taskOf(order: RunOrder): ScriptedTask {
  if (order.spec.kind === 'evaluate') throw new Error('a script trains');
  const [, trial, run = '1', experiment] = /^Trial (\d+)(?:·(\d+))? of experiment (\d+)$/.exec(order.title) ?? [];
  const named = { experiment: Number(experiment), trial: Number(trial), run: Number(run) };
  return { ...order.spec, ...named, order };
}

function finished(lease: Lease, outcome: Outcome, weightsHash: string | null = null): End & { kind: 'finished' } {
  return { kind: 'finished', lease, outcome, durationMs: 5, weightsHash, weights: null };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function initial({ seed, splitSeed, architecture, scale }: ScriptedTask, batchSize: number): Weights {
  return { step: 0, digest: sha256(JSON.stringify([seed, splitSeed, architecture, scale, batchSize])), batchSize };
}

function stepOn({ step, digest, batchSize }: Weights, { seed }: ScriptedTask): Weights {
  return { step: step + 1, digest: sha256(`${digest} ${seed} ${step + 1}`), batchSize };
}

function fraction(digest: string): number {
  return Number.parseInt(digest.slice(0, 12), 16) / 2 ** 48;
}

function epochOf(step: number): number {
  return Math.ceil(step / STEPS_AN_EPOCH);
}

function epochRecord({ step, digest }: Weights) {
  const accuracy = fraction(digest);
  return {
    epoch: epochOf(step),
    trainingLoss: 1 - accuracy,
    trainingAccuracy: accuracy,
    validationLoss: 1 - accuracy,
    validationAccuracy: accuracy,
    learningRate: 0.025,
    dropPathKeep: 1,
    durationMs: 1,
  };
}

function save(folder: string, weights: Weights): { file: string; sizeBytes: number; sha256: string } {
  const text = JSON.stringify(weights);
  const file = join(folder, `step-${weights.step}.checkpoint`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${file}.tmp`, text);
  renameSync(`${file}.tmp`, file);
  return { file, sizeBytes: Buffer.byteLength(text), sha256: sha256(text) };
}

function load(file: string): Weights {
  return JSON.parse(readFileSync(file, 'utf8')) as Weights;
}
