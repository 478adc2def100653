import { setTimeout } from 'node:timers/promises';
import { createElectronHost, type PreloadApi } from '../../../src/renderer/host/electron-host.ts';
import { WorkbenchClient } from '../../../src/shared/rpc/client.ts';
import { runPreload, startMain } from './main-bundle.ts';
import type { RecordedElectron, Setting } from './recorded-electron.ts';

/** Starts the bundle and waits for its window, or for its end. */
export async function startDesktop(setting: Partial<Setting> = {}): Promise<RecordedElectron> {
  const recorded = await startMain({ argv: ['electron', '.'], ...setting });
  recorded.ready();
  await until(() => recorded.hasQuit || (recorded.windows[0]?.urls.length ?? 0) > 0);
  return recorded;
}

/** Screens that the page went to because main asked for them. */
export const visited: string[] = [];

/** The page of the window: the real preload script, the page's own host, and a client. */
export async function openPage(recorded: RecordedElectron): Promise<{ api: PreloadApi; client: WorkbenchClient }> {
  const { webContents } = recorded.window;
  let api: PreloadApi | undefined;
  runPreload({
    contextBridge: {
      exposeInMainWorld: (_name: string, exposed: PreloadApi) => {
        api = exposed;
      },
    },
    ipcRenderer: {
      send: (channel: string, value: unknown) => setImmediate(() => recorded.fromPage(channel, value)),
      on: (channel: string, listener: () => void) => webContents.page.on(channel, listener),
      off: (channel: string, listener: () => void) => webContents.page.off(channel, listener),
    },
  });
  if (!api) throw new Error('the preload script exposed nothing');
  api.onNavigate((page) => visited.push(page));
  return { api, client: new WorkbenchClient(await createElectronHost(api).open(), { by: 'page' }) };
}

/** Waits for what happens in other processes; rejects with the place that waits. */
export async function until(isTrue: () => boolean | Promise<boolean>, limitMs = 30_000): Promise<void> {
  const waited = new Error(`waited ${limitMs} ms in vain`);
  for (const end = performance.now() + limitMs; performance.now() < end; await setTimeout(10)) {
    if (await isTrue()) return;
  }
  throw waited;
}
