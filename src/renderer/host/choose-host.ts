import { createBrowserHost } from './browser-host.ts';
import { createElectronHost, type PreloadApi } from './electron-host.ts';
import type { Host } from './host.ts';

declare global {
  interface Window {
    readonly cellwright?: PreloadApi;
  }
}

export function chooseHost(): Host {
  return window.cellwright === undefined ? createBrowserHost() : createElectronHost(window.cellwright);
}
