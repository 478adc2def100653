import { randomUUID } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import type { Lease } from '../../shared/records/run.ts';
import { hear, type OwnerMessage, ownerMessageSchema, say } from './queue-wire.ts';
import { isEnd, leaseKey, type QueueEvent, type RunQueue } from './run-queue.ts';

const COUNT_EVERY_MS = 500;

interface Kept {
  readonly lease: Lease;
  /** What was not heard so far; of its progress the newest word. */
  events: { readonly number: number; readonly event: QueueEvent }[];
}

interface Owner {
  readonly id: string;
  /** The last one that was taken. */
  command: number;
  socket: Socket | null;
  isListening: boolean;
}

/**
 * Serves a queue to one owner at a time over a socket, and keeps what it tells while nobody listens. An owner that comes
 * after another one takes over what runs; which of its orders count is decided by their leases.
 */
export class QueueServer {
  private readonly queue: RunQueue;
  private readonly id = randomUUID();
  private readonly kept = new Map<string, Kept>();
  private readonly onClosed: () => void;
  private readonly server: Server;
  private readonly timer: NodeJS.Timeout;
  private owner: Owner = { id: '', command: 0, socket: null, isListening: false };
  private number = 0;
  private counts = '';

  /** `onClosed`: its owner closed it; no trainer is left. */
  constructor(queue: RunQueue, onClosed: () => void) {
    this.queue = queue;
    this.onClosed = onClosed;
    queue.listen((event) => this.keep(event));
    this.server = createServer((socket) => this.receive(socket));
    this.timer = setInterval(() => this.tellCounts(), COUNT_EVERY_MS);
  }

  /** Rejects with `EADDRINUSE` where another process serves there, or did and was killed. */
  async serve(path: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      // Nobody but the person whose trainers these are.
      this.server.listen({ path, readableAll: false, writableAll: false }, resolve);
    });
  }

  /** Saves what runs and ends the serving. */
  async close(): Promise<void> {
    await this.queue.close();
    clearInterval(this.timer);
    this.server.close();
    say(this.owner.socket, { kind: 'closed' });
    this.owner.socket?.end();
    this.onClosed();
  }

  private receive(socket: Socket): void {
    // Its close follows.
    socket.on('error', () => undefined);
    hear(socket, ownerMessageSchema, (message) => {
      if (message.kind === 'hello') this.greet(socket, message.owner);
      else if (this.owner.socket === socket) this.obey(message);
      else socket.destroy();
    });
    socket.on('close', () => {
      if (this.owner.socket !== socket) return;
      this.owner.socket = null;
      this.owner.isListening = false;
    });
  }

  private greet(socket: Socket, id: string): void {
    // One at a time: another one comes again, when this one is gone.
    if (this.owner.socket !== null) {
      socket.destroy();
      return;
    }
    const { command } = this.owner.id === id ? this.owner : { command: 0 };
    this.owner = { id, command, socket, isListening: false };
    const leases = [...this.kept.values()].map(({ lease }) => lease);
    say(socket, { kind: 'welcome', queue: this.id, command, leases });
    this.counts = '';
    this.tellCounts();
  }

  private obey(message: Exclude<OwnerMessage, { kind: 'hello' }>): void {
    switch (message.kind) {
      case 'listen':
        this.owner.isListening = true;
        this.tellKept(message.after);
        return;
      case 'heard': {
        const kept = this.kept.get(leaseKey(message.lease));
        if (kept) kept.events = kept.events.filter(({ number, event }) => number > message.number || isEnd(event));
        return;
      }
      case 'command':
        if (message.number > this.owner.command) {
          this.owner.command = message.number;
          this.carryOut(message.command);
        }
        say(this.owner.socket, { kind: 'taken', command: message.number });
    }
  }

  private carryOut(command: Extract<OwnerMessage, { kind: 'command' }>['command']): void {
    switch (command.kind) {
      case 'submit': {
        const { lease } = command.order;
        if (!this.kept.has(leaseKey(lease))) this.kept.set(leaseKey(lease), { lease, events: [] });
        this.queue.submit(command.order);
        return;
      }
      case 'withdraw':
        if (command.how === 'forget') this.kept.delete(leaseKey(command.lease));
        this.queue.withdraw(command.lease, command.how);
        return;
      case 'close':
        void this.close();
    }
  }

  private keep(event: QueueEvent): void {
    const number = ++this.number;
    // A log is for whoever listens just now.
    const kept = event.kind === 'log' ? null : this.kept.get(leaseKey(event.lease));
    // Of a lease that is forgotten nobody wants to hear.
    if (kept === undefined) return;
    if (event.kind === 'progress' && kept) kept.events = kept.events.filter((other) => other.event.kind !== 'progress');
    kept?.events.push({ number, event });
    if (this.owner.isListening) say(this.owner.socket, { kind: 'event', number, event });
  }

  private tellKept(after: number): void {
    const unheard = [...this.kept.values()].flatMap(({ events }) => events).filter(({ number }) => number > after);
    for (const { number, event } of unheard.toSorted((a, b) => a.number - b.number)) {
      say(this.owner.socket, { kind: 'event', number, event });
    }
  }

  private tellCounts(): void {
    const counts = this.queue.trainers();
    const text = JSON.stringify(counts);
    if (text !== this.counts) say(this.owner.socket, { kind: 'trainers', counts });
    this.counts = text;
  }
}
