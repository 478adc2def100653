import {
  type Lease,
  PRIORITIES,
  type RunOrder,
  type TrainerCommand,
  type TrainerEvent,
} from '../../shared/records/run.ts';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import type { HostProgram, Launcher } from '../hosts/host.ts';
import { type End, isSameLease, type Loss, type QueueEvent, type RunQueue, type TrainerCounts } from './run-queue.ts';
import { Trainer } from './trainer.ts';
import { TRAINER_LIMITS, type TrainerLimits } from './trainer-limits.ts';

export interface LocalQueueOptions {
  readonly launcher: Launcher;
  readonly program: HostProgram<TrainerEvent>;
  /** Environment of the host on this seat (0, 1, …) beside so many in all; says which GPU it sees, among other things. */
  readonly environment: (seat: number, hosts: number) => Readonly<Record<string, string>>;
  readonly limits?: Partial<TrainerLimits>;
  /** Trainers at the same time, where the launcher would allow more. */
  readonly seats?: number;
  /** Grows steadily. Milliseconds. */
  readonly now?: () => number;
}

/** So long before the end of a host's last run its successor is started. */
const SUCCESSOR_AHEAD_MS = 15_000;

/** An order until its end. */
interface Held {
  readonly order: RunOrder;
  /** Grows with each order. */
  readonly place: number;
  /** Resolves when it shall not be carried out any more, or not now. */
  readonly wished: PromiseWithResolvers<void>;
  wish: 'cancel' | 'suspend' | null;
  trainer: Trainer | null;
  /** It waits for a trainer. */
  isWaiting: boolean;
  /** It was asked to make room for one that is more urgent. */
  isYielding: boolean;
}

/**
 * Carries orders out in trainer hosts of this machine: takes an idle one or starts one, and replaces them before they
 * grow too large. Where all seats are taken, a less urgent run makes room at its next step: it is saved, ends as
 * `suspended`, and its owner hands it in again.
 */
export class LocalQueue implements RunQueue {
  private readonly options: LocalQueueOptions;
  private readonly limits: TrainerLimits;
  private readonly now: () => number;
  private readonly trainersOnSeats = new Set<Trainer>();
  private readonly held = new Set<Held>();
  /** The newest lease of each run that was ever handed in. */
  private readonly fences = new Map<number, number>();
  private listener: (event: QueueEvent) => unknown = () => undefined;
  private places = 0;
  /** Resolves when a trainer or an order is gone. */
  private changed = Promise.withResolvers<void>();
  private isClosed = false;

  constructor(options: LocalQueueOptions) {
    this.options = options;
    this.limits = { ...TRAINER_LIMITS, ...options.limits };
    this.now = options.now ?? (() => performance.now());
  }

  submit(order: RunOrder): void {
    const { lease } = order;
    if (this.isClosed || lease.epoch <= (this.fences.get(lease.run) ?? 0)) {
      const refusal = this.isClosed ? closed(lease) : staleLease(lease);
      // An end comes after the order was handed in, never within.
      queueMicrotask(() => this.tell(refusal));
      return;
    }
    this.fences.set(lease.run, lease.epoch);
    for (const older of this.held) if (older.order.lease.run === lease.run) wishFor(older, 'cancel');
    const fresh = { wish: null, trainer: null, isWaiting: true, isYielding: false };
    const held: Held = { order, place: this.places++, wished: Promise.withResolvers<void>(), ...fresh };
    this.held.add(held);
    void this.carryOut(held);
  }

  withdraw(lease: Lease, how: 'cancel' | 'suspend' | 'forget'): void {
    // What ended is told once and kept nowhere.
    if (how === 'forget') return;
    for (const held of this.held) if (isSameLease(held.order.lease, lease)) wishFor(held, how);
  }

  listen(listener: (event: QueueEvent) => unknown): () => void {
    this.listener = listener;
    return () => {
      this.listener = () => undefined;
    };
  }

  /** Its trainers end with this process. */
  async attach(): Promise<readonly Lease[]> {
    return [];
  }

  trainers(): TrainerCounts {
    return {
      busy: [...this.trainersOnSeats].filter(({ isBusy }) => isBusy).length,
      all: this.trainersOnSeats.size,
    };
  }

  async close(): Promise<void> {
    this.isClosed = true;
    for (const held of this.held) wishFor(held, 'suspend');
    while (this.held.size > 0) await this.changed.promise;
    await Promise.all([...this.trainersOnSeats].map((trainer) => trainer.shutDown()));
  }

  private async carryOut(held: Held): Promise<void> {
    // Orders that come together are all counted before the first trainer gets its share of the cores.
    await Promise.resolve();
    const end = await this.untilEnd(held);
    this.held.delete(held);
    this.tell(end);
    this.notify();
  }

  private async untilEnd(held: Held): Promise<End> {
    const { lease } = held.order;
    try {
      const trainer = await this.takeTrainer(held);
      if (trainer === null) return withdrawn(held);
      if (!(trainer instanceof Trainer)) return { kind: 'lost', lease, loss: trainer };
      return await this.carryOutOn(trainer, held);
    } catch (error) {
      // No host can be launched here (too many processes, a second thread): whoever asked must know.
      return refusal(lease, error);
    }
  }

  private async carryOutOn(trainer: Trainer, held: Held): Promise<End> {
    const { order } = held;
    // The trainer has the order before anybody hears of it, and may withdraw it.
    const ended = trainer.carryOut(order, this.withSuccessor(trainer));
    this.tell({ kind: 'begun', lease: order.lease });
    const end = await ended;
    held.trainer = null;
    const isUnasked = end.kind === 'suspended' && held.wish === null && !held.isYielding;
    // TensorFlow gives a device's memory back with the end of its process only.
    if (isOutOfMemory(end)) await trainer.shutDown();
    else if (trainer.isSpent || isUnasked) void trainer.shutDown();
    trainer.release();
    return end;
  }

  /** Starts the trainer's successor towards the end of its last run, so that nobody waits while TensorFlow is loaded. */
  private withSuccessor(trainer: Trainer): (event: QueueEvent) => void {
    let isStarted = !trainer.isOnItsLastRun;
    return (event) => {
      this.tell(event);
      if (isStarted || this.isClosed || event.kind !== 'progress') return;
      const leftMs = (event.steps - event.step) * event.stepMs;
      if (leftMs > SUCCESSOR_AHEAD_MS || !this.hasRoom()) return;
      isStarted = true;
      this.addSuccessor(trainer.seat);
    };
  }

  private addSuccessor(seat: number): void {
    try {
      this.addTrainer(seat).release();
    } catch (error) {
      // Whoever comes next tries again, and is refused if that fails as well.
      const message = `A trainer could not be started ahead: ${messageOf(error)}`;
      this.tell({ kind: 'log', lease: null, level: 'warn', message });
    }
  }

  /** A trainer that reported, taken for this order; how one ended that did not come up; or null where nobody wants it. */
  private async takeTrainer(held: Held): Promise<Trainer | Loss | null> {
    for (;;) {
      if (held.wish !== null) return null;
      const trainer = this.isNext(held) ? (this.freeTrainer() ?? this.newTrainer()) : undefined;
      if (!trainer) {
        if (this.isNext(held)) this.makeRoomFor(held);
        await Promise.race([this.changed.promise, held.wished.promise]);
        continue;
      }
      // Whoever comes next may look for another one meanwhile.
      held.isWaiting = false;
      this.notify();
      const loss = await Promise.race([trainer.ready, held.wished.promise]);
      if (loss) return { ...loss, step: held.order.resumeFrom?.step ?? 0 };
      if (held.wish === null && this.isNext(held)) {
        held.trainer = trainer;
        return trainer;
      }
      // It is for one that is more urgent and came meanwhile; or it goes on starting, for whoever comes next.
      held.isWaiting = true;
      trainer.release();
      this.notify();
    }
  }

  /** Whether none that waits is more urgent, or as urgent and came before. */
  private isNext(held: Held): boolean {
    return ![...this.held].some((other) => other.isWaiting && other.wish === null && goesBefore(other, held));
  }

  private makeRoomFor(held: Held): void {
    const running = [...this.held].filter(({ trainer }) => trainer !== null);
    if (running.some(({ isYielding }) => isYielding)) return;
    const least = running.toSorted((a, b) => (goesBefore(a, b) ? 1 : -1))[0];
    if (!least || rank(least) <= rank(held) || least.wish !== null) return;
    least.isYielding = true;
    least.trainer?.stop({ kind: 'suspend' });
  }

  /** An idle one, now taken. A successor waits while its predecessor works: they have the same GPU. */
  private freeTrainer(): Trainer | undefined {
    const busySeats = new Set([...this.trainersOnSeats].filter(({ isTaken }) => isTaken).map(({ seat }) => seat));
    return [...this.trainersOnSeats].find((trainer) => !busySeats.has(trainer.seat) && trainer.take());
  }

  private newTrainer(): Trainer | undefined {
    if (!this.hasRoom()) return undefined;
    const seats = new Set([...this.trainersOnSeats].filter(({ isLeaving }) => !isLeaving).map(({ seat }) => seat));
    let seat = 0;
    while (seats.has(seat)) seat++;
    const trainer = this.addTrainer(seat);
    trainer.take();
    return trainer;
  }

  private hasRoom(): boolean {
    const { launcher, seats = Number.POSITIVE_INFINITY } = this.options;
    return this.trainersOnSeats.size < Math.min(launcher.maximumHosts, seats);
  }

  private addTrainer(seat: number): Trainer {
    const { launcher, program, environment } = this.options;
    const host = launcher.launch<TrainerCommand, TrainerEvent>(program, environment(seat, Math.max(1, this.held.size)));
    const trainer = new Trainer(host, {
      seat,
      limits: this.limits,
      now: this.now,
      tell: (event) => this.tell(event),
      onGone: () => {
        this.trainersOnSeats.delete(trainer);
        this.notify();
      },
    });
    this.trainersOnSeats.add(trainer);
    return trainer;
  }

  private tell(event: QueueEvent): void {
    this.listener(event);
  }

  private notify(): void {
    this.changed.resolve();
    this.changed = Promise.withResolvers<void>();
  }
}

/** A cancellation outranks a suspension. */
function wishFor(held: Held, wish: 'cancel' | 'suspend'): void {
  if (held.wish === wish || held.wish === 'cancel') return;
  held.wish = wish;
  const { lease } = held.order;
  held.trainer?.stop(wish === 'suspend' ? { kind: 'suspend' } : { kind: 'cancel', lease });
  held.wished.resolve();
}

function withdrawn({ wish, order: { lease, resumeFrom } }: Held): End {
  if (wish === 'suspend') return { kind: 'suspended', lease, step: resumeFrom?.step ?? 0 };
  const outcome = { kind: 'cancelled', message: 'Cancelled on request.' } as const;
  return { kind: 'finished', lease, outcome, durationMs: 0, weightsHash: null, weights: null };
}

function isOutOfMemory(end: End): boolean {
  return end.kind === 'finished' && end.outcome.kind === 'failed' && end.outcome.reason === 'out_of_memory';
}

const rank = ({ order }: Held): number => PRIORITIES.indexOf(order.priority);

function goesBefore(a: Held, b: Held): boolean {
  return rank(a) < rank(b) || (rank(a) === rank(b) && a.place < b.place);
}

function staleLease(lease: Lease): End {
  const message = `Lease ${lease.epoch} of run ${lease.run} is not newer than the newest one: it is over.`;
  return { kind: 'refused', lease, code: 'conflict', message };
}

function closed(lease: Lease): End {
  return { kind: 'refused', lease, code: 'cancelled', message: 'The trainers are closed: open the project again.' };
}

function refusal(lease: Lease, error: unknown): End {
  const code = error instanceof WorkbenchError ? error.code : 'unavailable';
  return { kind: 'refused', lease, code, message: messageOf(error) };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
