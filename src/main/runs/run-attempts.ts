import { batchSizeOf, batchSizes, withBatchSize } from '../../shared/batch-sizes.ts';
import type { Lease, Outcome, RunOrder, RunSpec } from '../../shared/records/run.ts';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import type { FileIdentity } from '../artifacts/artifact-files.ts';
import type { Checkpoint } from '../store/checkpoints.ts';
import type { RunOwner, RunPlace } from './run-owner.ts';
import type { Finished, QueueEvent } from './run-queue.ts';
import { type RunTools, tidy } from './run-tools.ts';

type Told<K extends QueueEvent['kind']> = Extract<QueueEvent, { kind: K }>;

type AttemptEnd = Pick<Finished, 'outcome' | 'durationMs' | 'weightsHash' | 'weights'>;

const WEIGHTS_TYPE = 'application/vnd.safetensors';

/** How memory that ran out is met: with half the batch, or not at all. */
export type Shrinking = 'shrunk' | 'no_smaller' | 'unwritten';

/**
 * What is stored of a run while it is carried out, attempt by attempt. Each lease replaces the one before.
 *
 * The run's time grows with each word of the trainer that is stored (an epoch, a checkpoint), by this process's clock,
 * and the trainer's own measure at the end adds what is missing; nothing is ever taken off. A trainer that dies is
 * counted to its death; if this process dies too, what is lost is the time since the last epoch or checkpoint, which is
 * trained again.
 */
export class RunAttempts {
  private readonly tools: RunTools;
  private readonly run: number;
  private readonly owner: RunOwner;
  private readonly spec: RunSpec;
  private current: Lease | null = null;
  /** Whether somebody is at work under the current lease. */
  private isOpen = false;
  private startedMs = 0;
  /** Of the current lease, as far as it is stored. */
  private countedMs = 0;
  /** Where the trainer stands; before its first word, what it goes on from. */
  private step = 0;
  private steps = 0;

  constructor(tools: RunTools, run: number, owner: RunOwner) {
    this.tools = tools;
    this.run = run;
    this.owner = owner;
    this.spec = tools.store.runs.spec(run);
  }

  /** The next attempt as an order, under a fresh lease; null when the run has ended meanwhile. */
  async nextOrder(place: RunPlace): Promise<RunOrder | null> {
    const { store, checkpoints, residentBytes } = this.tools;
    const checkpoint = await this.newestWhole();
    const lease = this.owner.record(() => store.runs.lease(this.run));
    if (!lease) return null;
    this.current = lease;
    this.isOpen = false;
    this.step = checkpoint?.step ?? 0;
    const { priority, name, about } = this.owner;
    const title = about ? `${name} of experiment ${about.experiment}` : name;
    const placement = {
      ...place,
      device: '',
      residentBytes,
      checkpointFolder: checkpoints.leaseFolder(lease),
      keepWeights: this.spec.kind === 'train',
      weightsFile: this.spec.kind === 'evaluate' ? this.tools.artifacts.pathOf(this.spec.weights) : null,
    };
    const resumeFrom = checkpoint && { file: checkpoints.toPath(checkpoint.file), step: checkpoint.step };
    return { lease, title, spec: this.amended(), placement, priority, resumeFrom };
  }

  /** The newest lease that was given for it here. */
  get lease(): Lease | null {
    return this.current;
  }

  /** Goes on listening to what a queue still carries out from before this process. */
  adopt(lease: Lease): void {
    const { step, steps } = this.tools.store.runs.get(this.run);
    this.current = lease;
    this.isOpen = this.isKnown(lease);
    this.countedMs = this.storedMs(lease);
    this.startedMs = this.tools.clock.monotonicMs() - this.countedMs;
    this.step = step;
    this.steps = steps;
  }

  /** A trainer is at work. It may be told once more to a process that took the work over. */
  begun({ lease }: Told<'begun'>): void {
    const { store, clock } = this.tools;
    if (this.isKnown(lease)) return;
    const at = clock.now().toISOString();
    this.owner.record(() => {
      if (store.runs.begin(lease, at)) store.attempts.begin(lease, this.batchSize(), at);
    });
    this.isOpen = true;
    this.startedMs = clock.monotonicMs();
    this.countedMs = 0;
  }

  progress(message: Told<'progress'>): void {
    this.step = message.step;
    this.steps = message.steps;
    this.owner.progressed(message);
  }

  epoch({ lease, record }: Told<'epoch'>): void {
    const { store } = this.tools;
    this.owner.record(() => {
      if (store.runs.advance(lease, this.step, this.steps, this.uncountedMs())) store.epochs.add(this.run, record);
    });
  }

  checkpoint({ lease, file, step, sizeBytes, sha256 }: Told<'checkpoint'>): void {
    const { store, checkpoints, clock } = this.tools;
    const superseded = this.owner.record(() => {
      if (!store.runs.advance(lease, step, this.steps, this.uncountedMs())) return [];
      const row = { run: this.run, leaseEpoch: lease.epoch, file: checkpoints.toStored(file), step, sizeBytes, sha256 };
      return store.checkpoints.add(row, clock.now().toISOString());
    });
    void tidy(this.tools, checkpoints.remove(superseded));
  }

  /** Nobody is at work under the lease any more, for this reason. */
  endAttempt(reason: string): void {
    const lease = this.current;
    if (!lease || !this.isOpen) return;
    const { store, clock } = this.tools;
    this.owner.record(() => {
      store.runs.addTime(lease, this.uncountedMs());
      store.attempts.end(lease, reason, clock.now().toISOString());
    });
    this.isOpen = false;
  }

  /** The run is over; its checkpoints have done their work. */
  async finish(end: AttemptEnd): Promise<void> {
    const { checkpoints } = this.tools;
    const files = this.isOpen || this.hasBegun() ? await this.endLeased(end) : this.endUnbegun(end.outcome);
    await tidy(this.tools, checkpoints.removeRuns([this.run], files));
  }

  /** Saved and not carried out any more: it waits like one that was never begun. */
  release(): void {
    this.giveBack(this.owner.whySaved(this.step));
  }

  /** Nobody can go on with it now. It waits as well; where even that can't be stored, the error is still the one to tell. */
  giveUp(error: unknown): void {
    try {
      this.giveBack(error instanceof WorkbenchError ? error.message : 'Something went wrong inside Cellwright.');
    } catch (unstored) {
      this.tools.log.write('warn', `${this.owner.name} could not be given back to the queue`, unstored);
    }
  }

  /**
   * Begins anew with half the batch, as long as `batchSizes` has a smaller one. The batch and the loss of all that was
   * trained are one commit: nothing can be resumed with another batch.
   */
  shrink(message: string): Shrinking {
    const lease = this.current;
    const { spec } = this;
    if (!lease || spec.kind !== 'train' || !this.owner.record(() => this.tools.store.runs.isHeld(lease))) {
      return 'no_smaller';
    }
    const sizes = batchSizes(spec.recipe, spec.subset.training);
    const tried = this.batchSize();
    const next = tried === null ? 0 : sizes.indexOf(tried) + 1;
    const smaller = sizes[next];
    if (tried === null || next === 0 || smaller === undefined) return 'no_smaller';
    if (!this.beginAnew(lease, smaller, message)) return 'unwritten';
    const times = `${next + 1} of ${sizes.length}`;
    const told = `${this.owner.name} ran out of memory at batch ${tried}. It is retried with ${smaller} (${times}).`;
    this.tools.tell('warn', told, this.owner.about);
    return 'shrunk';
  }

  private beginAnew(lease: Lease, batchSize: number, reason: string): boolean {
    const { store, checkpoints } = this.tools;
    const { isOpen, countedMs } = this;
    try {
      const files = this.owner.record(() => {
        this.endAttempt(reason);
        const superseded = store.runs.reduceBatch(lease, batchSize) ?? [];
        store.epochs.removeAll(this.run);
        return superseded;
      });
      this.steps = 0;
      void tidy(this.tools, checkpoints.remove(files));
      return true;
    } catch (error) {
      this.isOpen = isOpen;
      this.countedMs = countedMs;
      this.owner.fail(error);
      return false;
    }
  }

  private async endLeased(end: AttemptEnd): Promise<string[]> {
    const lease = this.current;
    if (!lease) return [];
    const sentence = endSentence(end.outcome);
    const files = await this.withWeights(end, (weights) => this.writeEnd(lease, end, sentence, weights));
    this.isOpen = false;
    if (files === null) return [];
    const level = end.outcome.kind === 'failed' ? 'warn' : 'info';
    this.tools.tell(level, `${this.owner.name}: ${sentence}`, this.owner.about);
    return files;
  }

  private writeEnd(lease: Lease, end: AttemptEnd, sentence: string, kept: FileIdentity | null): string[] | null {
    const { store, clock } = this.tools;
    const at = clock.now().toISOString();
    return this.owner.record(() => {
      // Nobody measured one that was cancelled while it was being saved.
      const durationMs = this.isOpen ? Math.max(0, end.durationMs - this.countedMs) : 0;
      const { outcome, weightsHash } = end;
      if (kept) store.artifacts.add({ ...kept, kind: 'weights', mediaType: WEIGHTS_TYPE, createdAt: at });
      const over = store.runs.finish(lease, { outcome, weightsHash, durationMs, weights: kept?.hash ?? null }, at);
      if (over !== null) store.attempts.end(lease, sentence, at);
      return over;
    });
  }

  /** Keeps the weights as an artifact in the turn in which `write` stores the end, where they are to be kept. */
  private async withWeights<T>({ outcome, weights }: AttemptEnd, write: (kept: FileIdentity | null) => T): Promise<T> {
    if (weights === null || outcome.kind !== 'completed' || !this.owner.keepsWeights(outcome.reward))
      return write(null);
    const { artifacts, checkpoints, tell } = this.tools;
    const identity = { hash: weights.sha256, sizeBytes: weights.sizeBytes };
    const [file] = await checkpoints.written(this.run, weights);
    try {
      if (file !== undefined) return await artifacts.adopt(file, identity, write);
    } catch (error) {
      if (!(error instanceof WorkbenchError) || error.code !== 'corrupt') throw error;
    }
    tell('warn', `${this.owner.name}: its weights are spoiled or gone, so they are not kept.`, this.owner.about);
    return write(null);
  }

  /** Cancelled before a trainer took it: there is no lease to write under. */
  private endUnbegun(outcome: Outcome): string[] {
    const { store, clock } = this.tools;
    if (outcome.kind !== 'cancelled') throw new Error(`run ${this.run} ended as ${outcome.kind} without a lease`);
    const at = clock.now().toISOString();
    return this.owner.record(() => {
      const isFresh = store.runs.get(this.run).attempts === 0;
      const message = isFresh ? 'Cancelled before its training began.' : outcome.message;
      return store.runs.cancel(this.run, message, at) ?? [];
    });
  }

  private giveBack(reason: string): void {
    const lease = this.current;
    if (!lease) return;
    this.owner.record(() => {
      this.endAttempt(reason);
      this.tools.store.runs.giveBack(lease);
    });
  }

  /** Whether the current lease is the one that the run is at work under. */
  private hasBegun(): boolean {
    return this.current !== null && this.tools.store.runs.isHeld(this.current);
  }

  /** Whether the begin of its attempt is stored. */
  private isKnown({ epoch }: Lease): boolean {
    return this.tools.store.attempts.list(this.run).some(({ attempt }) => attempt === epoch);
  }

  /** What is stored of a lease's time: all of the run's but that of its attempts before, by the clock of people. */
  private storedMs({ epoch }: Lease): number {
    const { runs, attempts } = this.tools.store;
    const before = attempts.list(this.run).filter(({ attempt }) => attempt !== epoch);
    const spentMs = before.map(({ startedAt, endedAt }) => (endedAt ? Date.parse(endedAt) - Date.parse(startedAt) : 0));
    return Math.max(0, runs.get(this.run).durationMs - spentMs.reduce((sum, ms) => sum + ms, 0));
  }

  private batchSize(): number | null {
    const { spec } = this;
    if (spec.kind === 'evaluate') return null;
    const { reducedBatchSize } = this.tools.store.runs.get(this.run);
    return reducedBatchSize ?? batchSizeOf(spec.recipe, spec.subset.training);
  }

  /** With the batch that memory suffices for. */
  private amended(): RunSpec {
    const { spec } = this;
    if (spec.kind === 'evaluate') return spec;
    const { reducedBatchSize } = this.tools.store.runs.get(this.run);
    return { ...spec, recipe: withBatchSize(spec.recipe, spec.subset.training, reducedBatchSize) };
  }

  /** Since the lease's time was last stored; it is, with what is written next. */
  private uncountedMs(): number {
    if (!this.isOpen) return 0;
    const totalMs = this.tools.clock.monotonicMs() - this.startedMs;
    const addedMs = Math.max(0, totalMs - this.countedMs);
    this.countedMs = totalMs;
    return addedMs;
  }

  /** Rows whose file is spoiled are forgotten, so that a newer lease can't take them for later than its own. */
  private async newestWhole(): Promise<Checkpoint | null> {
    const { store, checkpoints, tell } = this.tools;
    for (const checkpoint of store.checkpoints.newestFirst(this.run)) {
      if (await checkpoints.isWhole(checkpoint)) return checkpoint;
      const { name, about } = this.owner;
      const message = `The checkpoint ${checkpoint.file} is spoiled; ${lowerFirst(name)} goes on from further back.`;
      tell('warn', message, about);
      this.owner.record(() => store.checkpoints.remove(checkpoint.file));
      await tidy(this.tools, checkpoints.remove([checkpoint.file]));
    }
    return null;
  }
}

/** A name within a sentence: "trial 17". */
export function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

function endSentence(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'completed':
      return `Completed with a reward of ${(100 * outcome.reward).toFixed(2)} %.`;
    case 'evaluated':
      return `Evaluated: ${outcome.correct} of ${outcome.images} images right.`;
    case 'failed':
      return `Failed (${outcome.reason}). ${outcome.message}`;
    case 'pruned':
      return `Given up early. ${outcome.message}`;
    case 'cancelled':
      return outcome.message;
  }
}
