import type { WorkbenchEvent } from '../../shared/contract.ts';
import type { Position } from '../../shared/rpc/connection.ts';
import type { EventSource } from '../../shared/rpc/server.ts';
import { throwLater } from '../throw-later.ts';

type Listener = (position: Position, event: WorkbenchEvent) => void;

/**
 * Events that are held for clients that come back (ours): over a minute of a busy search. Rows make them kilobytes, and
 * a page that missed more reads afresh for less.
 */
const HELD_EVENTS = 4_000;

/**
 * Numbers the workbench's events and hands them to whoever listens. The newest ones are held, so that a client whose
 * connection broke goes on without reading everything again.
 */
export class EventFeed implements EventSource {
  private readonly feed: string;
  private readonly capacity: number;
  private readonly held: WorkbenchEvent[] = [];
  private readonly listeners = new Set<Listener>();
  private readonly onUnexpected: (error: unknown) => void;
  /** Of the newest event; 0 before the first. */
  private sequence = 0;

  /**
   * `feed` names this start of the workbench: positions of another one mean nothing here. `onUnexpected` hears what a
   * listener threw; by default it is thrown again in a turn of its own.
   */
  constructor(feed: string, capacity = HELD_EVENTS, onUnexpected = throwLater) {
    this.feed = feed;
    this.capacity = capacity;
    this.onUnexpected = onUnexpected;
  }

  /** Never throws: what is told is stored already, and a listener that fails neither undoes that nor mutes others. */
  publish(event: WorkbenchEvent): void {
    this.sequence++;
    this.held[this.sequence % this.capacity] = event;
    const position = { feed: this.feed, sequence: this.sequence };
    for (const listener of this.listeners) {
      try {
        listener(position, event);
      } catch (error) {
        this.onUnexpected(error);
      }
    }
  }

  subscribe(after: Position | null, listener: Listener) {
    const newest = { feed: this.feed, sequence: this.sequence };
    const isHeld =
      after?.feed === this.feed && after.sequence <= this.sequence && after.sequence >= this.sequence - this.capacity;
    const start = after && isHeld ? after : newest;
    for (let sequence = start.sequence + 1; sequence <= newest.sequence; sequence++) {
      listener({ feed: this.feed, sequence }, this.held[sequence % this.capacity]!);
    }
    this.listeners.add(listener);
    // Where the client's own events end: those after it are on their way, each with its position.
    return { position: start, gap: after !== null && !isHeld, unsubscribe: () => this.listeners.delete(listener) };
  }
}
