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

/** A window of the desktop app: JSON over Electron's IPC, which lasts as long as the window. */
export function createElectronHost(api: PreloadApi): Host {
  return {
    kind: 'electron',
    open: () =>
      Promise.resolve({
        send: (message) => api.send(JSON.stringify(message)),
        onMessage: (listener) => api.onMessage((text) => listener(JSON.parse(text))),
        onClose: () => () => undefined,
        // Its other end is the program that holds the window.
        close: () => undefined,
      }),
    onCommand: (listener) => api.onCommand(listener),
    openProject: () => api.openProject(),
  };
}
