import type { Socket } from 'node:net';
import { z } from 'zod';
import { leaseSchema } from '../../shared/records/run.ts';
import { queueCommandSchema, queueEventSchema } from './run-queue.ts';

/** No order comes near it, in bytes. Whoever sends more is not one of ours. */
const LONGEST_MESSAGE = 4 * 2 ** 20;
const LINE_FEED = 10;

/** From an owner to the process of its queue. */
export const ownerMessageSchema = z.discriminatedUnion('kind', [
  /** First of each connection. `owner` is another one after each start of its process. */
  z.strictObject({ kind: z.literal('hello'), owner: z.string().min(1).max(100) }),
  /** From here on it hears events: those that are kept with a number above `after`, and all that follow. */
  z.strictObject({ kind: z.literal('listen'), after: z.int().min(0) }),
  /** Numbered from 1, so that one that is said again on another connection is done once. */
  z.strictObject({
    kind: z.literal('command'),
    number: z.int().min(1),
    command: z.discriminatedUnion('kind', [
      ...queueCommandSchema.options,
      z.strictObject({ kind: z.literal('close') }),
    ]),
  }),
  /** What the lease's events up to this one say is stored; its end is kept until it is forgotten. */
  z.strictObject({ kind: z.literal('heard'), lease: leaseSchema, number: z.int().min(1) }),
]);
export type OwnerMessage = z.infer<typeof ownerMessageSchema>;

const countsSchema = z.strictObject({ busy: z.int().min(0), all: z.int().min(0) });

export const queueMessageSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('welcome'),
    /** Of the queue's process: another one after each start. */
    queue: z.string(),
    /** The last command that it took from this owner. */
    command: z.int().min(0),
    leases: z.array(leaseSchema),
  }),
  z.strictObject({ kind: z.literal('taken'), command: z.int().min(1) }),
  z.strictObject({ kind: z.literal('event'), number: z.int().min(1), event: queueEventSchema }),
  z.strictObject({ kind: z.literal('trainers'), counts: countsSchema }),
  z.strictObject({ kind: z.literal('closed') }),
]);
export type QueueMessage = z.infer<typeof queueMessageSchema>;

/** A line: its length in bytes, a space, JSON. */
export function say(socket: Socket | null, message: OwnerMessage | QueueMessage): void {
  const json = JSON.stringify(message);
  socket?.write(`${Buffer.byteLength(json)} ${json}\n`);
}

/**
 * Hears the messages of a connection, each whole or not at all: what is cut off is dropped with the connection, which is
 * ended at the first line that is none of ours.
 */
export function hear<T>(socket: Socket, schema: { parse(value: unknown): T }, listener: (message: T) => void): void {
  let rest: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf(LINE_FEED); end >= 0 && !socket.destroyed; end = rest.indexOf(LINE_FEED)) {
      const line = rest.subarray(0, end);
      rest = rest.subarray(end + 1);
      const message = parseLine(line, schema);
      if (message === null) socket.destroy();
      else listener(message);
    }
    if (rest.length > LONGEST_MESSAGE) socket.destroy();
  });
}

function parseLine<T>(line: Buffer, schema: { parse(value: unknown): T }): T | null {
  const space = line.indexOf(' ');
  if (space < 1 || Number(line.subarray(0, space)) !== line.length - space - 1) return null;
  try {
    return schema.parse(JSON.parse(line.toString('utf8', space + 1)));
  } catch {
    return null;
  }
}
