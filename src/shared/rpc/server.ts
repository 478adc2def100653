import { CONTRACT_VERSION, type Handlers, PROCEDURES, type ProcedureName, type WorkbenchEvent } from '../contract.ts';
import { WorkbenchError } from '../workbench-error.ts';
import {
  type ClientMessage,
  type Connection,
  clientMessageSchema,
  type Position,
  type ServerMessage,
} from './connection.ts';
import { NO_VERSION, refuseOtherVersion } from './versions.ts';

/** Where events come from; the workbench's event feed. */
export interface EventSource {
  /** Calls back for each event from now on, and first for those after `position` that are still held. */
  subscribe(
    after: Position | null,
    listener: (position: Position, event: WorkbenchEvent) => void,
  ): { position: Position; gap: boolean; unsubscribe: () => void };
}

export interface ServerOptions {
  readonly handlers: Handlers;
  readonly events: EventSource;
  /** Hears what a caller is only told as `internal`: the whole error. */
  readonly onUnexpected: (procedure: string, error: unknown) => void;
  /** Of the contract that this workbench speaks. */
  readonly version?: number;
}

/**
 * Runs one procedure: parses its input, calls its handler. Every transport ends here. Throws, or returns the output or
 * its promise, as the handler does.
 */
export function callProcedure(handlers: Handlers, procedure: string, input: unknown, signal: AbortSignal): unknown {
  if (!isProcedure(procedure)) {
    throw new WorkbenchError('not_found', `There is no procedure ${procedure}.`);
  }
  const parsed = PROCEDURES[procedure].input.safeParse(input);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const place = issue?.path.join('.') ?? '';
    throw new WorkbenchError(
      'invalid_input',
      `${procedure}${place ? `: ${place}` : ''}: ${issue?.message ?? 'invalid'}.`,
    );
  }
  // The mapped type pairs each procedure with its own input; a union of procedures loses that pairing.
  const handler = handlers[procedure] as (input: unknown, signal: AbortSignal) => unknown;
  return handler(parsed.data, signal);
}

/** What a caller may know of an error: our own sentences as they are, anything unexpected as `internal`. */
export function describeError(error: unknown): { code: string; message: string; unexpected: boolean } {
  if (error instanceof WorkbenchError) return { code: error.code, message: error.message, unexpected: false };
  return {
    code: 'internal',
    message: 'Something went wrong inside Cellwright; the log has the details.',
    unexpected: true,
  };
}

/** Serves one connection until it closes. A client of another version, or of none, is told so and nothing else. */
export function serveConnection(connection: Connection, options: ServerOptions): void {
  const { version = CONTRACT_VERSION } = options;
  let refused = refuseOtherVersion(NO_VERSION, version, 'page');
  const running = new Map<number, AbortController>();
  let unsubscribe: (() => void) | undefined;
  const send = (message: ServerMessage): void => connection.send(message);

  const call = async (message: Extract<ClientMessage, { kind: 'call' }>): Promise<void> => {
    const controller = new AbortController();
    running.set(message.id, controller);
    try {
      const answer = callProcedure(options.handlers, message.procedure, message.input, controller.signal);
      // What is known at once is told at once: an event of what happens later must not overtake it.
      const output = answer instanceof Promise ? await answer : answer;
      send({ kind: 'result', id: message.id, output });
    } catch (error) {
      const { unexpected, ...told } = describeError(error);
      if (unexpected) options.onUnexpected(message.procedure, error);
      send({ kind: 'error', id: message.id, error: told });
    } finally {
      running.delete(message.id);
    }
  };

  const subscribe = (message: Extract<ClientMessage, { kind: 'subscribe' }>): void => {
    unsubscribe?.();
    const held: ServerMessage[] = [];
    let isAnswered = false;
    const subscription = options.events.subscribe(message.after, (position, event) => {
      const told: ServerMessage = { kind: 'event', position, name: event.name, payload: event.payload };
      if (isAnswered) send(told);
      else held.push(told);
    });
    unsubscribe = subscription.unsubscribe;
    // The answer goes first, so that the client knows whether the events that follow continue its own.
    send({ kind: 'subscribed', id: message.id, position: subscription.position, gap: subscription.gap });
    isAnswered = true;
    for (const told of held) send(told);
  };

  connection.onMessage((raw) => {
    const message = clientMessageSchema.safeParse(raw);
    if (!message.success) return;
    const { data } = message;
    if (data.kind === 'hello') {
      refused = refuseOtherVersion(data.version, version, data.by);
      send({ kind: 'hello', version });
    } else if (data.kind === 'ping') send({ kind: 'pong' });
    else if (data.kind === 'cancel') running.get(data.id)?.abort();
    else if (refused) send({ kind: 'error', id: data.id, error: { code: refused.code, message: refused.message } });
    else if (data.kind === 'call') void call(data);
    else subscribe(data);
  });
  connection.onClose(() => {
    unsubscribe?.();
    for (const controller of running.values()) controller.abort();
  });
}

function isProcedure(name: string): name is ProcedureName {
  return Object.hasOwn(PROCEDURES, name);
}
