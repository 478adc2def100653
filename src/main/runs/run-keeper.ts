import type { Lease, Outcome } from '../../shared/records/run.ts';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import type { LogSubject } from '../log.ts';
import { CrashRecord } from './crash-record.ts';
import { lowerFirst, RunAttempts } from './run-attempts.ts';
import { RunDeaths } from './run-deaths.ts';
import type { RunOwner, RunPlace } from './run-owner.ts';
import { type End, type Finished, isSameLease, type Loss, type QueueEvent } from './run-queue.ts';
import type { RunTools } from './run-tools.ts';

/** Wait before the second restart in a row without a step, doubled each time up to 30 s; the first is at once. Ours. */
const BACKOFF_MS = 1000;

/** Suspended: saved as far as it got; carrying it out again goes on from there. */
export type CarriedOut = Omit<Finished, 'kind' | 'lease'> | 'suspended';

/** What a queue tells of a run. */
type RunEvent = Exclude<QueueEvent, { kind: 'log' }>;

/** A run while somebody waits for it. */
interface Active {
  readonly owner: RunOwner;
  readonly attempts: RunAttempts;
  deaths: RunDeaths;
  wish: 'cancel' | 'suspend' | null;
  /** Resolves when it shall not be carried out any more, or not now. */
  readonly wished: PromiseWithResolvers<void>;
  /** The order that the queue has, and who waits for its end. */
  under: { readonly lease: Lease; readonly end: PromiseWithResolvers<End> } | null;
}

export interface KeeperOptions {
  readonly backoffMs?: number;
  /** Grows steadily. Milliseconds. */
  readonly now?: () => number;
}

/**
 * Carries runs of every kind and purpose out: leases each attempt, hands it to the queue, stores what it tells, and
 * decides what follows from its end. A run whose trainer died goes on from its newest checkpoint; one that dies again and
 * again without progress fails; one whose memory ran out begins anew with half its batch, in another trainer.
 */
export class RunKeeper {
  private readonly tools: RunTools;
  private readonly backoffMs: number;
  private readonly crashes: CrashRecord;
  private readonly active = new Map<number, Active>();
  /** Leases that the queue still has from before this process, and what was told of them while nobody waits for them. */
  private readonly left = new Map<number, { readonly lease: Lease; readonly told: RunEvent[] }>();
  private readonly stopListening: () => void;

  constructor(tools: RunTools, { backoffMs = BACKOFF_MS, now }: KeeperOptions = {}) {
    this.tools = tools;
    this.backoffMs = backoffMs;
    this.crashes = new CrashRecord(now);
    this.stopListening = tools.queue.listen((event) => this.receive(event));
  }

  /**
   * Looks for what the queue still carries out from before this process. Where its lease is the run's newest, the run
   * goes on under it when it is carried out again; all others are withdrawn. To be called once, before anything else.
   */
  async attach(): Promise<void> {
    const { queue, store } = this.tools;
    for (const lease of await queue.attach()) {
      if (isGoingOn(store, lease)) {
        this.left.set(lease.run, { lease, told: [] });
        continue;
      }
      queue.withdraw(lease, 'cancel');
      queue.withdraw(lease, 'forget');
    }
  }

  /** Leases of runs that go on in the queue and that nobody waits for. */
  leftBehind(): readonly number[] {
    return [...this.left.keys()];
  }

  /**
   * Carries a run out to its end, or to the point where it is suspended, and stores what happens on the way. Rejects
   * only where no run can be carried out at all: trainers that don't start, crashes over different runs, a full disk.
   */
  async carryOut(run: number, owner: RunOwner, place: RunPlace): Promise<CarriedOut> {
    this.tools.refuseFullDisk();
    if (this.active.has(run)) throw new WorkbenchError('conflict', `${owner.name} is being carried out already.`);
    const attempts = new RunAttempts(this.tools, run, owner);
    const deaths = new RunDeaths(this.backoffMs);
    const active: Active = {
      owner,
      attempts,
      deaths,
      wish: null,
      wished: Promise.withResolvers<void>(),
      under: null,
    };
    this.active.set(run, active);
    try {
      const end = await this.untilEnd(run, active, place);
      if (end === 'suspended') attempts.release();
      else await attempts.finish(end);
      this.forget(attempts);
      return end;
    } catch (error) {
      attempts.giveUp(error);
      this.forget(attempts);
      throw error;
    } finally {
      this.active.delete(run);
    }
  }

  /** Ends the run as `cancelled`; nothing when it is not being carried out. */
  cancel(run: number): void {
    this.wish(run, 'cancel');
  }

  /** Saves the run, which ends as `suspended`. */
  suspend(run: number): void {
    this.wish(run, 'suspend');
  }

  isCarriedOut(run: number): boolean {
    return this.active.has(run);
  }

  close(): void {
    this.stopListening();
  }

  /** What came of its newest lease is stored: the queue need not tell it again. */
  private forget({ lease }: RunAttempts): void {
    if (lease !== null) this.tools.queue.withdraw(lease, 'forget');
  }

  private wish(run: number, wish: 'cancel' | 'suspend'): void {
    const active = this.active.get(run);
    if (!active || active.wish === wish || active.wish === 'cancel') return;
    active.wish = wish;
    active.wished.resolve();
    if (active.under) this.tools.queue.withdraw(active.under.lease, wish);
  }

  /** Over as many attempts as that takes. */
  private async untilEnd(run: number, active: Active, place: RunPlace): Promise<CarriedOut> {
    for (;;) {
      if (active.wish === 'cancel') return cancelled();
      if (active.wish === 'suspend') return 'suspended';
      const end = await this.attempt(run, active, place);
      if (end === null) return 'suspended';
      const carried = await this.afterEnd(active, run, end);
      if (carried !== null) return carried;
      this.forget(active.attempts);
    }
  }

  /** One attempt's end; null where the run has ended meanwhile, as somebody else decided. */
  private async attempt(run: number, active: Active, place: RunPlace): Promise<End | null> {
    const { queue } = this.tools;
    const end = Promise.withResolvers<End>();
    const adopted = this.left.get(run);
    this.left.delete(run);
    if (adopted) {
      active.under = { lease: adopted.lease, end };
      active.attempts.adopt(adopted.lease);
      for (const event of adopted.told) this.receive(event);
    } else {
      const order = await active.attempts.nextOrder(place);
      if (order === null) return null;
      if (active.wish !== null) return { kind: 'suspended', lease: order.lease, step: order.resumeFrom?.step ?? 0 };
      active.under = { lease: order.lease, end };
      queue.submit(order);
    }
    try {
      return await end.promise;
    } finally {
      active.under = null;
    }
  }

  /** What follows from an attempt's end; null when the run goes on. */
  private async afterEnd(active: Active, run: number, end: End): Promise<CarriedOut | null> {
    const { attempts } = active;
    switch (end.kind) {
      case 'finished':
        return this.afterFinish(active, end);
      case 'refused':
        attempts.endAttempt(end.message);
        throw new WorkbenchError(end.code, end.message);
      case 'suspended':
        if (active.wish === 'cancel') return cancelled();
        if (active.wish === 'suspend') return 'suspended';
        // Its trainer was ended by a signal that it heeds, had grown too large, or made room: it goes on in another.
        attempts.endAttempt('Saved, to go on in another trainer.');
        return null;
      case 'lost':
        attempts.endAttempt(`The trainer ${end.loss.reason}, ${whereabouts(end.loss)}.`);
        if (active.wish === 'cancel') return cancelled();
        if (active.wish === 'suspend') return 'suspended';
        return await this.afterLoss(active, run, end.loss);
    }
  }

  private afterFinish(active: Active, end: Finished): CarriedOut | null {
    const { kind: _, lease: __, ...carried } = end;
    const { outcome } = end;
    if (outcome.kind !== 'failed' || outcome.reason !== 'out_of_memory') return carried;
    if (active.wish === 'cancel') {
      active.attempts.endAttempt('Its memory ran out as it was cancelled.');
      return cancelled();
    }
    const shrinking = active.attempts.shrink(outcome.message);
    if (shrinking === 'no_smaller') return carried;
    // Where that could not be written down the owner's work ends, and the run is given back as it was.
    if (shrinking === 'unwritten') return 'suspended';
    // Deaths over the larger batch say nothing of this one.
    active.deaths = new RunDeaths(this.backoffMs);
    return null;
  }

  /** The result, where this death is one too many; null when the run goes on. */
  private async afterLoss(active: Active, run: number, loss: Loss): Promise<CarriedOut | null> {
    const { owner, deaths, wished } = active;
    const verdict = deaths.note(loss);
    if (verdict.kind === 'give_up') {
      if (!loss.isStarted) throw new WorkbenchError('unavailable', verdict.sentence);
      return this.giveUp(owner, loss, verdict.sentence);
    }
    if (loss.isStarted && loss.cause !== 'killed') this.refuseCrashesEverywhere(run, loss);
    const where = loss.isStarted ? whereabouts(loss) : 'before it was ready';
    const name = lowerFirst(owner.name);
    const next = 'It goes on from its last checkpoint.';
    this.tools.tell('warn', `The trainer of ${name} ${loss.reason}, ${where}. ${next}`, owner.about);
    await raceTimer(wished.promise, verdict.waitMs);
    return null;
  }

  private refuseCrashesEverywhere(run: number, { reason }: Loss): void {
    this.crashes.add(run);
    if (!this.crashes.areEverywhere()) return;
    throw new WorkbenchError(
      'unavailable',
      `Trainers died over three different trials within five minutes; the last one ${reason}. Run the doctor, then resume.`,
    );
  }

  private giveUp(owner: RunOwner, { cause, step, durationMs }: Loss, sentence: string): CarriedOut {
    const message = `${sentence} It stood at step ${step}.`;
    this.tools.tell('error', `${owner.name}: ${message}`, owner.about);
    const reason = cause === 'memory' ? 'out_of_memory' : 'crashed';
    const outcome: Outcome = { kind: 'failed', reason, message };
    return { outcome, durationMs, weightsHash: null, weights: null };
  }

  /**
   * Dispatches what the queue tells to the attempt whose lease it names; of older leases nothing is heard. False where
   * nobody waits for the run yet: it must be told again if this process ends before somebody does.
   */
  private receive(event: QueueEvent): boolean {
    if (event.kind === 'log') {
      this.tools.tell(event.level, event.message, this.aboutOf(event.lease));
      return true;
    }
    const left = this.left.get(event.lease.run);
    if (left && isSameLease(left.lease, event.lease)) {
      if (event.kind !== 'progress') left.told.push(event);
      return false;
    }
    const active = this.active.get(event.lease.run);
    if (!active?.under || !isSameLease(active.under.lease, event.lease)) return true;
    try {
      this.dispatch(active, active.under.end, event);
    } catch (error) {
      // What fails here (a full disk) ends the owner's work, not the queue that only told us something.
      active.owner.fail(error);
    }
    return true;
  }

  private dispatch({ attempts }: Active, end: PromiseWithResolvers<End>, event: RunEvent): void {
    switch (event.kind) {
      case 'begun':
        attempts.begun(event);
        return;
      case 'progress':
        attempts.progress(event);
        return;
      case 'epoch':
        attempts.epoch(event);
        return;
      case 'checkpoint':
        attempts.checkpoint(event);
        return;
      default:
        end.resolve(event);
    }
  }

  private aboutOf(lease: Lease | null): LogSubject | undefined {
    return lease === null ? undefined : this.active.get(lease.run)?.owner.about;
  }
}

/** Whether a lease is its run's newest and was not given back; its begin may not have been heard yet. */
function isGoingOn({ runs, attempts }: RunTools['store'], lease: Lease): boolean {
  if (runs.isHeld(lease)) return true;
  try {
    const { state, leaseEpoch } = runs.get(lease.run);
    if (state !== 'queued' || leaseEpoch !== lease.epoch) return false;
    return !attempts.list(lease.run).some(({ attempt }) => attempt === lease.epoch);
  } catch (error) {
    // A run of another project that the queue served before.
    if (error instanceof WorkbenchError && error.code === 'not_found') return false;
    throw error;
  }
}

function whereabouts({ step }: Loss): string {
  return step === 0 ? 'before its first step' : `after step ${step}`;
}

function cancelled(): CarriedOut {
  return {
    outcome: { kind: 'cancelled', message: 'Cancelled on request.' },
    durationMs: 0,
    weightsHash: null,
    weights: null,
  };
}

async function raceTimer(other: Promise<void>, ms: number): Promise<void> {
  if (ms === 0) return;
  const timer = Promise.withResolvers<void>();
  const id = setTimeout(timer.resolve, ms);
  await Promise.race([timer.promise, other]);
  clearTimeout(id);
}
