import { batchSizeOf, batchSizes, withBatchSize } from '../../shared/batch-sizes.ts';
import { deriveSeed } from '../../shared/random.ts';
import type { Trial } from '../../shared/records/experiment.ts';
import type { Outcome, Training } from '../../shared/records/training.ts';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import type { Checkpoint } from '../store/checkpoints.ts';
import type { Lease, TrialEnd } from '../store/trials.ts';
import { record, type SearchContext, tidy } from './search-context.ts';
import type { Interruption } from './search-control.ts';
import type {
  CheckpointMessage,
  EpochMessage,
  Finished,
  Grant,
  ProgressMessage,
  TrialHooks,
  TrialTask,
} from './trial-queue.ts';

/** Progress of a trial is told at most this often. Milliseconds. */
const PROGRESS_EVERY_MS = 250;

/** Trains one trial to its end, or to the point where it is suspended, and stores what happens on the way. */
export async function trainTrial(context: SearchContext, trial: Trial): Promise<void> {
  context.refuseFullDisk();
  const attempt = new Attempt(context, trial.trial);
  try {
    const result = await context.queue.train(makeTask(context, trial), attempt);
    if (result.kind === 'suspended') attempt.release();
    else await attempt.finish(result);
  } catch (error) {
    attempt.giveUp(error);
    throw error;
  }
}

/** Everything that the training depends on; the seeds make it the same whoever trains it, and whenever. */
function makeTask(context: SearchContext, { trial, architecture, seed }: Trial): TrialTask {
  const { training, checkpointEveryMs, checkpointEverySteps, seed: root } = context.config();
  const { experiment, scale, datasetFolder, residentBytes } = context;
  return {
    experiment,
    trial,
    architecture,
    scale,
    training,
    datasetFolder,
    splitSeed: deriveSeed(root, 'split'),
    seed,
    device: '',
    residentBytes,
    checkpointEveryMs,
    checkpointEverySteps,
  };
}

/**
 * What is stored and told while a trial is in training. Each lease replaces the one before.
 *
 * The trial's training time grows with each word of the trainer that is stored (an epoch, a checkpoint), by this
 * process's clock, and the trainer's own measure at the end adds what is missing; nothing is ever taken off. A trainer
 * that dies is counted to its death; if this process dies too, what is lost is the time since the last epoch or
 * checkpoint, which is trained again.
 */
class Attempt implements TrialHooks {
  private readonly context: SearchContext;
  private readonly trial: number;
  private current: Lease | null = null;
  /** Whether somebody is at work under the current lease. */
  private isOpen = false;
  private startedMs = 0;
  /** Of the current lease, as far as it is stored. */
  private countedMs = 0;
  /** Where the trainer stands; before its first word, what it goes on from. */
  private step = 0;
  private steps = 0;
  private toldMs = Number.NEGATIVE_INFINITY;

  constructor(context: SearchContext, trial: number) {
    this.context = context;
    this.trial = trial;
  }

  async lease(): Promise<Grant | null> {
    return await this.guardAsync(async () => {
      const { store, experiment, clock, checkpoints } = this.context;
      const checkpoint = await this.newestWhole();
      const training = this.training();
      const at = clock.now().toISOString();
      const lease = record(this.context, () => {
        if (this.current && this.isOpen) store.attempts.end(this.current, 'Another trainer took over.', at);
        store.experiments.note(experiment);
        const taken = store.trials.lease(experiment, this.trial, at);
        if (taken) store.attempts.begin(taken, batchSizeOf(training), at);
        return taken;
      });
      if (!lease) return null;
      this.current = lease;
      this.isOpen = true;
      this.startedMs = clock.monotonicMs();
      this.countedMs = 0;
      this.step = checkpoint?.step ?? 0;
      const checkpointFolder = checkpoints.leaseFolder(experiment, this.trial, lease.leaseEpoch);
      const resumeFrom = checkpoint && checkpoints.toPath(checkpoint.file);
      return { leaseEpoch: lease.leaseEpoch, checkpointFolder, resumeFrom, step: this.step, training };
    });
  }

  lost(reason: string): void {
    this.guard(() => this.endAttempt(reason));
  }

  progress(message: ProgressMessage): void {
    if (message.leaseEpoch !== this.current?.leaseEpoch) return;
    this.step = message.step;
    this.steps = message.steps;
    const now = this.context.clock.monotonicMs();
    if (now - this.toldMs < PROGRESS_EVERY_MS) return;
    this.toldMs = now;
    const { experiment, trial, epoch, step, steps, stepMs, loss } = message;
    const epochs = this.context.config().training.epochs;
    const payload = { experiment, trial, epoch, epochs, step, steps, stepMs, loss };
    this.context.meter.own(() => this.context.publish({ name: 'trial.progressed', payload }));
  }

  epoch({ experiment, trial, leaseEpoch, record: epoch }: EpochMessage): void {
    this.guard(() => {
      const lease = { experiment, trial, leaseEpoch };
      record(this.context, () => {
        if (!this.context.store.trials.advance(lease, this.step, this.steps, this.uncountedMs(lease))) return;
        this.context.store.epochs.add({ ...epoch, experiment, trial });
      });
    });
  }

  checkpoint({ experiment, trial, leaseEpoch, file, step, sizeBytes, sha256 }: CheckpointMessage): void {
    this.guard(() => {
      const { store, checkpoints, clock } = this.context;
      const lease = { experiment, trial, leaseEpoch };
      const superseded = record(this.context, () => {
        if (!store.trials.advance(lease, step, this.steps, this.uncountedMs(lease))) return [];
        const row = { ...lease, file: checkpoints.toStored(file), step, sizeBytes, sha256 };
        return store.checkpoints.add(row, clock.now().toISOString());
      });
      void tidy(this.context, checkpoints.remove(superseded));
    });
  }

  /** Begins anew with half the batch, as long as `batchSizes` has a smaller one. */
  ranOutOfMemory({ outcome }: Finished): boolean {
    const sizes = batchSizes(this.context.config().training);
    const tried = batchSizeOf(this.training());
    const next = sizes.indexOf(tried) + 1;
    const smaller = sizes[next];
    if (smaller === undefined || outcome.kind !== 'failed') return false;
    const begun = this.beginAnew(smaller, outcome.message);
    // Where that could not be written down the search ends, and gives the trial back as it was.
    if (begun !== 'begun') return begun === 'unwritten';
    const { experiment, tell } = this.context;
    const times = `${next + 1} of ${sizes.length}`;
    const message = `Trial ${this.trial} ran out of memory at batch ${tried}. It is retried with ${smaller} (${times}).`;
    tell('warn', message, { experiment, trial: this.trial });
    return true;
  }

  /** The batch and the loss of all that was trained are one commit: nothing can be resumed with another batch. */
  private beginAnew(batchSize: number, reason: string): 'begun' | 'void' | 'unwritten' {
    const { store, experiment, checkpoints, control } = this.context;
    const lease = this.current;
    if (!lease) return 'void';
    const { isOpen, countedMs } = this;
    const files = this.guard(() =>
      record(this.context, () => {
        this.endAttempt(reason);
        const superseded = store.trials.reduceBatch(lease, batchSize);
        if (superseded !== null) store.epochs.removeAll(experiment, this.trial);
        return superseded;
      }),
    );
    if (files === null) {
      this.isOpen = isOpen;
      this.countedMs = countedMs;
      return control.failure === null ? 'void' : 'unwritten';
    }
    this.steps = 0;
    void tidy(this.context, checkpoints.remove(files));
    return 'begun';
  }

  /** The trial is over; its checkpoints have done their work. */
  async finish(end: TrialEnd): Promise<void> {
    const { checkpoints, experiment } = this.context;
    if (this.current) this.endLeased(this.current, end);
    else this.endUnleased(end.outcome);
    await tidy(this.context, checkpoints.removeTrials(experiment, [this.trial]));
  }

  private endLeased(lease: Lease, end: TrialEnd): void {
    const { store, clock, experiment, tell } = this.context;
    const at = clock.now().toISOString();
    const sentence = endSentence(end.outcome);
    const isEnded = record(this.context, () => {
      // Nobody measured one that was cancelled while it was being saved.
      const durationMs = this.isOpen ? Math.max(0, end.durationMs - this.countedMs) : 0;
      if (!store.trials.finish(lease, { ...end, durationMs }, at)) return false;
      store.attempts.end(lease, sentence, at);
      store.experiments.note(experiment);
      return true;
    });
    this.isOpen = false;
    if (!isEnded) return;
    const level = end.outcome.kind === 'failed' ? 'warn' : 'info';
    tell(level, `Trial ${this.trial}: ${sentence}`, { experiment, trial: this.trial });
  }

  /** Cancelled before a trainer took it: there is no lease to write under. */
  private endUnleased(outcome: Outcome): void {
    const { store, experiment, clock } = this.context;
    if (outcome.kind !== 'cancelled') throw new Error(`trial ${this.trial} ended as ${outcome.kind} without a lease`);
    record(this.context, () => {
      const isFresh = store.trials.get(experiment, this.trial).attempts === 0;
      const message = isFresh ? 'Cancelled before its training began.' : outcome.message;
      store.trials.cancel(experiment, this.trial, message, clock.now().toISOString());
      store.experiments.note(experiment);
    });
  }

  /** Saved and not in training any more: it waits like one that was never begun. */
  release(): void {
    this.giveBack(SUSPENSIONS[this.context.control.interruption ?? 'none'](this.step));
  }

  /** Nobody can go on with it now. It waits as well; where even that can't be stored, the error is still the one to tell. */
  giveUp(error: unknown): void {
    try {
      this.giveBack(error instanceof WorkbenchError ? error.message : 'Something went wrong inside Cellwright.');
    } catch (unstored) {
      this.context.log.write('warn', `Trial ${this.trial} could not be given back to the queue`, unstored);
    }
  }

  private giveBack(reason: string): void {
    const lease = this.current;
    if (!lease) return;
    const { store, experiment } = this.context;
    record(this.context, () => {
      this.endAttempt(reason);
      store.trials.release(lease);
      store.experiments.note(experiment);
    });
  }

  /** Nothing when nobody is at work under the lease. */
  private endAttempt(reason: string): void {
    const lease = this.current;
    if (!lease || !this.isOpen) return;
    const { store, clock } = this.context;
    record(this.context, () => {
      store.trials.addTime(lease, this.uncountedMs(lease));
      store.attempts.end(lease, reason, clock.now().toISOString());
    });
    this.isOpen = false;
  }

  private training(): Training {
    const { store, experiment, config } = this.context;
    return withBatchSize(config().training, store.trials.get(experiment, this.trial).reducedBatchSize);
  }

  /** Since the lease's time was last stored; it is, with what is written next. */
  private uncountedMs({ leaseEpoch }: Lease): number {
    if (!this.isOpen || leaseEpoch !== this.current?.leaseEpoch) return 0;
    const totalMs = this.context.clock.monotonicMs() - this.startedMs;
    const addedMs = Math.max(0, totalMs - this.countedMs);
    this.countedMs = totalMs;
    return addedMs;
  }

  /** Rows whose file is spoiled are forgotten, so that a newer lease can't take them for later than its own. */
  private async newestWhole(): Promise<Checkpoint | null> {
    const { store, checkpoints, experiment, tell } = this.context;
    for (const checkpoint of store.checkpoints.newestFirst(experiment, this.trial)) {
      if (await checkpoints.isWhole(checkpoint)) return checkpoint;
      const message = `The checkpoint ${checkpoint.file} is spoiled; trial ${this.trial} goes on from further back.`;
      tell('warn', message, { experiment, trial: this.trial });
      record(this.context, () => store.checkpoints.remove(checkpoint.file));
      await tidy(this.context, checkpoints.remove([checkpoint.file]));
    }
    return null;
  }

  /** What fails here (a full disk) ends the search, not the trainer that only told us something. */
  private guard<T>(work: () => T): T | null {
    try {
      return work();
    } catch (error) {
      this.context.control.fail(error);
      return null;
    }
  }

  private async guardAsync(work: () => Promise<Grant | null>): Promise<Grant | null> {
    try {
      return await work();
    } catch (error) {
      this.context.control.fail(error);
      return null;
    }
  }
}

/** How an attempt ends whose trial is saved. */
const SUSPENSIONS: Record<Interruption | 'none', (step: number) => string> = {
  pause: (step) => `Saved at step ${step}, as the search was paused.`,
  stop: (step) => `Saved at step ${step}, as the search was stopped.`,
  close: (step) => `Saved at step ${step}, as Cellwright was closed.`,
  none: (step) => `Saved at step ${step}.`,
};

function endSentence(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'completed':
      return `Completed with a reward of ${(100 * outcome.reward).toFixed(2)} %.`;
    case 'failed':
      return `Failed (${outcome.reason}). ${outcome.message}`;
    case 'pruned':
      return `Given up early. ${outcome.message}`;
    case 'cancelled':
      return outcome.message;
  }
}
