import { z } from 'zod';
import {
  type Lease,
  leaseSchema,
  type RunOrder,
  runOrderSchema,
  trainerRunEventSchema,
} from '../../shared/records/run.ts';

/**
 * Why a run's trainer is gone before its end. `crash`: its own doing, native code or the training thread; `memory`: the
 * kernel ended it to get memory back; `hang`: it did not respond; `killed`: somebody outside ended it, which says nothing
 * about the run.
 */
export const lossSchema = z.strictObject({
  cause: z.enum(['crash', 'memory', 'hang', 'killed']),
  /** Goes on the sentence "The trainer …". */
  reason: z.string(),
  /** Whether it came to be ready: one that does not start says nothing about the run either. */
  isStarted: z.boolean(),
  /** Where the run stood at last, as far as it was heard; before the first word, what it went on from. */
  step: z.int().min(0),
  /** Whether it got a step, a checkpoint further under this lease. */
  stepped: z.boolean(),
  saved: z.boolean(),
  /** Under this lease. Milliseconds. */
  durationMs: z.number().min(0),
});
export type Loss = z.infer<typeof lossSchema>;

const leased = { lease: leaseSchema };
const [finished, ...others] = partitioned();

/**
 * What a queue tells of an order: `begun` once, when a trainer took it; then what the trainer tells; and exactly one end:
 * `finished`, `suspended`, `refused` or `lost`. One that is withdrawn before it began ends without having begun.
 */
export const queueEventSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('begun'), ...leased }),
  ...others,
  finished.extend({
    /** The most memory that its trainer held; only of one that had no other run before and is a process of its own. */
    peakBytes: z.int().min(0).optional(),
  }),
  z.strictObject({ kind: z.literal('lost'), ...leased, loss: lossSchema }),
  /** Something a person should know, of an order or (null) of the queue itself. */
  z.strictObject({
    kind: z.literal('log'),
    lease: leaseSchema.nullable(),
    level: z.enum(['info', 'warn', 'error']),
    message: z.string(),
  }),
]);
export type QueueEvent = z.infer<typeof queueEventSchema>;
export type Finished = Extract<QueueEvent, { kind: 'finished' }>;
export type End = Extract<QueueEvent, { kind: 'finished' | 'suspended' | 'refused' | 'lost' }>;

/** Of an order; there is exactly one. */
export function isEnd(event: QueueEvent): event is End {
  return ['finished', 'suspended', 'refused', 'lost'].includes(event.kind);
}

/** What a queue is told; what it answers are events. */
export const queueCommandSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('submit'), order: runOrderSchema }),
  z.strictObject({ kind: z.literal('withdraw'), ...leased, how: z.enum(['cancel', 'suspend', 'forget']) }),
]);
export type QueueCommand = z.infer<typeof queueCommandSchema>;

/** The trainers that live, and those at work. */
export interface TrainerCounts {
  readonly busy: number;
  readonly all: number;
}

/**
 * Carries out orders, the more urgent first. It keeps nothing that its owner could not write down again: leases, attempts
 * and what to do after a death are the owner's (runs.ts). Everything that goes in and out is JSON.
 */
export interface RunQueue {
  /** An order whose lease is not newer than the newest known of its run ends as `refused`, `conflict`. */
  submit(order: RunOrder): void;
  /**
   * The order ends as `cancelled`, or is saved and ends as `suspended`; nothing where the lease is not under way.
   * `forget`: what came of it is stored, so nothing of it need be told again.
   */
  withdraw(lease: Lease, how: 'cancel' | 'suspend' | 'forget'): void;
  /**
   * One listener hears everything; returns what ends the listening. What it answers with `false` was not heard: a queue
   * that outlives its owner tells that to the next one again.
   */
  listen(listener: (event: QueueEvent) => unknown): () => void;
  /**
   * Leases from before this process that are still under way, or whose end was not forgotten, in a queue that outlives
   * its owner. What they told and was not heard comes soon after that. To be called once, before anything is handed in.
   */
  attach(): Promise<readonly Lease[]>;
  trainers(): TrainerCounts;
  /** Saves what runs; no trainer is left when it resolves. */
  close(): Promise<void>;
}

/** The kinds of a trainer's events: its end, and the others. */
function partitioned() {
  const [progress, epoch, checkpoint, end, suspended, refused] = trainerRunEventSchema.options;
  return [end, progress, epoch, checkpoint, suspended, refused] as const;
}

export function isSameLease(a: Lease, b: Lease): boolean {
  return a.run === b.run && a.epoch === b.epoch;
}

/** A lease as the key of a map. */
export function leaseKey({ run, epoch }: Lease): string {
  return `${run}/${epoch}`;
}
