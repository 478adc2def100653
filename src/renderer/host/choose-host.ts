import { createBrowserHost } from './browser-host.ts';
import { createElectronHost, type PreloadApi } from './electron-host.ts';
import type { Host } from './host.ts';

declare global {
  interface Window {
    readonly cellwright?: PreloadApi;
  }
}

export function chooseHost(): Host {
  const api = window.cellwright;
  if (api === undefined) return createBrowserHost();
  // The router hears the history itself, so a link from outside is a step like any other.
  api.onNavigate((page) => history.pushState(null, '', page));
  return createElectronHost(api);
}
