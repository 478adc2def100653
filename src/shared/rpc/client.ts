import {
  CONTRACT_VERSION,
  EVENTS,
  type EventName,
  type ProcedureName,
  type ProcedureOutput,
  type ProcedureRequest,
  type WorkbenchEvent,
} from '../contract.ts';
import { WORKBENCH_ERROR_CODES, WorkbenchError } from '../workbench-error.ts';
import { type Connection, type Position, serverMessageSchema } from './connection.ts';
import { type ClientKind, NO_VERSION, refuseOtherVersion } from './versions.ts';

interface Pending {
  resolve: (value: unknown) => void;
  reject: (error: Error) => void;
}

export interface ClientOptions {
  readonly by: ClientKind;
  /** What a new connection subscribes after. */
  readonly after?: Position | null;
  /** Of the contract that this client speaks. */
  readonly version?: number;
}

/**
 * Calls a workbench over any connection and hears its events. Nothing is asked of a workbench of another version: every
 * call rejects with `newer_version`, whose sentence says which of the two is the older one and what to do.
 */
export class WorkbenchClient {
  private readonly connection: Connection;
  private readonly pending = new Map<number, Pending>();
  private readonly listeners = new Set<(event: WorkbenchEvent) => void>();
  private nextId = 1;
  private readonly by: ClientKind;
  private readonly version: number;
  /** What waits until the workbench has said its version; null from then on. */
  private unsent: unknown[] | null = [];
  /** Why no call is possible. */
  private refusal: WorkbenchError | null = null;
  /** Of the last event heard; what a new connection subscribes after. */
  position: Position | null = null;

  constructor(connection: Connection, { by, after = null, version = CONTRACT_VERSION }: ClientOptions) {
    this.connection = connection;
    this.by = by;
    this.version = version;
    this.position = after;
    connection.onMessage((message) => this.receive(message));
    connection.onClose(() => this.refuse(new WorkbenchError('unavailable', LOST)));
    connection.send({ kind: 'hello', version, by });
    // A workbench from before there were versions answers this alone.
    connection.send({ kind: 'ping' });
  }

  /** Rejects with the workbench's own `WorkbenchError`; an aborted signal cancels the call there as well. */
  async call<P extends ProcedureName>(
    procedure: P,
    input: ProcedureRequest<P>,
    signal?: AbortSignal,
  ): Promise<ProcedureOutput<P>> {
    signal?.throwIfAborted();
    const id = this.nextId++;
    const cancel = (): void => this.send({ kind: 'cancel', id });
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      const output = await this.request(id, { kind: 'call', id, procedure, input });
      // Both sides are built from one contract, and the workbench's tests parse every output.
      return output as ProcedureOutput<P>;
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }

  /** Starts the events, after `position` where it is set. `gap` means: some are lost, read afresh. */
  async subscribe(listener: (event: WorkbenchEvent) => void): Promise<{ gap: boolean; unsubscribe: () => void }> {
    this.listeners.add(listener);
    const id = this.nextId++;
    const answer = await this.request(id, { kind: 'subscribe', id, after: this.position });
    return { gap: answer === true, unsubscribe: () => this.listeners.delete(listener) };
  }

  private request(id: number, message: unknown): Promise<unknown> {
    if (this.refusal) return Promise.reject(this.refusal);
    return new Promise((resolve, reject) => {
      this.pending.set(id, { resolve, reject });
      this.send(message);
    });
  }

  private send(message: unknown): void {
    if (this.unsent) this.unsent.push(message);
    else this.connection.send(message);
  }

  /** The workbench's version is known: what waited goes out, or is refused. */
  private greet(version: number): void {
    const { unsent } = this;
    if (!unsent) return;
    this.unsent = null;
    const refusal = refuseOtherVersion(this.version, version, this.by);
    if (refusal) this.refuse(refusal);
    else for (const message of unsent) this.connection.send(message);
  }

  private receive(raw: unknown): void {
    const parsed = serverMessageSchema.safeParse(raw);
    if (!parsed.success) return;
    const message = parsed.data;
    if (message.kind === 'hello' || message.kind === 'pong') {
      this.greet(message.kind === 'hello' ? message.version : NO_VERSION);
      return;
    }
    if (message.kind === 'event') {
      this.position = message.position;
      if (Object.hasOwn(EVENTS, message.name)) this.tell({ name: message.name as EventName, payload: message.payload });
      return;
    }
    const pending = this.pending.get(message.id);
    if (!pending) return;
    this.pending.delete(message.id);
    if (message.kind === 'result') pending.resolve(message.output);
    else if (message.kind === 'error') pending.reject(toError(message.error));
    else {
      this.position = message.position;
      pending.resolve(message.gap);
    }
  }

  private tell(event: { name: EventName; payload: unknown }): void {
    for (const listener of this.listeners) listener(event as WorkbenchEvent);
  }

  /** Nothing more is asked of this connection. The first reason stays. */
  private refuse(error: WorkbenchError): void {
    this.refusal ??= error;
    this.unsent = null;
    for (const pending of this.pending.values()) pending.reject(error);
    this.pending.clear();
  }
}

const LOST = 'The connection to the workbench was lost.';

function toError(error: { code: string; message: string }): WorkbenchError {
  const code = WORKBENCH_ERROR_CODES.find((known) => known === error.code) ?? 'internal';
  return new WorkbenchError(code, error.message);
}
