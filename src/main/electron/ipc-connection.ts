import type { IpcMain, IpcMainEvent, WebContents } from 'electron';
import type { Connection, ServerMessage } from '../../shared/rpc/connection.ts';
import { isTrustedSender } from './trusted-sender.ts';

const MAXIMUM_MESSAGE_CHARACTERS = 1024 * 1024;

// The only file that listens to `ipcMain`: nothing comes in but through `listen`.

/**
 * Text that our own page sends on a channel; anything else, and anybody else, is dropped. What is too large goes to
 * `refuse`, where there is one. Returns how to stop.
 */
function listen(
  ipc: IpcMain,
  window: WebContents,
  channel: string,
  listener: (text: string) => void,
  refuse?: (text: string) => void,
): () => void {
  const receive = (event: IpcMainEvent, text: unknown): void => {
    if (!isTrustedSender(event, window) || typeof text !== 'string') return;
    if (text.length > MAXIMUM_MESSAGE_CHARACTERS) refuse?.(text);
    else listener(text);
  };
  ipc.on(channel, receive);
  return () => void ipc.off(channel, receive);
}

/** A page's connection: JSON text both ways on one channel, until it is closed. */
class PageConnection implements Connection {
  private readonly window: WebContents;
  private readonly listeners = new Set<(message: unknown) => void>();
  private readonly closeListeners = new Set<() => void>();
  private isClosed = false;

  constructor(window: WebContents) {
    this.window = window;
  }

  send(message: unknown): void {
    if (!this.isClosed && !this.window.isDestroyed()) this.window.send('workbench', JSON.stringify(message));
  }

  deliver(message: unknown): void {
    if (this.isClosed) return;
    for (const listener of this.listeners) listener(message);
  }

  onMessage(listener: (message: unknown) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  onClose(listener: () => void): () => void {
    this.closeListeners.add(listener);
    return () => this.closeListeners.delete(listener);
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    for (const listener of this.closeListeners) listener();
  }
}

/**
 * Serves the page of a window, and each page that takes its place. A page opens its connection (electron-host.ts), and
 * opens another one when it takes that for lost; one that is left or has crashed takes its calls and its subscription
 * with it. Returns how to stop.
 */
export function serveWindow(ipc: IpcMain, window: WebContents, serve: (connection: Connection) => void): () => void {
  let current: PageConnection | undefined;
  const leave = (): void => {
    current?.close();
    current = undefined;
  };
  const receive = (text: string): void => {
    const message = parse(text);
    if (!isOfLine(message)) {
      current?.deliver(message);
      return;
    }
    leave();
    if (message.kind === 'close') return;
    current = new PageConnection(window);
    // The page passes over what was sent before, which was meant for the connection that this one replaces.
    current.send({ kind: 'opened', number: message.number });
    serve(current);
  };
  const refuse = (text: string): void => {
    const id = callIn(text);
    if (id !== null) current?.send({ kind: 'error', id, error: TOO_LARGE } satisfies ServerMessage);
  };
  const stopListening = listen(ipc, window, 'workbench', receive, refuse);
  const stop = (): void => {
    window.off('did-navigate', leave);
    window.off('render-process-gone', leave);
    window.off('destroyed', stop);
    stopListening();
    leave();
  };
  // Not at the start of a navigation, which may still be denied and leave the page where it is.
  window.on('did-navigate', leave);
  window.on('render-process-gone', leave);
  window.on('destroyed', stop);
  return stop;
}

const TOO_LARGE = {
  code: 'invalid_input',
  message: 'The request is too large: at most 1,048,576 characters are taken. Ask for less at once.',
};

/** The number of a call that is too large to be parsed: of the text's head, as src/shared/rpc/client.ts writes it. */
function callIn(text: string): number | null {
  const head = /^\{"kind":"call","id":(\d{1,15}),/.exec(text.slice(0, 60));
  return head === null ? null : Number(head[1]);
}

/** What a page says of its connection itself. */
type OfLine = { readonly kind: 'open'; readonly number: unknown } | { readonly kind: 'close' };

function isOfLine(message: unknown): message is OfLine {
  if (typeof message !== 'object' || message === null || !('kind' in message)) return false;
  return message.kind === 'close' || (message.kind === 'open' && 'number' in message);
}

/** What a page may ask of its window. */
export const WISHES = ['open-project', 'open-paper'] as const;
export type Wish = (typeof WISHES)[number];

export function hearWishes(ipc: IpcMain, window: WebContents, fulfil: (wish: Wish) => void): () => void {
  return listen(ipc, window, 'wish', (text) => {
    const wish = WISHES.find((known) => known === text);
    if (wish !== undefined) fulfil(wish);
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
