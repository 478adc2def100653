import type { RunOrder, TrainerCommand, TrainerEvent, TrainerRunEvent } from '../../shared/records/run.ts';
import type { Death, Host } from '../hosts/host.ts';
import { countMemoryKills, type Obituary, readDeath } from '../hosts/host-death.ts';
import { StallWatch } from '../hosts/stall-watch.ts';
import { type End, isSameLease, type Loss, type QueueEvent } from './run-queue.ts';
import type { TrainerLimits } from './trainer-limits.ts';

const WATCH_EVERY_MS = 500;
/** A host that was asked to end and does not is killed then. */
const SHUTDOWN_WITHIN_MS = 3000;
/** A fresh trainer that grows by this factor within one run is replaced when it is above the limit. Ours. */
const LARGEST_GROWTH = 2;

type Stop = Extract<TrainerCommand, { kind: 'cancel' | 'suspend' }>;

interface Running {
  readonly order: RunOrder;
  readonly tell: (event: QueueEvent) => void;
  readonly resolve: (end: End) => void;
  readonly watch: StallWatch;
  readonly startedMs: number;
  /** The last one that was heard of; before it, what the run went on from. */
  step: number;
  stepped: boolean;
  saved: boolean;
  /** Resident memory when the first step was done. */
  startBytes: number | null;
  /** When it was asked to stop, which it has to within `stopWithinMs`. */
  askedMs: number | null;
}

interface TrainerOptions {
  /** Place among the hosts: decides which GPU it sees. A successor takes its predecessor's. */
  readonly seat: number;
  readonly limits: TrainerLimits;
  readonly now: () => number;
  /** Hears what is no matter of an order, and the log of one. */
  readonly tell: (event: QueueEvent) => void;
  readonly onGone: () => void;
}

/** A trainer host and what its queue knows of it: starting, idle, taken, at work, leaving, gone. */
export class Trainer {
  readonly seat: number;
  /** Null when the host reported, else how it ended before that. */
  readonly ready: Promise<Loss | null>;
  private readonly host: Host<TrainerCommand, TrainerEvent>;
  private readonly options: TrainerOptions;
  private readonly reported = Promise.withResolvers<Loss | null>();
  private readonly gone = Promise.withResolvers<void>();
  private readonly memoryKillsBefore = countMemoryKills();
  private readonly timers: NodeJS.Timeout[];
  private idleTimer: NodeJS.Timeout | undefined;
  private isInUse = false;
  private isOnItsWayOut = false;
  private isBroken = false;
  private runs = 0;
  private residentBytes = 0;
  private peakBytes = 0;
  private running: Running | null = null;
  private death: Loss | null = null;
  /** Whether it ever reported. */
  private isStarted = false;
  /** Why we killed it, if we did. */
  private killReason: string | null = null;
  /** What its training thread threw last; a host that ends after it ended because of it. */
  private threadError: string | null = null;

  constructor(host: Host<TrainerCommand, TrainerEvent>, options: TrainerOptions) {
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

  /** Whether it is at work. */
  get isBusy(): boolean {
    return this.running !== null;
  }

  get isLeaving(): boolean {
    return this.isOnItsWayOut;
  }

  /** Whether it should not take another run. */
  get isSpent(): boolean {
    const { recycleAfterRuns, residentBytes } = this.options.limits;
    return this.isBroken || this.runs >= recycleAfterRuns || this.residentBytes > residentBytes;
  }

  get isOnItsLastRun(): boolean {
    return this.runs === this.options.limits.recycleAfterRuns - 1;
  }

  /** Takes the trainer for one run; false when it is taken already or on its way out. */
  take(): boolean {
    if (this.isInUse || this.isOnItsWayOut || this.isSpent) return false;
    this.isInUse = true;
    clearTimeout(this.idleTimer);
    return true;
  }

  /** Free for the next run; a host that nobody takes for a while ends. */
  release(): void {
    this.isInUse = false;
    if (this.death || this.isOnItsWayOut) return;
    this.idleTimer = setTimeout(() => void this.shutDown(), this.options.limits.idleForMs).unref();
  }

  /** Carries an order out on this trainer, which must be taken and stays so. */
  async carryOut(order: RunOrder, tell: (event: QueueEvent) => void): Promise<End> {
    this.threadError = null;
    const end = await this.untilEnd(order, tell);
    this.runs++;
    return end;
  }

  /** Asks the run to stop; a host that does not is killed. */
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

  private untilEnd(order: RunOrder, tell: (event: QueueEvent) => void): Promise<End> {
    const { lease, resumeFrom } = order;
    const step = resumeFrom?.step ?? 0;
    // It may have died before the run was handed over.
    if (this.death) return Promise.resolve({ kind: 'lost', lease, loss: { ...this.death, step } });
    const { limits, now } = this.options;
    return new Promise((resolve) => {
      const watch = new StallWatch(limits.progressWithinMs, now());
      const progress = { startedMs: now(), step, stepped: false, saved: false, startBytes: null, askedMs: null };
      this.running = { order, tell, resolve, watch, ...progress };
      this.host.send({ kind: 'begin', order });
    });
  }

  private receive(event: TrainerEvent): void {
    switch (event.kind) {
      case 'ready':
        clearTimeout(this.timers[0]);
        this.isStarted = true;
        this.reported.resolve(null);
        return;
      case 'log':
        this.options.tell({ ...event, lease: this.running?.order.lease ?? null });
        if (event.level === 'error') this.threadError = event.message.split('\n')[0] ?? '';
        return;
      case 'heartbeat':
        this.residentBytes = event.residentBytes;
        this.peakBytes = event.peakBytes;
        if (this.running) this.beat(this.running, event.busyStep);
        return;
      default:
        // Else of a lease that is over.
        if (this.running && isSameLease(event.lease, this.running.order.lease)) this.receiveOf(this.running, event);
    }
  }

  private receiveOf(running: Running, event: TrainerRunEvent): void {
    const now = this.options.now();
    switch (event.kind) {
      case 'progress':
        running.step = event.step;
        running.stepped = true;
        running.watch.progress(event.stepMs, now);
        running.tell(event);
        return;
      case 'epoch':
        running.watch.progress(null, now);
        running.tell(event);
        return;
      case 'checkpoint':
        // What a host saves when it is asked to stop may be no further than where it began.
        running.saved ||= running.stepped;
        running.watch.progress(null, now);
        running.tell(event);
        return;
      case 'finished': {
        const { outcome } = event;
        // What TensorFlow holds after an error comes back only with the end of its process.
        this.isBroken ||= outcome.kind === 'failed' && outcome.reason !== 'nan_loss' && outcome.reason !== 'timed_out';
        this.end({ ...event, ...this.ownPeak() });
        return;
      }
      case 'suspended':
      case 'refused':
        this.end(event);
    }
  }

  private beat(running: Running, busyStep: number): void {
    running.watch.heartbeat(busyStep, this.options.now());
    if (!running.stepped) return;
    running.startBytes ??= this.residentBytes;
    const { residentBytes } = this.options.limits;
    // A host that is fresh and still too large would be no smaller after a restart.
    const limit = this.runs > 0 ? residentBytes : Math.max(residentBytes, LARGEST_GROWTH * running.startBytes);
    if (this.residentBytes <= limit || running.askedMs !== null) return;
    this.isBroken = true;
    this.stop({ kind: 'suspend' });
  }

  /** What its process held at most, while all of that is its first run's. */
  private ownPeak(): { peakBytes?: number } {
    const isOwn = this.runs === 0 && this.host.pid !== null && this.peakBytes > 0;
    return isOwn ? { peakBytes: this.peakBytes } : {};
  }

  private end(end: End): void {
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
    this.death = this.lossOf(obituary);
    this.reported.resolve(this.death);
    this.options.onGone();
    if (this.running) this.end({ kind: 'lost', lease: this.running.order.lease, loss: this.death });
    this.gone.resolve();
  }

  private lossOf({ cause, reason }: Obituary): Loss {
    const now = this.options.now();
    const { step = 0, stepped = false, saved = false, startedMs = now } = this.running ?? {};
    return { cause, reason, isStarted: this.isStarted, step, stepped, saved, durationMs: now - startedMs };
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
