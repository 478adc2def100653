import type { Connection } from '../../shared/rpc/connection.ts';
import type { Host } from './host.ts';

/** What src/main/electron/preload.ts puts into the window. */
export interface PreloadApi {
  readonly platform: string;
  send(message: string): void;
  onMessage(listener: (message: string) => void): () => void;
  onCommand(listener: (command: string) => void): () => void;
  onNavigate(listener: (page: string) => void): () => void;
  openProject(): void;
  openPaper(): void;
}

/** A window of the desktop app: JSON over Electron's IPC. */
export function createElectronHost(api: PreloadApi): Host {
  return {
    kind: 'electron',
    open: () => Promise.resolve(openConnection(api)),
    onCommand: (listener) => api.onCommand(listener),
    openProject: () => api.openProject(),
  };
}

/** Of the next connection: no two have the same, nor those of the page that a reload puts in this one's place. */
let nextNumber = Date.now();

/**
 * A connection of its own over the one line that a window has. While main hangs, what is sent to it waits; so what it
 * says at last is for connections that were given up, until it says `opened` with this one's number.
 */
function openConnection(api: PreloadApi): Connection {
  const number = nextNumber++;
  const closed = new AbortController();
  const listeners = new Set<(message: unknown) => void>();
  let isOpen = false;
  const stop = api.onMessage((text) => {
    const message: unknown = JSON.parse(text);
    if (isOpen) for (const listener of listeners) listener(message);
    else isOpen = isOpened(message, number);
  });
  const send = (message: unknown): void => api.send(JSON.stringify(message));
  send({ kind: 'open', number });
  return {
    send: (message) => {
      if (!closed.signal.aborted) send(message);
    },
    onMessage: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onClose: (listener) => {
      closed.signal.addEventListener('abort', listener);
      return () => closed.signal.removeEventListener('abort', listener);
    },
    close: () => {
      if (closed.signal.aborted) return;
      stop();
      send({ kind: 'close' });
      closed.abort();
    },
  };
}

function isOpened(message: unknown, number: number): boolean {
  const { kind, number: which } = message as { readonly kind?: unknown; readonly number?: unknown };
  return kind === 'opened' && which === number;
}
