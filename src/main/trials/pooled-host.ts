import type { TrainerCommand, TrainerEvent, TrialJob } from '../../shared/records/trial-job.ts';
import type { WorkbenchErrorCode } from '../../shared/workbench-error.ts';
import type { Tell } from '../log.ts';
import type { TrialHooks, TrialResult } from '../search/trial-queue.ts';
import { countMemoryKills, type Obituary, readDeath } from './host-death.ts';
import { StallWatch } from './stall-watch.ts';
import type { Death, TrainerHost } from './trainer-host.ts';
import type { TrainerLimits } from './trainer-pool.ts';

/** How one training on one host ended. */
export type HostEnd =
  | TrialResult
  | { readonly kind: 'refused'; readonly code: WorkbenchErrorCode; readonly message: string }
  | ({ readonly kind: 'died' } & HostDeath);

/**
 * `stepped`, `saved`: whether the training got a step, a checkpoint further on this host; `step` is the last heard of,
 * or else the one that it went on from.
 */
export interface HostDeath extends Obituary {
  /** Of the training on this host. */
  readonly durationMs: number;
  readonly step: number;
  readonly stepped: boolean;
  readonly saved: boolean;
}

const WATCH_EVERY_MS = 500;
/** A host that was asked to end and does not is killed then. */
const SHUTDOWN_WITHIN_MS = 3000;
/** A fresh host that grows by this factor within one trial is replaced when it is above the limit. Ours. */
const LARGEST_GROWTH = 2;

type Train = Extract<TrainerCommand, { kind: 'train' }>;
type Stop = Extract<TrainerCommand, { kind: 'cancel' | 'suspend' }>;

interface Running {
  readonly job: TrialJob;
  readonly hooks: TrialHooks;
  readonly resolve: (end: HostEnd) => void;
  readonly watch: StallWatch;
  readonly startedMs: number;
  /** The last one that was heard of; before it, what the training went on from. */
  step: number;
  stepped: boolean;
  saved: boolean;
  /** Resident memory when the first step was done. */
  startBytes: number | null;
  /** When it was asked to stop, which it has to within `stopWithinMs`. */
  askedMs: number | null;
}

interface PooledHostOptions {
  /** Place among the hosts: decides which GPU it sees. A successor takes its predecessor's. */
  readonly seat: number;
  readonly limits: TrainerLimits;
  readonly now: () => number;
  readonly tell: Tell;
  readonly onGone: () => void;
}

/** A host and what the pool knows of it: starting, idle, taken, training, leaving, gone. */
export class PooledHost {
  readonly seat: number;
  /** Null when the host reported, else how it ended before that. */
  readonly ready: Promise<HostDeath | null>;
  private readonly host: TrainerHost;
  private readonly options: PooledHostOptions;
  private readonly reported = Promise.withResolvers<HostDeath | null>();
  private readonly gone = Promise.withResolvers<void>();
  private readonly memoryKillsBefore = countMemoryKills();
  private readonly timers: NodeJS.Timeout[];
  private idleTimer: NodeJS.Timeout | undefined;
  private isInUse = false;
  private isOnItsWayOut = false;
  private isBroken = false;
  private trials = 0;
  private residentBytes = 0;
  private peakBytes = 0;
  private running: Running | null = null;
  private death: HostDeath | null = null;
  /** Why we killed it, if we did. */
  private killReason: string | null = null;
  /** What its training thread threw last; a host that ends after it ended because of it. */
  private threadError: string | null = null;

  constructor(host: TrainerHost, options: PooledHostOptions) {
    this.host = host;
    this.options = options;
    this.seat = options.seat;
    this.ready = this.reported.promise;
    const late = () => this.kill(`did not report within ${options.limits.readyWithinMs / 1000} s`);
    this.timers = [
      setTimeout(late, options.limits.readyWithinMs).unref(),
      setInterval(() => this.keepWatch(), WATCH_EVERY_MS).unref(),
    ];
    host.onEvent((event) => this.receive(event));
    host.onDeath((death) => this.die(death));
  }

  get isTaken(): boolean {
    return this.isInUse;
  }

  /** Whether it trains. */
  get isBusy(): boolean {
    return this.running !== null;
  }

  get isLeaving(): boolean {
    return this.isOnItsWayOut;
  }

  /** Whether it should not take another trial. */
  get isSpent(): boolean {
    const { recycleAfterTrials, residentBytes } = this.options.limits;
    return this.isBroken || this.trials >= recycleAfterTrials || this.residentBytes > residentBytes;
  }

  get isOnItsLastTrial(): boolean {
    return this.trials === this.options.limits.recycleAfterTrials - 1;
  }

  /** Takes the host for one trial; false when it is taken already or on its way out. */
  take(): boolean {
    if (this.isInUse || this.isOnItsWayOut || this.isSpent) return false;
    this.isInUse = true;
    clearTimeout(this.idleTimer);
    return true;
  }

  /** Free for the next trial; a host that nobody takes for a while ends. */
  release(): void {
    this.isInUse = false;
    if (this.death) return;
    this.idleTimer = setTimeout(() => void this.shutDown(), this.options.limits.idleForMs).unref();
  }

  /** Trains on this host, which must be taken, from `step` on; it is free again afterwards. */
  async train(job: TrialJob, step: number, hooks: TrialHooks): Promise<HostEnd> {
    this.threadError = null;
    const end = await this.untilEnd({ kind: 'train', job }, step, hooks);
    this.trials++;
    this.release();
    return end;
  }

  /** Asks the training to stop; a host that does not is killed. */
  stop(command: Stop): void {
    if (this.running) this.running.askedMs ??= this.options.now();
    this.host.send(command);
  }

  /** Ends the host; resolves when it is gone. */
  async shutDown(): Promise<void> {
    if (!this.isOnItsWayOut && !this.death) {
      this.isOnItsWayOut = true;
      this.host.send({ kind: 'shutdown' });
      this.timers.push(setTimeout(() => this.host.kill(), SHUTDOWN_WITHIN_MS));
    }
    await this.gone.promise;
  }

  private untilEnd(command: Train, step: number, hooks: TrialHooks): Promise<HostEnd> {
    // It may have died before the trial was handed over.
    if (this.death) return Promise.resolve({ kind: 'died', ...this.death, step });
    const { limits, now } = this.options;
    return new Promise((resolve) => {
      const watch = new StallWatch(limits.progressWithinMs, now());
      const progress = { startedMs: now(), step, stepped: false, saved: false, startBytes: null, askedMs: null };
      this.running = { job: command.job, hooks, resolve, watch, ...progress };
      this.host.send(command);
    });
  }

  private receive(event: TrainerEvent): void {
    switch (event.kind) {
      case 'ready':
        clearTimeout(this.timers[0]);
        this.reported.resolve(null);
        return;
      case 'log':
        this.options.tell(event.level, event.message, this.running?.job);
        if (event.level === 'error') this.threadError = event.message.split('\n')[0] ?? '';
        return;
      case 'heartbeat':
        this.residentBytes = event.residentBytes;
        this.peakBytes = event.peakBytes;
        if (this.running) this.beat(this.running, event.busyStep);
        return;
      default: {
        const { job } = this.running ?? {};
        // Of a lease that is over.
        if (event.trial !== job?.trial || event.experiment !== job.experiment || event.leaseEpoch !== job.leaseEpoch)
          return;
        if (this.running) this.receiveOf(this.running, event);
      }
    }
  }

  private receiveOf(running: Running, event: Exclude<TrainerEvent, { kind: 'ready' | 'log' | 'heartbeat' }>): void {
    const now = this.options.now();
    switch (event.kind) {
      case 'progress':
        running.step = event.step;
        running.stepped = true;
        running.watch.progress(event.stepMs, now);
        running.hooks.progress(event);
        return;
      case 'epoch':
        running.watch.progress(null, now);
        running.hooks.epoch(event);
        return;
      case 'checkpoint':
        // What a host saves when it is asked to stop may be no further than where it began.
        running.saved ||= running.stepped;
        running.watch.progress(null, now);
        running.hooks.checkpoint(event);
        return;
      case 'finished': {
        const { outcome, durationMs, weightsHash } = event;
        // What TensorFlow holds after an error comes back only with the end of its process.
        this.isBroken ||= outcome.kind === 'failed' && outcome.reason !== 'nan_loss' && outcome.reason !== 'timed_out';
        this.end({ kind: 'finished', outcome, durationMs, weightsHash, ...this.ownPeak() });
        return;
      }
      case 'suspended':
        this.end({ kind: 'suspended' });
        return;
      case 'refused':
        this.end({ kind: 'refused', code: event.code, message: event.message });
    }
  }

  private beat(running: Running, busyStep: number): void {
    running.watch.heartbeat(busyStep, this.options.now());
    if (!running.stepped) return;
    running.startBytes ??= this.residentBytes;
    const { residentBytes } = this.options.limits;
    // A host that is fresh and still too large would be no smaller after a restart.
    const limit = this.trials > 0 ? residentBytes : Math.max(residentBytes, LARGEST_GROWTH * running.startBytes);
    if (this.residentBytes <= limit || running.askedMs !== null) return;
    this.isBroken = true;
    this.stop({ kind: 'suspend' });
  }

  /** What its process held at most, while all of that is its first trial's. */
  private ownPeak(): { peakBytes?: number } {
    const isOwn = this.trials === 0 && this.host.pid !== null && this.peakBytes > 0;
    return isOwn ? { peakBytes: this.peakBytes } : {};
  }

  private end(end: HostEnd): void {
    const running = this.running;
    this.running = null;
    running?.resolve(end);
  }

  private die(death: Death): void {
    clearTimeout(this.idleTimer);
    // `clearTimeout` clears intervals as well.
    for (const timer of this.timers) clearTimeout(timer);
    const memoryKills = countMemoryKills() - this.memoryKillsBefore;
    const obituary = readDeath(death, { hang: this.killReason, threadError: this.threadError, memoryKills });
    const now = this.options.now();
    const { step = 0, stepped = false, saved = false, startedMs = now } = this.running ?? {};
    this.death = { ...obituary, step, stepped, saved, durationMs: now - startedMs };
    this.reported.resolve(this.death);
    this.options.onGone();
    this.end({ kind: 'died', ...this.death });
    this.gone.resolve();
  }

  private keepWatch(): void {
    const running = this.running;
    if (!running) return;
    const now = this.options.now();
    const stalledMs = running.watch.stalledMs(now);
    if (stalledMs > 0) this.kill(`did not respond for ${Math.round(stalledMs / 1000)} s`);
    const stopWithinMs = Math.max(this.options.limits.stopWithinMs, 3 * running.watch.stepMs);
    if (running.askedMs !== null && now - running.askedMs > stopWithinMs) {
      this.kill(`did not stop within ${Math.round(stopWithinMs / 1000)} s`);
    }
  }

  private kill(reason: string): void {
    this.killReason ??= reason;
    this.host.kill();
  }
}
