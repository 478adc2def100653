import type { ProcedureName, ProcedureOutput, ProcedureRequest, WorkbenchEvent } from '../../shared/contract.ts';
import { WorkbenchClient } from '../../shared/rpc/client.ts';
import type { Position } from '../../shared/rpc/connection.ts';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import { type Host, NotAuthorisedError } from '../host/host.ts';
import type { Resource } from './resource.ts';
import { closeWhenSilent } from './session-watch.ts';
import { EMPTY_STATE, reduceEvents, type WorkbenchState } from './workbench-state.ts';

/** Somebody who keeps data of its own beside the state. */
export interface EventListener {
  /** What happened since the last frame. */
  events(events: readonly WorkbenchEvent[]): void;
  /** Events may have been missed, or there was no connection before: read again. */
  afresh(): void;
  /** There is a connection again, and no event was missed: only what failed meanwhile needs another try. */
  connected?(): void;
}

export type ConnectionStatus =
  | { readonly kind: 'connecting' }
  /** `caughtUp` events came in late, after a connection that was lost. */
  | { readonly kind: 'connected'; readonly caughtUp: number | null }
  /** `since` is when the connection was lost, in milliseconds of the epoch. */
  | { readonly kind: 'lost'; readonly since: number }
  | { readonly kind: 'refused' }
  /** Page and workbench are of different versions; it is tried again, as the workbench may be restarted. */
  | { readonly kind: 'otherVersion'; readonly sentence: string };

export interface Snapshot {
  readonly state: WorkbenchState;
  readonly status: ConnectionStatus;
  /** Why a resource could not be read, by its key. */
  readonly errors: ReadonlyMap<string, WorkbenchError>;
}

/** Waits between two tries to connect: from a quarter of a second to five, as a restart takes some seconds (ours). */
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5_000;
const WAIT_GROWTH = 1.6;
const CAUGHT_UP_SHOWN_MS = 3_000;
/** Resources that nothing shows any more and that are still kept, as people go back and forth (ours). */
const IDLE_RESOURCES = 40;
/** A hidden window draws nothing; of so many events that wait for it, reading afresh costs less (ours). */
const MOST_WAITING = 2_000;

interface Wanted {
  readonly resource: Resource;
  isRead: boolean;
  /** How many show it now. */
  users: number;
}

/** Keeps the page connected to its workbench, and its state equal to the workbench's. */
export class Session {
  private readonly host: Host;
  private readonly schedule: (draw: () => void) => void;
  private readonly listeners = new Set<() => void>();
  private readonly eventListeners = new Set<EventListener>();
  private readonly wanted = new Map<string, Wanted>();
  private snapshot: Snapshot = { state: EMPTY_STATE, status: { kind: 'connecting' }, errors: new Map() };
  private client: WorkbenchClient | null = null;
  private position: Position | null = null;
  private waiting: WorkbenchEvent[] = [];
  /** More events waited than are kept: what is shown is read afresh instead. */
  private isOverfull = false;
  private isScheduled = false;
  private stopWaiting: () => void = () => undefined;

  /** `schedule` calls back once a frame; a hidden window draws nothing. */
  constructor(host: Host, schedule: (draw: () => void) => void) {
    this.host = host;
    this.schedule = schedule;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly getSnapshot = (): Snapshot => this.snapshot;

  /** Connects, and connects again whenever the connection is lost. Ends only when the workbench refuses this page. */
  async run(): Promise<void> {
    let wait = FIRST_WAIT_MS;
    for (;;) {
      try {
        await this.connect(() => {
          wait = FIRST_WAIT_MS;
        });
      } catch (error) {
        if (error instanceof NotAuthorisedError) return this.set({ status: { kind: 'refused' } });
        if (error instanceof WorkbenchError && error.code === 'newer_version') {
          this.set({ status: { kind: 'otherVersion', sentence: error.message } });
          await this.pause(LONGEST_WAIT_MS);
          continue;
        }
      }
      if (this.snapshot.status.kind !== 'lost') this.set({ status: { kind: 'lost', since: Date.now() } });
      await this.pause(wait);
      wait = Math.min(wait * WAIT_GROWTH, LONGEST_WAIT_MS);
    }
  }

  /** Tries again now. */
  readonly retry = (): void => this.stopWaiting();

  /** Hears each event once, in its order; until the returned function is called. */
  listen(listener: EventListener): () => void {
    this.eventListeners.add(listener);
    return () => this.eventListeners.delete(listener);
  }

  /** Takes in what has come and was not drawn yet. */
  flush(): void {
    if (this.reduceWaiting()) this.notify();
  }

  /** Sees to it that a resource is read, and read again after a gap, until the returned function is called. */
  want(resource: Resource): () => void {
    const known = this.wanted.get(resource.key);
    const wanted = known ?? { resource, isRead: false, users: 0 };
    wanted.users++;
    this.touch(resource.key, wanted);
    if (known === undefined && this.client !== null) void this.read(this.client, resource);
    return () => {
      wanted.users--;
      this.forgetIdle();
    };
  }

  /** Puts in what is known already, so that a resource need not be read when it is wanted. */
  know(resource: Resource, change: (state: WorkbenchState) => WorkbenchState): void {
    if (this.wanted.has(resource.key)) return;
    this.touch(resource.key, { resource, isRead: true, users: 0 });
    this.set({ state: change(this.snapshot.state) });
    this.forgetIdle();
  }

  /** Reads a resource again whose reading failed. */
  reread(key: string): void {
    const known = this.wanted.get(key);
    if (known !== undefined && this.client !== null) void this.read(this.client, known.resource);
  }

  /** Asks the workbench. Rejects with a `WorkbenchError` whose sentence is for people. */
  call<P extends ProcedureName>(procedure: P, input: ProcedureRequest<P>, signal?: AbortSignal) {
    if (this.client === null) {
      return Promise.reject<ProcedureOutput<P>>(
        new WorkbenchError('unavailable', 'The workbench is not connected; it is tried again by itself.'),
      );
    }
    return this.client.call(procedure, input, signal);
  }

  /** Resolves when the connection is lost. */
  private async connect(connected: () => void): Promise<void> {
    const connection = await this.host.open();
    const client = new WorkbenchClient(connection, { by: 'page', after: this.position });
    closeWhenSilent(connection);
    const closed = new Promise<void>((resolve) => connection.onClose(() => resolve()));
    const wasLost = this.snapshot.status.kind === 'lost';
    const from = this.position;
    const { gap } = await client
      .subscribe((event) => this.receive(event, client))
      .catch((error: unknown) => {
        connection.close();
        throw error;
      });
    connected();
    this.client = client;
    this.position = client.position;
    const isFresh = from === null || gap || this.isOverfull;
    this.isOverfull = false;
    if (isFresh) this.unread();
    for (const [key, { resource, isRead }] of this.wanted) {
      if (!isRead || this.snapshot.errors.has(key)) void this.read(client, resource);
    }
    this.set({ status: { kind: 'connected', caughtUp: null } });
    for (const listener of this.eventListeners) isFresh ? listener.afresh() : listener.connected?.();
    if (wasLost) setTimeout(() => this.tellCaughtUp(from, client), CAUGHT_UP_SHOWN_MS / 10);
    await closed;
    this.position = client.position;
    this.client = null;
  }

  /** What is known may be old: should the connection be lost before the answers are here, the next one asks again. */
  private unread(): void {
    for (const wanted of this.wanted.values()) wanted.isRead = false;
  }

  private tellCaughtUp(from: Position | null, client: WorkbenchClient): void {
    const to = client.position;
    const count = from !== null && to !== null && from.feed === to.feed ? to.sequence - from.sequence : 0;
    if (this.client !== client) return;
    this.set({ status: { kind: 'connected', caughtUp: count } });
    setTimeout(() => {
      if (this.client === client) this.set({ status: { kind: 'connected', caughtUp: null } });
    }, CAUGHT_UP_SHOWN_MS);
  }

  private async read(client: WorkbenchClient, resource: Resource): Promise<void> {
    const { key } = resource;
    try {
      const change = await resource.read(client);
      // Events that came before the answer are part of it: they must not be laid over it.
      this.reduceWaiting();
      const errors = new Map(this.snapshot.errors);
      errors.delete(key);
      const wanted = this.wanted.get(key);
      // It may be forgotten by now.
      if (wanted === undefined) return;
      wanted.isRead = true;
      this.set({ state: change(this.snapshot.state), errors });
    } catch (error) {
      if (this.client !== client) return;
      const told = error instanceof WorkbenchError ? error : new WorkbenchError('internal', String(error));
      this.set({ errors: new Map(this.snapshot.errors).set(key, told) });
    }
  }

  private receive(event: WorkbenchEvent, client: WorkbenchClient): void {
    this.position = client.position;
    if (this.waiting.length >= MOST_WAITING) {
      this.isOverfull = true;
      this.waiting = [];
    }
    if (!this.isOverfull) this.waiting.push(event);
    if (this.isScheduled) return;
    this.isScheduled = true;
    this.schedule(() => {
      this.isScheduled = false;
      if (this.isOverfull) this.readAfresh();
      else if (this.reduceWaiting()) this.notify();
    });
  }

  /** After events were let go. */
  private readAfresh(): void {
    const { client } = this;
    // Without one the next connection does it.
    if (client === null) return;
    this.isOverfull = false;
    this.unread();
    for (const { resource } of this.wanted.values()) void this.read(client, resource);
    for (const listener of this.eventListeners) listener.afresh();
  }

  private reduceWaiting(): boolean {
    const events = this.waiting;
    this.waiting = [];
    if (events.length === 0) return false;
    for (const listener of this.eventListeners) listener.events(events);
    const state = reduceEvents(this.snapshot.state, events);
    if (state === this.snapshot.state) return false;
    this.snapshot = { ...this.snapshot, state };
    return true;
  }

  /** Makes it the one that was used last. */
  private touch(key: string, wanted: Wanted): void {
    this.wanted.delete(key);
    this.wanted.set(key, wanted);
  }

  private forgetIdle(): void {
    const idle = [...this.wanted].filter(([, { resource, users }]) => users === 0 && resource.forget !== undefined);
    if (idle.length <= IDLE_RESOURCES) return;
    let { state } = this.snapshot;
    const errors = new Map(this.snapshot.errors);
    for (const [key, { resource }] of idle.slice(0, idle.length - IDLE_RESOURCES)) {
      this.wanted.delete(key);
      errors.delete(key);
      state = resource.forget?.(state) ?? state;
    }
    // Nobody shows what is forgotten, so nobody needs to hear of it.
    this.snapshot = { ...this.snapshot, state, errors };
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.stopWaiting = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private set(change: Partial<Snapshot>): void {
    this.snapshot = { ...this.snapshot, ...change };
    this.notify();
  }

  private notify(): void {
    for (const listener of this.listeners) listener();
  }
}
