import { z } from 'zod';
import { CLIENT_KINDS } from './versions.ts';

/** A way to carry JSON messages between a client and a workbench: Electron IPC, WebSocket, MessagePort, in-process. */
export interface Connection {
  send(message: unknown): void;
  /** Returns a function that takes the listener off again. */
  onMessage(listener: (message: unknown) => void): () => void;
  onClose(listener: () => void): () => void;
  /**
   * Ends it: both ends hear so, this one without waiting for the other, and what is under way may be lost. Only the page
   * of a window of the desktop app does not hear of main's end: its line falls silent.
   */
  close(): void;
}

/** Where an event stands: `feed` names one start of the workbench, `sequence` grows by one an event. */
export const positionSchema = z.strictObject({ feed: z.string(), sequence: z.int().min(0) });
export type Position = z.infer<typeof positionSchema>;

export const clientMessageSchema = z.discriminatedUnion('kind', [
  /** The first message. Whatever a later version adds to it, its version is read. */
  z.object({ kind: z.literal('hello'), version: z.int().min(1), by: z.enum(CLIENT_KINDS) }),
  z.strictObject({ kind: z.literal('call'), id: z.int(), procedure: z.string(), input: z.unknown() }),
  z.strictObject({ kind: z.literal('cancel'), id: z.int() }),
  z.strictObject({ kind: z.literal('subscribe'), id: z.int(), after: positionSchema.nullable() }),
  /** Asks for a `pong`, the sign that the line still carries. */
  z.strictObject({ kind: z.literal('ping') }),
]);
export type ClientMessage = z.infer<typeof clientMessageSchema>;

export const serverMessageSchema = z.discriminatedUnion('kind', [
  /** The answer to a hello. */
  z.object({ kind: z.literal('hello'), version: z.int().min(1) }),
  z.strictObject({ kind: z.literal('result'), id: z.int(), output: z.unknown() }),
  z.strictObject({
    kind: z.literal('error'),
    id: z.int(),
    error: z.strictObject({ code: z.string(), message: z.string() }),
  }),
  /** `gap` is true when events after the client's position are gone: it must read afresh. */
  z.strictObject({ kind: z.literal('subscribed'), id: z.int(), position: positionSchema, gap: z.boolean() }),
  z.strictObject({ kind: z.literal('pong') }),
  z.strictObject({ kind: z.literal('event'), position: positionSchema, name: z.string(), payload: z.unknown() }),
]);
export type ServerMessage = z.infer<typeof serverMessageSchema>;

/** Two ends of a connection inside one process. Messages are copied as a wire would, and arrive in a later turn. */
export function connectInProcess(): { client: Connection; server: Connection; close: () => void } {
  const client = new LocalEnd();
  const server = new LocalEnd();
  client.peer = server;
  server.peer = client;
  return { client, server, close: () => client.close() };
}

class LocalEnd implements Connection {
  peer: LocalEnd | undefined;
  private readonly messageListeners = new Set<(message: unknown) => void>();
  private readonly closeListeners = new Set<() => void>();
  private isClosed = false;

  send(message: unknown): void {
    if (this.isClosed) return;
    const text = JSON.stringify(message);
    void Promise.resolve().then(() => this.peer?.deliver(text));
  }

  onMessage(listener: (message: unknown) => void): () => void {
    this.messageListeners.add(listener);
    return () => this.messageListeners.delete(listener);
  }

  onClose(listener: () => void): () => void {
    this.closeListeners.add(listener);
    return () => this.closeListeners.delete(listener);
  }

  deliver(text: string): void {
    if (this.isClosed) return;
    for (const listener of this.messageListeners) listener(JSON.parse(text));
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    for (const listener of this.closeListeners) listener();
    this.peer?.close();
  }
}
