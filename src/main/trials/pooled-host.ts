import type { TrainerEvent, TrialJob } from '../../shared/records/trial-job.ts';
import type { WorkbenchErrorCode } from '../../shared/workbench-error.ts';
import type { LogLevel } from '../log.ts';
import type { TrialHooks, TrialResult } from '../search/trial-queue.ts';
import { StallWatch } from './stall-watch.ts';
import { type Death, describeDeath, type TrainerHost } from './trainer-host.ts';
import type { TrainerLimits } from './trainer-pool.ts';

/** How one training on one host ended. `saved`: it got at least one checkpoint further than where it began. */
export type HostEnd =
  | TrialResult
  | { readonly kind: 'refused'; readonly code: WorkbenchErrorCode; readonly message: string }
  | { readonly kind: 'died'; readonly reason: string; readonly step: number; readonly saved: boolean };

const WATCH_EVERY_MS = 1000;
/** A host that was asked to end and does not is killed then. */
const SHUTDOWN_WITHIN_MS = 3000;

interface Running {
  readonly job: TrialJob;
  readonly hooks: TrialHooks;
  readonly resolve: (end: HostEnd) => void;
  readonly watch: StallWatch;
  /** The last one that was heard of. */
  step: number;
  saved: boolean;
}

/** A host and what the pool knows of it: starting, idle, taken, training, spent, gone. */
export class PooledHost {
  readonly index: number;
  /** Null when the host reported, else why it never will. */
  readonly ready: Promise<string | null>;
  readonly gone: Promise<void>;
  /** Whether it was asked to end. */
  isLeaving = false;
  readonly #host: TrainerHost;
  readonly #options: { limits: TrainerLimits; tell: (level: LogLevel, message: string) => void; onGone: () => void };
  #isTaken = false;

  #isBroken = false;
  #trials = 0;
  #residentBytes = 0;
  #running: Running | null = null;
  #killReason: string | null = null;
  /** What its training thread threw last; a host that ends after it ended because of it. */
  #threadError: string | null = null;

  constructor(
    host: TrainerHost,
    options: {
      index: number;
      limits: TrainerLimits;
      tell: (level: LogLevel, message: string) => void;
      onGone: () => void;
    },
  ) {
    this.#host = host;
    this.#options = options;
    this.index = options.index;
    const ready = Promise.withResolvers<string | null>();
    const gone = Promise.withResolvers<void>();
    this.ready = ready.promise;
    this.gone = gone.promise;
    const late = setTimeout(() => this.#kill('did not report in time'), options.limits.readyWithinMs);
    const watch = setInterval(() => this.#keepWatch(), WATCH_EVERY_MS);
    late.unref();
    watch.unref();
    host.onEvent((event) => {
      if (event.kind === 'ready') {
        clearTimeout(late);
        ready.resolve(null);
      } else this.#receive(event);
    });
    host.onDeath((death) => {
      clearTimeout(late);
      clearInterval(watch);
      const reason = this.#killReason ?? this.#threadError ?? describeDeath(death);
      ready.resolve(reason);
      options.onGone();
      const { step = 0, saved = false } = this.#running ?? {};
      this.#end({ kind: 'died', reason: explain(death, reason), step, saved });
      gone.resolve();
    });
  }

  /** Takes the host for one trial; false when it is taken already or on its way out. */
  take(): boolean {
    if (this.#isTaken || this.isLeaving || this.isSpent) return false;
    this.#isTaken = true;
    return true;
  }

  release(): void {
    this.#isTaken = false;
  }

  /** Whether it should not take another trial. */
  get isSpent(): boolean {
    const { recycleAfterTrials, residentBytes } = this.#options.limits;
    return this.#isBroken || this.#trials >= recycleAfterTrials || this.#residentBytes > residentBytes;
  }

  get isOnItsLastTrial(): boolean {
    return this.#trials === this.#options.limits.recycleAfterTrials - 1;
  }

  send(command: Parameters<TrainerHost['send']>[0]): void {
    this.#host.send(command);
  }

  /** Trains on this host, which must be taken; it is free again afterwards. */
  async train(job: TrialJob, hooks: TrialHooks): Promise<HostEnd> {
    this.#threadError = null;
    const end = await new Promise<HostEnd>((resolve) => {
      const watch = new StallWatch(this.#options.limits.progressWithinMs, performance.now());
      this.#running = { job, hooks, resolve, watch, step: 0, saved: false };
      this.#host.send({ kind: 'train', job });
    });
    this.#trials++;
    this.#isTaken = false;
    return end;
  }

  /** Ends the host; resolves when it is gone. */
  async shutDown(): Promise<void> {
    this.isLeaving = true;
    this.#host.send({ kind: 'shutdown' });
    const timer = setTimeout(() => this.#host.kill(), SHUTDOWN_WITHIN_MS);
    await this.gone;
    clearTimeout(timer);
  }

  #receive(event: Exclude<TrainerEvent, { kind: 'ready' }>): void {
    if (event.kind === 'log') {
      this.#options.tell(event.level, event.message);
      if (event.level === 'error') this.#threadError = `ended: ${event.message.split('\n')[0]}`;
      return;
    }
    const running = this.#running;
    if (event.kind === 'heartbeat') {
      this.#residentBytes = event.residentBytes;
      running?.watch.heartbeat(event.busyStep, performance.now());
      return;
    }
    // Of a lease that is over.
    if (!running || event.trial !== running.job.trial || event.leaseEpoch !== running.job.leaseEpoch) return;
    switch (event.kind) {
      case 'progress':
        running.step = event.step;
        running.watch.progress(event.stepMs, performance.now());
        running.hooks.progress(event);
        return;
      case 'epoch':
        running.watch.progress(null, performance.now());
        running.hooks.epoch(event);
        return;
      case 'checkpoint':
        running.saved = true;
        running.watch.progress(null, performance.now());
        running.hooks.checkpoint(event);
        return;
      case 'finished': {
        const { outcome, durationMs, weightsHash } = event;
        // What TensorFlow holds after an error comes back only with the end of its process.
        this.#isBroken ||= outcome.kind === 'failed' && outcome.reason !== 'nan_loss' && outcome.reason !== 'timed_out';
        this.#end({ kind: 'finished', outcome, durationMs, weightsHash });
        return;
      }
      case 'suspended':
        this.#end({ kind: 'suspended' });
        return;
      case 'refused':
        this.#end({ kind: 'refused', code: event.code, message: event.message });
    }
  }

  #end(end: HostEnd): void {
    const running = this.#running;
    this.#running = null;
    running?.resolve(end);
  }

  #keepWatch(): void {
    const stalledMs = this.#running?.watch.stalledMs(performance.now()) ?? 0;
    if (stalledMs > 0) this.#kill(`did not respond for ${Math.round(stalledMs / 1000)} s`);
  }

  #kill(reason: string): void {
    this.#killReason ??= reason;
    this.#host.kill();
  }
}

/** A kill that was not ours is most often the kernel's, for memory. */
function explain(death: Death, reason: string): string {
  const isForeignKill = death.kind === 'signal' && death.signal === 'SIGKILL' && reason === describeDeath(death);
  return isForeignKill ? 'was killed from outside, most often because memory ran out' : reason;
}
