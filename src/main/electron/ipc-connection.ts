import type { IpcMain, IpcMainEvent, WebContents } from 'electron';
import type { Connection } from '../../shared/rpc/connection.ts';
import { isTrustedSender } from './trusted-sender.ts';

const MAXIMUM_MESSAGE_CHARACTERS = 1024 * 1024;

// The only file that listens to `ipcMain`: nothing comes in but through `listen`.

/** Text that our own page sends on a channel; anything else, and anybody else, is dropped. Returns how to stop. */
function listen(ipc: IpcMain, window: WebContents, channel: string, listener: (text: string) => void): () => void {
  const receive = (event: IpcMainEvent, text: unknown): void => {
    if (!isTrustedSender(event, window)) return;
    if (typeof text !== 'string' || text.length > MAXIMUM_MESSAGE_CHARACTERS) return;
    listener(text);
  };
  ipc.on(channel, receive);
  return () => void ipc.off(channel, receive);
}

/** The window's connection: JSON text both ways on one channel, until it is closed or the window is gone. */
export function ipcConnection(ipc: IpcMain, window: WebContents): Connection {
  const listeners = new Set<(message: unknown) => void>();
  const closeListeners = new Set<() => void>();
  const stop = listen(ipc, window, 'workbench', (text) => {
    const message = parse(text);
    if (message === undefined) return;
    for (const listener of listeners) listener(message);
  });
  let isClosed = false;
  const close = (): void => {
    if (isClosed) return;
    isClosed = true;
    stop();
    window.off('destroyed', close);
    for (const listener of closeListeners) listener();
  };
  window.once('destroyed', close);
  return {
    send: (message) => {
      if (!isClosed && !window.isDestroyed()) window.send('workbench', JSON.stringify(message));
    },
    onMessage: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onClose: (listener) => {
      closeListeners.add(listener);
      return () => closeListeners.delete(listener);
    },
    close,
  };
}

/**
 * Serves the page of a window, and each page that takes its place: a page that is left or has crashed takes its calls
 * and its subscription with it. Returns how to stop.
 */
export function serveWindow(ipc: IpcMain, window: WebContents, serve: (connection: Connection) => void): () => void {
  let close = (): void => undefined;
  const open = (): void => {
    close();
    const connection = ipcConnection(ipc, window);
    close = connection.close;
    serve(connection);
  };
  // Not at the start of a navigation, which may still be denied and leave the page where it is.
  window.on('did-navigate', open);
  window.on('render-process-gone', open);
  open();
  return () => {
    window.off('did-navigate', open);
    window.off('render-process-gone', open);
    close();
  };
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
