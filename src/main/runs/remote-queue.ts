import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Lease, RunOrder } from '../../shared/records/run.ts';
import { hear, type OwnerMessage, type QueueMessage, queueMessageSchema, say } from './queue-wire.ts';
import {
  isEnd,
  type Loss,
  leaseKey,
  type QueueCommand,
  type QueueEvent,
  type RunQueue,
  type TrainerCounts,
} from './run-queue.ts';

const SHORTEST_WAIT_MS = 20;
const LONGEST_WAIT_MS = 2000;
/** Connections that fail in a row before somebody is told. */
const TOLD_AFTER = 5;

type Command = Extract<OwnerMessage, { kind: 'command' }>;

/** An order whose end was not told so far, and where it stands as far as it was heard. */
interface UnderWay {
  readonly lease: Lease;
  readonly sinceMs: number;
  step: number;
  stepped: boolean;
  saved: boolean;
}

export interface RemoteQueueOptions {
  /** Of the socket that the queue's process serves. */
  readonly path: string;
  /** Starts that process; called where nobody answers. Without it somebody else has to. */
  readonly start?: () => void;
}

/**
 * A queue in another process, which goes on while its owner is away. What is said is said again on the next connection
 * until it is known to have arrived; where the process itself is gone, what it carried out ends as `lost`.
 */
export class RemoteQueue implements RunQueue {
  private readonly options: RemoteQueueOptions;
  private readonly id = randomUUID();
  private readonly underWay = new Map<string, UnderWay>();
  private readonly welcomed = Promise.withResolvers<readonly Lease[]>();
  private readonly closed = Promise.withResolvers<void>();
  private socket: Socket | null = null;
  private listener: (event: QueueEvent) => unknown = () => undefined;
  private unsaid: Command[] = [];
  private commands = 0;
  private queue = '';
  /** The last event that was heard. */
  private heard = 0;
  private isAttached = false;
  private isClosing = false;
  private failures = 0;
  private counts: TrainerCounts = { busy: 0, all: 0 };

  constructor(options: RemoteQueueOptions) {
    this.options = options;
    this.connect();
  }

  submit(order: RunOrder): void {
    this.expect(order.lease, order.resumeFrom?.step ?? 0);
    this.command({ kind: 'submit', order });
  }

  withdraw(lease: Lease, how: Extract<QueueCommand, { kind: 'withdraw' }>['how']): void {
    this.command({ kind: 'withdraw', lease, how });
  }

  listen(listener: (event: QueueEvent) => unknown): () => void {
    this.listener = listener;
    return () => {
      this.listener = () => false;
    };
  }

  async attach(): Promise<readonly Lease[]> {
    const leases = await this.welcomed.promise;
    for (const lease of leases) this.expect(lease, 0);
    // Whoever waits for this answer hears of it first.
    setImmediate(() => {
      this.isAttached = true;
      if (this.socket) say(this.socket, { kind: 'listen', after: this.heard });
    });
    return leases;
  }

  trainers(): TrainerCounts {
    return this.counts;
  }

  /** The queue's process ends as well. */
  async close(): Promise<void> {
    if (!this.isClosing) this.command({ kind: 'close' });
    this.isClosing = true;
    await this.closed.promise;
  }

  /** Goes away without a word, as a process that is killed; what runs goes on. */
  leave(): void {
    this.isClosing = true;
    this.socket?.destroy();
  }

  private expect(lease: Lease, step: number): void {
    this.underWay.set(leaseKey(lease), { lease, sinceMs: performance.now(), step, stepped: false, saved: false });
  }

  private command(command: Command['command']): void {
    const message: Command = { kind: 'command', number: ++this.commands, command };
    this.unsaid.push(message);
    if (this.queue !== '') say(this.socket, message);
  }

  private connect(): void {
    const socket = connect(this.options.path);
    hear(socket, queueMessageSchema, (message) => this.receive(socket, message));
    socket.on('connect', () => say(socket, { kind: 'hello', owner: this.id }));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') this.options.start?.();
    });
    socket.on('close', () => this.lose());
  }

  private lose(): void {
    this.socket = null;
    if (this.isClosing) {
      this.closed.resolve();
      return;
    }
    if (++this.failures === TOLD_AFTER) {
      const message = 'The process of the queue does not answer; it is tried again until it does.';
      this.listener({ kind: 'log', lease: null, level: 'warn', message });
    }
    const waitMs = Math.min(LONGEST_WAIT_MS, SHORTEST_WAIT_MS * 2 ** Math.min(this.failures, 16));
    setTimeout(() => this.connect(), waitMs);
  }

  private receive(socket: Socket, message: QueueMessage): void {
    switch (message.kind) {
      case 'welcome':
        this.greet(socket, message);
        return;
      case 'taken':
        this.unsaid = this.unsaid.filter(({ number }) => number > message.command);
        return;
      case 'trainers':
        this.counts = message.counts;
        return;
      case 'event':
        if (message.number <= this.heard) return;
        this.heard = message.number;
        this.tell(message.event, message.number);
        return;
      case 'closed':
        this.isClosing = true;
        socket.end();
    }
  }

  private greet(socket: Socket, { queue, command, leases }: Extract<QueueMessage, { kind: 'welcome' }>): void {
    this.socket = socket;
    this.failures = 0;
    if (this.queue !== '' && this.queue !== queue) this.mourn();
    this.queue = queue;
    this.welcomed.resolve(leases);
    this.unsaid = this.unsaid.filter(({ number }) => number > command);
    for (const unsaid of this.unsaid) say(socket, unsaid);
    if (this.isAttached) say(socket, { kind: 'listen', after: this.heard });
  }

  /** Another process answers: the one before was killed, and its trainers with it. */
  private mourn(): void {
    this.heard = 0;
    this.unsaid = this.unsaid.filter(({ command }) => command.kind === 'close');
    for (const { lease, sinceMs, ...where } of [...this.underWay.values()]) {
      const durationMs = performance.now() - sinceMs;
      const reason = 'was lost with the process of its queue';
      const loss: Loss = { cause: 'killed', reason, isStarted: true, durationMs, ...where };
      this.tell({ kind: 'lost', lease, loss }, 0);
    }
  }

  private tell(event: QueueEvent, number: number): void {
    if (event.kind !== 'log') this.follow(event);
    const isHeard = this.listener(event) !== false;
    if (!isHeard || event.kind === 'log' || event.kind === 'progress' || isEnd(event)) return;
    say(this.socket, { kind: 'heard', lease: event.lease, number });
  }

  private follow(event: Exclude<QueueEvent, { kind: 'log' }>): void {
    const order = this.underWay.get(leaseKey(event.lease));
    if (isEnd(event)) this.underWay.delete(leaseKey(event.lease));
    else if (order && event.kind === 'progress') Object.assign(order, { step: event.step, stepped: true });
    else if (order && event.kind === 'checkpoint') order.saved ||= order.stepped;
  }
}

/** Starts a process that serves a queue at this path and goes on when this one is gone; `module` exports `openQueue`. */
export function startQueueProcess(path: string, module?: string): void {
  const entry = fileURLToPath(new URL('./queue-process.ts', import.meta.url));
  const child = spawn(process.execPath, [entry, path, ...(module === undefined ? [] : [module])], {
    detached: true,
    stdio: 'ignore',
  });
  child.on('error', () => undefined);
  child.unref();
}
