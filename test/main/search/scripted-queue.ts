import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate, setTimeout } from 'node:timers/promises';
import {
  type Grant,
  isOutOfMemory,
  type TrainerCounts,
  type TrialHooks,
  type TrialQueue,
  type TrialResult,
  type TrialTask,
} from '../../../src/main/search/trial-queue.ts';
import type { Outcome } from '../../../src/shared/records/training.ts';

export interface Script {
  readonly steps?: number;
  /** Steps from one checkpoint to the next. */
  readonly checkpointSteps?: number;
  /** How long a step takes, in milliseconds; 0 gives the event loop a turn. */
  readonly stepMs?: (task: TrialTask, step: number) => number;
  /** An end other than the completed training; asked for at the end, with the images of one step. */
  readonly outcome?: (task: TrialTask, batchSize: number) => Outcome | undefined;
  /** What the trainer measures of a training that comes to its end; the search counts what it took here if that is more. */
  readonly durationMs?: number;
  /** What each trial's trainer held at most; not known where it is left out. */
  readonly peakBytes?: number;
  /** Called at the start of each try; may throw, as a queue does that can't train anything. */
  readonly onTrain?: (task: TrialTask, grant: Grant) => void;
}

/** Memory for 16 images a step in each second trial, for none in the fifth, for any number in the others. */
export function shortOfMemory({ trial }: TrialTask, batchSize: number): Outcome | undefined {
  const fits = trial === 5 ? 0 : trial % 2 === 0 ? 16 : Number.POSITIVE_INFINITY;
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
  readonly task: TrialTask;
  asked: 'suspend' | 'cancel' | null;
}

const STEPS_AN_EPOCH = 4;

/**
 * A queue that trains by arithmetic: no TensorFlow, but checkpoint files, resumption, suspension and weights whose hash
 * depends on every step. The reward is a function of the final weights, so it tells when a step was lost or done twice.
 */
export class ScriptedQueue implements TrialQueue {
  /** Tries in the order of their begin: trial number, and the step that it went on from. */
  readonly tries: { trial: number; from: number }[] = [];
  largestConcurrency = 0;
  private readonly script: Script;
  private readonly running = new Set<Running>();

  constructor(script: Script = {}) {
    this.script = script;
  }

  async train(task: TrialTask, hooks: TrialHooks): Promise<TrialResult> {
    const run: Running = { task, asked: null };
    this.running.add(run);
    this.largestConcurrency = Math.max(this.largestConcurrency, this.running.size);
    try {
      for (;;) {
        const grant = await hooks.lease();
        const end: TrialResult = grant ? await this.trainLeased(run, grant, hooks) : { kind: 'suspended' };
        if (!isOutOfMemory(end) || !hooks.ranOutOfMemory(end)) return end;
      }
    } finally {
      this.running.delete(run);
    }
  }

  cancel(experiment: number, trial: number): void {
    for (const run of this.running) {
      if (run.task.experiment === experiment && run.task.trial === trial) run.asked = 'cancel';
    }
  }

  suspend(experiment: number): void {
    for (const run of this.running) if (run.task.experiment === experiment) run.asked ??= 'suspend';
  }

  trainers(): TrainerCounts {
    return { busy: this.running.size, all: this.running.size };
  }

  async close(): Promise<void> {
    while (this.running.size > 0) {
      for (const run of this.running) run.asked ??= 'suspend';
      await setImmediate();
    }
  }

  private async trainLeased(run: Running, grant: Grant, hooks: TrialHooks): Promise<TrialResult> {
    const { task } = run;
    this.script.onTrain?.(task, grant);
    const { steps = 8, checkpointSteps = 3 } = this.script;
    const lease = { experiment: task.experiment, trial: task.trial, leaseEpoch: grant.leaseEpoch };
    const { batchSize } = grant.training ?? task.training;
    let weights = grant.resumeFrom ? load(grant.resumeFrom) : initial(task, batchSize);
    if (weights.batchSize !== batchSize)
      throw new Error(`A checkpoint of batch ${weights.batchSize}, not ${batchSize}`);
    this.tries.push({ trial: task.trial, from: weights.step });
    while (weights.step < steps) {
      const pause = this.script.stepMs?.(task, weights.step + 1) ?? 0;
      await (pause > 0 ? setTimeout(pause) : setImmediate());
      if (run.asked === 'cancel') return finished({ kind: 'cancelled', message: 'Cancelled on request.' }, null);
      weights = stepOn(weights, task);
      const { step } = weights;
      hooks.progress({ kind: 'progress', ...lease, epoch: epochOf(step), step, steps, loss: 1, stepMs: 1 });
      if (step % STEPS_AN_EPOCH === 0) hooks.epoch({ kind: 'epoch', ...lease, record: epochRecord(weights) });
      if (step % checkpointSteps === 0 || run.asked === 'suspend') {
        hooks.checkpoint({ kind: 'checkpoint', ...lease, step, ...save(grant.checkpointFolder, weights) });
      }
      if (run.asked === 'suspend' && step < steps) return { kind: 'suspended' };
    }
    const reward = fraction(weights.digest);
    const scripted = this.script.outcome?.(task, batchSize);
    const { durationMs, peakBytes } = this.script;
    return {
      ...finished(
        scripted ?? { kind: 'completed', reward, bestAccuracy: reward, bestEpoch: epochOf(steps) },
        scripted ? null : weights.digest,
      ),
      ...(durationMs === undefined ? {} : { durationMs }),
      ...(peakBytes === undefined ? {} : { peakBytes }),
    };
  }
}

function finished(outcome: Outcome, weightsHash: string | null): TrialResult {
  return { kind: 'finished', outcome, durationMs: 5, weightsHash };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function initial({ seed, splitSeed, architecture, scale, training }: TrialTask, batchSize: number): Weights {
  const ofBatch = batchSize === training.batchSize ? [] : [batchSize];
  return { step: 0, digest: sha256(JSON.stringify([seed, splitSeed, architecture, scale, ...ofBatch])), batchSize };
}

function stepOn({ step, digest, batchSize }: Weights, { seed }: TrialTask): Weights {
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
