import path from 'node:path';
import type { RewardRule } from '../../shared/records/recipe.ts';
import type { Epoch, KeptWeights, Outcome } from '../../shared/records/run.ts';
import { SessionError } from '../tensor/session.ts';
import type { WrittenFile } from '../write-whole-file.ts';
import { type CheckpointContent, findNonFinite, hashBody, type TrainingProgress } from './checkpoint.ts';
import { ChildSession } from './child-session.ts';
import { writeNetwork } from './network-weights.ts';
import { countSteps, lastCellKeep, learningRateAt } from './schedule.ts';
import type { TrainingTimings } from './timings.ts';
import type { TrainJob } from './train-job.ts';

export interface TrainProgress {
  /** Counted from 1. */
  readonly epoch: number;
  /** Steps done, of `steps`. */
  readonly step: number;
  readonly steps: number;
  readonly loss: number;
  readonly stepMs: number;
}

/** How a training speaks with whoever runs it. Everything is called on the training's own thread. */
export interface TrainHooks {
  /** After each step. */
  onProgress(progress: TrainProgress): void;
  /** After each epoch's evaluation. */
  onEpoch(record: Epoch): void;
  /**
   * The weights of the epoch that gives the reward so far are on the disk, in the job's folder; they take the place of
   * any that were told before. Told before a checkpoint that names them; whoever hears of it owns the file.
   */
  onWeights?(weights: WrittenWeights): void | Promise<void>;
  /** A checkpoint is due; `produce` gives the state as it was when this was called. */
  saveCheckpoint(produce: () => CheckpointContent): void | Promise<void>;
  /** Asked between two steps and between two batches of an evaluation. */
  shouldStop(): 'cancel' | 'suspend' | null;
  /** Milliseconds from any fixed point. */
  clock(): number;
}

export interface WrittenWeights extends WrittenFile {
  /** Whose weights they are, counted from 1. */
  readonly epoch: number;
}

export type TrainResult =
  | {
      readonly kind: 'finished';
      readonly outcome: Outcome;
      /** All epochs, those before a resume included. */
      readonly epochs: readonly Epoch[];
      /** Of this attempt. */
      readonly durationMs: number;
      /** SHA-256 of weights, statistics, optimiser slots and averages; null unless completed. */
      readonly weightsHash: string | null;
      /**
       * The weights of the epoch that gave the reward, written in this attempt or an earlier one. Null where the job
       * keeps none or did not complete, or where an earlier attempt kept none of that epoch.
       */
      readonly weights: KeptWeights | null;
      readonly timings: TrainingTimings;
      /** False after a resume in another environment: the numbers may differ in their last bits. */
      readonly exact: boolean;
    }
  | { readonly kind: 'suspended'; readonly step: number; readonly durationMs: number };

/** A long training lets messages in at least this often. Milliseconds. */
const YIELD_EVERY_MS = 20;

type End = Outcome | 'suspended';

/**
 * Trains one child from its start, or from `job.resumeFrom`, to its outcome. Numbers are a function of the job alone.
 * Throws only for a request that can't be met (`WorkbenchError`: data set, checkpoint of another training, full disk)
 * and for bugs; the session is closed in every case.
 */
export async function trainChild(job: TrainJob, hooks: TrainHooks): Promise<TrainResult> {
  const started = hooks.clock();
  let session: ChildSession | undefined;
  try {
    session = ChildSession.open(job, hooks.clock);
    const end = await new Run(job, hooks, session).untilEnd();
    const durationMs = hooks.clock() - started;
    if (end === 'suspended') return { kind: 'suspended', step: session.progress.step, durationMs };
    const weightsHash = end.kind === 'completed' ? hashBody(session.readState()) : null;
    const { timings, exact, progress } = session;
    const weights = end.kind === 'completed' ? rewardedWeights(job, progress) : null;
    return {
      kind: 'finished',
      outcome: end,
      epochs: progress.epochs,
      durationMs,
      weightsHash,
      weights,
      timings,
      exact,
    };
  } catch (error) {
    if (!(error instanceof SessionError) || !error.outOfMemory) throw error;
    const outcome = outOfMemory(error, job, session?.progress.step ?? 0);
    const durationMs = hooks.clock() - started;
    const { timings, exact, progress } = session ?? { timings: {}, exact: true, progress: { epochs: [] } };
    const nothing = { weightsHash: null, weights: null };
    return { kind: 'finished', outcome, epochs: progress.epochs, durationMs, ...nothing, timings, exact };
  } finally {
    session?.close();
  }
}

/** The loop: steps, epochs, checkpoints, and every way to end. */
class Run {
  private readonly job: TrainJob;
  private readonly hooks: TrainHooks;
  private readonly session: ChildSession;
  /** When the time was last added to the progress. */
  private counted: number;
  private yielded: number;
  private saved: { readonly atMs: number; readonly step: number };

  constructor(job: TrainJob, hooks: TrainHooks, session: ChildSession) {
    this.job = job;
    this.hooks = hooks;
    this.session = session;
    const now = hooks.clock();
    this.counted = now;
    this.yielded = now;
    this.saved = { atMs: now, step: session.progress.step };
  }

  async untilEnd(): Promise<End> {
    const { counts, progress } = this.session;
    for (;;) {
      const end = (await this.asked()) ?? (await this.advance());
      if (end) return end;
      if (progress.epochs.length === this.job.recipe.epochs) return this.completed();
      if (this.isCheckpointDue(this.session.stepInEpoch === 0 && progress.step < counts.steps)) {
        const bad = await this.save();
        if (bad) return bad;
      }
    }
  }

  /** One step, or the evaluation of an epoch whose steps are done. */
  private async advance(): Promise<End | null> {
    const { counts, stepInEpoch } = this.session;
    const failure = stepInEpoch < counts.stepsPerEpoch ? this.step() : null;
    if (failure) return failure;
    return this.session.stepInEpoch < counts.stepsPerEpoch ? null : this.finishEpoch();
  }

  private step(): Outcome | null {
    const { counts, progress } = this.session;
    const before = this.hooks.clock();
    const { loss, correct } = this.session.runStep();
    if (!Number.isFinite(loss)) return nanLoss(`The loss of step ${progress.step + 1} is ${loss}.`);
    progress.step += 1;
    progress.lossSum += loss;
    progress.correct += correct;
    const now = this.countTime();
    const epoch = progress.epochs.length + 1;
    this.hooks.onProgress({ epoch, step: progress.step, steps: counts.steps, loss, stepMs: now - before });
    return null;
  }

  /** Evaluates and records the epoch; null when it was recorded or when the evaluation has to be made again. */
  private async finishEpoch(): Promise<Outcome | null> {
    const { counts, progress } = this.session;
    const measured = this.session.evaluate(() => this.hooks.shouldStop() !== null);
    this.countTime();
    if (measured === null) return null;
    if (!Number.isFinite(measured.loss)) {
      return nanLoss(`The validation loss after epoch ${progress.epochs.length + 1} is ${measured.loss}.`);
    }
    const { recipe, subset } = this.job;
    const lastStep = progress.step - 1;
    const record: Epoch = {
      epoch: progress.epochs.length + 1,
      trainingLoss: progress.lossSum / counts.stepsPerEpoch,
      trainingAccuracy: progress.correct / (counts.stepsPerEpoch * counts.batchSize),
      validationLoss: measured.loss,
      validationAccuracy: measured.correct / subset.validation,
      learningRate: learningRateAt(recipe, counts, lastStep),
      dropPathKeep: lastCellKeep(recipe, counts, lastStep),
      durationMs: progress.epochMs,
    };
    progress.epochs = [...progress.epochs, record];
    Object.assign(progress, { lossSum: 0, correct: 0, epochMs: 0 });
    this.hooks.onEpoch(record);
    await this.keepWeights(record.epoch);
    return null;
  }

  /** Writes the weights down where their epoch gives the reward so far: before the checkpoint that will name them. */
  private async keepWeights(epoch: number): Promise<void> {
    const { job, session, hooks } = this;
    const { epochs, precision, batchNorm } = job.recipe;
    const rule = job.reward.epoch;
    if (!job.keepWeights || (rule === 'last' && epoch < epochs)) return;
    if (rewardedEpoch(session.progress.epochs, rule).epoch !== epoch) return;
    // A name of its own: an earlier checkpoint names the file of an earlier epoch.
    const name = `weights-${String(epoch).padStart(5, '0')}.safetensors`;
    const { architecture, scale } = job;
    const facts = { architecture, scale, precision, batchNormEpsilon: batchNorm.epsilon };
    const written = writeNetwork(path.join(job.checkpointFolder, name), facts, session.readWeights());
    const { sizeBytes, sha256 } = written;
    session.progress.weights = { epoch, name, sizeBytes, sha256 };
    await hooks.onWeights?.({ ...written, epoch });
  }

  /** What someone outside, or the clock, wants. Lets messages in now and then. */
  private async asked(): Promise<End | null> {
    const now = this.hooks.clock();
    if (now - this.yielded >= YIELD_EVERY_MS) {
      this.yielded = now;
      await new Promise((resolve) => setImmediate(resolve));
    }
    const wish = this.hooks.shouldStop();
    if (wish === 'cancel') return { kind: 'cancelled', message: 'The training was cancelled.' };
    if (wish === 'suspend') return (await this.save()) ?? 'suspended';
    const { timeLimitMs } = this.job.limits;
    const { elapsedMs, step } = this.session.progress;
    if (timeLimitMs === 0 || elapsedMs <= timeLimitMs) return null;
    const message = `The training took longer than its limit of ${timeLimitMs / 1000} s and stood at step ${step} of ${this.session.counts.steps}.`;
    return { kind: 'failed', reason: 'timed_out', message };
  }

  private isCheckpointDue(atEpochEnd: boolean): boolean {
    const { checkpointEveryMs, checkpointEverySteps } = this.job;
    const { step } = this.session.progress;
    if (step === this.saved.step) return false;
    if (atEpochEnd) return true;
    if (checkpointEverySteps > 0 && step - this.saved.step >= checkpointEverySteps) return true;
    return this.hooks.clock() - this.saved.atMs >= checkpointEveryMs;
  }

  /** Has the state saved. A weight that is not finite ends the training: the next loss could not be finite either. */
  private async save(): Promise<Outcome | null> {
    this.countTime();
    const content = this.session.checkpoint();
    const bad = findNonFinite(content);
    if (bad !== null) return nanLoss(`The weight ${bad} is not finite after step ${content.progress.step}.`);
    await this.hooks.saveCheckpoint(() => content);
    this.saved = { atMs: this.hooks.clock(), step: content.progress.step };
    return null;
  }

  private countTime(): number {
    const now = this.hooks.clock();
    const { progress } = this.session;
    progress.epochMs += now - this.counted;
    progress.elapsedMs += now - this.counted;
    this.counted = now;
    return now;
  }

  private completed(): Outcome {
    const { epochs } = this.session.progress;
    const best = rewardedEpoch(epochs, 'best');
    return {
      kind: 'completed',
      reward: rewardedEpoch(epochs, this.job.reward.epoch).validationAccuracy,
      bestAccuracy: best.validationAccuracy,
      bestEpoch: best.epoch,
    };
  }
}

/** The epoch whose validation accuracy is the reward of at least one epoch; of equal ones the first is the best. */
function rewardedEpoch(epochs: readonly Epoch[], rule: RewardRule['epoch']): Epoch {
  if (rule === 'last') return epochs.at(-1)!;
  return epochs.reduce((a, b) => (b.validationAccuracy > a.validationAccuracy ? b : a));
}

function rewardedWeights({ reward, keepWeights }: TrainJob, { epochs, weights }: TrainingProgress): KeptWeights | null {
  const isOurs = keepWeights && weights?.epoch === rewardedEpoch(epochs, reward.epoch).epoch;
  return (isOurs && weights) || null;
}

/** TensorFlow names the tensor that did not fit in its first line. */
function outOfMemory(error: SessionError, job: TrainJob, step: number): Outcome {
  const [reason] = error.message.split('\n');
  const { batchSize } = countSteps(job);
  const where = step === 0 ? 'before the first step' : `after step ${step}`;
  const message = `Memory ran out at batch ${batchSize}, ${where}: ${reason}`;
  return { kind: 'failed', reason: 'out_of_memory', message };
}

function nanLoss(message: string): Outcome {
  return { kind: 'failed', reason: 'nan_loss', message };
}
