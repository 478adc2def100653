import type { IpcMain, WebContents } from 'electron';
import type { Connection } from '../../shared/rpc/connection.ts';
import { isTrustedSender } from './trusted-sender.ts';

const MAXIMUM_MESSAGE_CHARACTERS = 1024 * 1024;

/**
 * The window's connection: JSON text both ways on one channel. The only user of `ipcMain`. A message from anything
 * but our own page is dropped; a reload ends the connection, for the page that held it is gone.
 */
export function ipcConnection(ipc: IpcMain, window: WebContents): { connection: Connection; close: () => void } {
  const listeners = new Set<(message: unknown) => void>();
  const closeListeners = new Set<() => void>();
  const receive = (event: Electron.IpcMainEvent, text: unknown): void => {
    if (!isTrustedSender(event, window)) return;
    if (typeof text !== 'string' || text.length > MAXIMUM_MESSAGE_CHARACTERS) return;
    const message = parse(text);
    if (message === undefined) return;
    for (const listener of listeners) listener(message);
  };
  let isClosed = false;
  const close = (): void => {
    if (isClosed) return;
    isClosed = true;
    ipc.off('workbench', receive);
    for (const listener of closeListeners) listener();
  };
  ipc.on('workbench', receive);
  window.once('destroyed', close);
  return {
    connection: {
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
    },
    close,
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
