import { WorkbenchError } from '../../shared/workbench-error.ts';
import type { Tell } from '../log.ts';
import {
  type Grant,
  isOutOfMemory,
  type TrainerCounts,
  type TrialHooks,
  type TrialQueue,
  type TrialResult,
  type TrialTask,
} from '../search/trial-queue.ts';
import { CrashRecord } from './crash-record.ts';
import { type HostDeath, type HostEnd, PooledHost } from './pooled-host.ts';
import type { Launcher } from './trainer-host.ts';
import { TrialDeaths } from './trial-deaths.ts';

export interface TrainerPoolOptions {
  readonly launcher: Launcher;
  /** Environment of the host on this seat (0, 1, …) beside so many in all; says which GPU it sees, among other things. */
  readonly environment: (seat: number, hosts: number) => Readonly<Record<string, string>>;
  readonly trainingModule: string;
  readonly tell: Tell;
  readonly limits?: Partial<TrainerLimits>;
  /** Grows steadily. Milliseconds. */
  readonly now?: () => number;
}

/** All of them ours, from what was measured of TensorFlow under Node. */
export interface TrainerLimits {
  /** A host is replaced after so many trials: TensorFlow leaves 6 to 9 MB behind for each. */
  readonly recycleAfterTrials: number;
  /** And when it has grown beyond this: before its next trial, or within one after saving it. */
  readonly residentBytes: number;
  /** A host that has not reported by then does not start. */
  readonly readyWithinMs: number;
  /** A training thread without any progress for so long hangs; or for 20 times its median step, if that is longer. */
  readonly progressWithinMs: number;
  /** A training that was asked to stop is killed after this; or after 3 times its median step, if that is longer. */
  readonly stopWithinMs: number;
  /** A host without a trial for so long ends and gives its memory back. */
  readonly idleForMs: number;
  /** Wait before the second restart in a row without a step, doubled each time up to 30 s; the first is at once. */
  readonly backoffMs: number;
}

const LIMITS: TrainerLimits = {
  recycleAfterTrials: 25,
  residentBytes: 6 * 2 ** 30,
  readyWithinMs: 60_000,
  progressWithinMs: 60_000,
  stopWithinMs: 30_000,
  idleForMs: 60_000,
  backoffMs: 1000,
};

/** So long before the end of a host's last trial its successor is started. */
const SUCCESSOR_AHEAD_MS = 15_000;

/** One trial while somebody waits for it. */
interface Active {
  readonly task: TrialTask;
  readonly hooks: TrialHooks;
  deaths: TrialDeaths;
  /** Resolves when the trial shall not be trained any more, or not now. */
  readonly wished: PromiseWithResolvers<void>;
  wish: 'cancel' | 'suspend' | null;
  host: PooledHost | null;
  leaseEpoch: number;
}

type Interim =
  | HostEnd
  /** Cancelled or suspended before a host had it. */
  | { readonly kind: 'unwanted' }
  /** Memory ran out; with its next lease it asks for less. */
  | { readonly kind: 'again' }
  | ({ readonly kind: 'not_started' } & HostDeath);

/**
 * Trains trials in hosts of its own: takes an idle one or starts one, restarts a trial whose host died from its newest
 * checkpoint, ends one that dies again and again without progress, and replaces hosts before they grow too large.
 */
export class TrainerPool implements TrialQueue {
  private readonly options: TrainerPoolOptions;
  private readonly limits: TrainerLimits;
  private readonly now: () => number;
  private readonly hosts = new Set<PooledHost>();
  private readonly active = new Map<string, Active>();
  private readonly crashes: CrashRecord;
  /** Resolves when a host or a trial is gone. */
  private changed = Promise.withResolvers<void>();
  private isClosed = false;

  constructor(options: TrainerPoolOptions) {
    this.options = options;
    this.limits = { ...LIMITS, ...options.limits };
    this.now = options.now ?? (() => performance.now());
    this.crashes = new CrashRecord(this.now);
  }

  async train(task: TrialTask, hooks: TrialHooks): Promise<TrialResult> {
    const key = keyOf(task.experiment, task.trial);
    if (this.isClosed) throw new WorkbenchError('cancelled', 'The trainers are closed: open the project again.');
    if (this.active.has(key)) throw new WorkbenchError('conflict', `Trial ${task.trial} is in training already.`);
    const deaths = new TrialDeaths(this.limits.backoffMs);
    const wished = Promise.withResolvers<void>();
    const active: Active = { task, hooks, deaths, wished, wish: null, host: null, leaseEpoch: 0 };
    this.active.set(key, active);
    try {
      // Trials that come together are all counted before the first host gets its share of the cores.
      await Promise.resolve();
      return await this.untilEnd(active);
    } finally {
      this.active.delete(key);
      this.notify();
    }
  }

  cancel(experiment: number, trial: number): void {
    const active = this.active.get(keyOf(experiment, trial));
    if (active) wishFor(active, 'cancel');
  }

  suspend(experiment: number): void {
    for (const active of this.active.values()) {
      if (active.task.experiment === experiment) wishFor(active, 'suspend');
    }
  }

  /** Hosts that live: those that train, and all of them. */
  trainers(): TrainerCounts {
    return { busy: [...this.hosts].filter(({ isBusy }) => isBusy).length, all: this.hosts.size };
  }

  /** Saves what runs; no host is left when it resolves. */
  async close(): Promise<void> {
    this.isClosed = true;
    for (const active of this.active.values()) wishFor(active, 'suspend');
    while (this.active.size > 0) await this.changed.promise;
    await Promise.all([...this.hosts].map((host) => host.shutDown()));
  }

  /** Until the trial has its result, over as many hosts as that takes. Throws when no trial can be trained. */
  private async untilEnd(active: Active): Promise<TrialResult> {
    for (;;) {
      const end = await this.tryOnce(active);
      if (end.kind === 'finished') return end;
      if (end.kind === 'refused') throw new WorkbenchError(end.code, end.message);
      if (active.wish === 'cancel') return cancelled();
      if (active.wish === 'suspend') return { kind: 'suspended' };
      // Else its memory ran out, or its host was ended by a signal that it heeds, or had grown too large: the trial goes
      // on in another.
      const result = end.kind === 'died' || end.kind === 'not_started' ? await this.afterDeath(active, end) : null;
      if (result) return result;
    }
  }

  private async tryOnce(active: Active): Promise<Interim> {
    const host = await this.takeHost(active);
    if (!(host instanceof PooledHost)) return host;
    const grant = await active.hooks.lease();
    // Without a grant somebody else decided that it ends here.
    if (!grant) wishFor(active, 'suspend');
    if (!grant || active.wish !== null) {
      host.release();
      this.notify();
      return { kind: 'unwanted' };
    }
    const end = await this.trainOn(host, grant, active);
    this.notify();
    return end;
  }

  private async trainOn(host: PooledHost, { step, ...lease }: Grant, active: Active): Promise<Interim> {
    active.host = host;
    active.leaseEpoch = lease.leaseEpoch;
    const end = await host.train({ ...active.task, ...lease }, step, this.withSuccessor(host, active.hooks));
    active.host = null;
    if (isOutOfMemory(end) && active.wish === 'cancel') {
      active.hooks.lost('Its memory ran out as it was cancelled.');
      void host.shutDown();
      return { kind: 'unwanted' };
    }
    if (isOutOfMemory(end) && active.hooks.ranOutOfMemory(end)) {
      // Deaths over the larger batch say nothing of this one.
      active.deaths = new TrialDeaths(this.limits.backoffMs);
      // TensorFlow gives a device's memory back with the end of its process only.
      await host.shutDown();
      return { kind: 'again' };
    }
    if (end.kind === 'died') active.hooks.lost(`The trainer ${end.reason}, ${whereabouts(end)}.`);
    else if (end.kind === 'refused') active.hooks.lost(end.message);
    else if (end.kind === 'suspended' && active.wish === null) active.hooks.lost('Saved, to go on in another trainer.');
    if (host.isSpent || (end.kind === 'suspended' && active.wish === null)) void host.shutDown();
    return end;
  }

  /** Starts the host's successor towards the end of its last trial, so that nobody waits while TensorFlow is loaded. */
  private withSuccessor(host: PooledHost, hooks: TrialHooks): TrialHooks {
    if (!host.isOnItsLastTrial) return hooks;
    let isStarted = false;
    return {
      lease: () => hooks.lease(),
      lost: (reason) => hooks.lost(reason),
      epoch: (message) => hooks.epoch(message),
      checkpoint: (message) => hooks.checkpoint(message),
      ranOutOfMemory: (end) => hooks.ranOutOfMemory(end),
      progress: (message) => {
        hooks.progress(message);
        const leftMs = (message.steps - message.step) * message.stepMs;
        if (isStarted || this.isClosed || leftMs > SUCCESSOR_AHEAD_MS || !this.hasRoom()) return;
        isStarted = true;
        this.addHost(host.seat).release();
      },
    };
  }

  /** The result, where this death is one too many; null when the trial goes on. */
  private async afterDeath(
    active: Active,
    end: HostDeath & { kind: 'died' | 'not_started' },
  ): Promise<TrialResult | null> {
    const { task, deaths, wished } = active;
    const isStart = end.kind === 'not_started';
    const verdict = isStart ? deaths.noteFailedStart(end) : deaths.note(end, end);
    if (verdict.kind === 'give_up') {
      if (isStart) throw new WorkbenchError('unavailable', verdict.sentence);
      return this.giveUp(task, end, verdict.sentence);
    }
    if (!isStart && end.cause !== 'killed') this.refuseCrashesEverywhere(task, end);
    const where = isStart ? 'before it was ready' : whereabouts(end);
    this.options.tell(
      'warn',
      `The trainer of trial ${task.trial} ${end.reason}, ${where}. The trial goes on from its last checkpoint.`,
      task,
    );
    await raceTimer(wished.promise, verdict.waitMs);
    return null;
  }

  private refuseCrashesEverywhere(task: TrialTask, { reason }: HostDeath): void {
    this.crashes.add(task);
    if (!this.crashes.areEverywhere()) return;
    throw new WorkbenchError(
      'unavailable',
      `Trainers died over three different trials within five minutes; the last one ${reason}. Run the doctor, then resume.`,
    );
  }

  private giveUp(task: TrialTask, { cause, step, durationMs }: HostDeath, sentence: string): TrialResult {
    const message = `${sentence} It stood at step ${step}.`;
    this.options.tell('error', `Trial ${task.trial}: ${message}`, task);
    const reason = cause === 'memory' ? 'out_of_memory' : 'crashed';
    return { kind: 'finished', outcome: { kind: 'failed', reason, message }, durationMs, weightsHash: null };
  }

  /** A host that reported, taken for this trial; or why there is none. */
  private async takeHost(active: Active): Promise<PooledHost | Exclude<Interim, HostEnd>> {
    for (;;) {
      if (active.wish !== null) return { kind: 'unwanted' };
      const host = this.freeHost() ?? this.newHost();
      const death = await Promise.race([host?.ready ?? this.changed.promise, active.wished.promise]);
      if (!host) continue;
      if (death) return { kind: 'not_started', ...death };
      if (active.wish === null) return host;
      // It goes on starting, for whoever comes next.
      host.release();
    }
  }

  /** An idle host, now taken. A successor waits while its predecessor works: they have the same GPU. */
  private freeHost(): PooledHost | undefined {
    const busySeats = new Set([...this.hosts].filter(({ isTaken }) => isTaken).map(({ seat }) => seat));
    return [...this.hosts].find((host) => !busySeats.has(host.seat) && host.take());
  }

  private newHost(): PooledHost | undefined {
    if (!this.hasRoom()) return undefined;
    const seats = new Set([...this.hosts].filter(({ isLeaving }) => !isLeaving).map(({ seat }) => seat));
    let seat = 0;
    while (seats.has(seat)) seat++;
    const host = this.addHost(seat);
    host.take();
    return host;
  }

  private hasRoom(): boolean {
    return this.hosts.size < this.options.launcher.maximumHosts;
  }

  private addHost(seat: number): PooledHost {
    const { launcher, environment, trainingModule, tell } = this.options;
    const host = new PooledHost(
      launcher.launch({ environment: environment(seat, Math.max(1, this.active.size)), trainingModule }),
      {
        seat,
        limits: this.limits,
        now: this.now,
        tell,
        onGone: () => {
          this.hosts.delete(host);
          this.notify();
        },
      },
    );
    this.hosts.add(host);
    return host;
  }

  private notify(): void {
    this.changed.resolve();
    this.changed = Promise.withResolvers<void>();
  }
}

/** A cancellation outranks a suspension. */
function wishFor(active: Active, wish: 'cancel' | 'suspend'): void {
  if (active.wish === wish || active.wish === 'cancel') return;
  active.wish = wish;
  const { experiment, trial } = active.task;
  if (wish === 'suspend') active.host?.stop({ kind: 'suspend' });
  else active.host?.stop({ kind: 'cancel', experiment, trial, leaseEpoch: active.leaseEpoch });
  active.wished.resolve();
}

function whereabouts({ step }: HostDeath): string {
  return step === 0 ? 'before its first step' : `after step ${step}`;
}

function cancelled(): TrialResult {
  const outcome = { kind: 'cancelled', message: 'Cancelled on request.' } as const;
  return { kind: 'finished', outcome, durationMs: 0, weightsHash: null };
}

async function raceTimer(other: Promise<void>, ms: number): Promise<void> {
  if (ms === 0) return;
  const timer = Promise.withResolvers<void>();
  const id = setTimeout(timer.resolve, ms);
  await Promise.race([timer.promise, other]);
  clearTimeout(id);
}

function keyOf(experiment: number, trial: number): string {
  return `${experiment}/${trial}`;
}
