import {
  EVENTS,
  type EventName,
  type ProcedureInput,
  type ProcedureName,
  type ProcedureOutput,
  type WorkbenchEvent,
} from '../contract.ts';
import { WORKBENCH_ERROR_CODES, WorkbenchError } from '../workbench-error.ts';
import { type Connection, type Position, serverMessageSchema } from './connection.ts';

interface Pending {
  resolve: (value: unknown) => void;
  reject: (error: Error) => void;
}

/** Calls a workbench over any connection and hears its events. */
export class WorkbenchClient {
  private readonly connection: Connection;
  private readonly pending = new Map<number, Pending>();
  private readonly listeners = new Set<(event: WorkbenchEvent) => void>();
  private nextId = 1;
  private isClosed = false;
  /** Of the last event heard; what a new connection subscribes after. */
  position: Position | null = null;

  constructor(connection: Connection, after: Position | null = null) {
    this.connection = connection;
    this.position = after;
    connection.onMessage((message) => this.receive(message));
    connection.onClose(() => this.close());
  }

  /** Rejects with the workbench's own `WorkbenchError`; an aborted signal cancels the call there as well. */
  async call<P extends ProcedureName>(
    procedure: P,
    input: ProcedureInput<P>,
    signal?: AbortSignal,
  ): Promise<ProcedureOutput<P>> {
    signal?.throwIfAborted();
    const id = this.nextId++;
    const cancel = (): void => this.connection.send({ kind: 'cancel', id });
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
    if (this.isClosed) return Promise.reject(new WorkbenchError('unavailable', 'The workbench is not connected.'));
    return new Promise((resolve, reject) => {
      this.pending.set(id, { resolve, reject });
      this.connection.send(message);
    });
  }

  private receive(raw: unknown): void {
    const parsed = serverMessageSchema.safeParse(raw);
    if (!parsed.success) return;
    const message = parsed.data;
    if (message.kind === 'pong') return;
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

  private close(): void {
    this.isClosed = true;
    const error = new WorkbenchError('unavailable', 'The connection to the workbench was lost.');
    for (const pending of this.pending.values()) pending.reject(error);
    this.pending.clear();
  }
}

function toError(error: { code: string; message: string }): WorkbenchError {
  const code = WORKBENCH_ERROR_CODES.find((known) => known === error.code) ?? 'internal';
  return new WorkbenchError(code, error.message);
}
