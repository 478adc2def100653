import { EventEmitter } from 'node:events';
import type { IpcMain, WebContents } from 'electron';
import { beforeAll, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { serveWindow } from '../../../src/main/electron/ipc-connection.ts';
import { EventFeed } from '../../../src/main/workbench/event-feed.ts';
import { createElectronHost, type PreloadApi } from '../../../src/renderer/host/electron-host.ts';
import { EXPERIMENTS } from '../../../src/renderer/state/resource.ts';
import { Session } from '../../../src/renderer/state/session.ts';
import type { Handlers } from '../../../src/shared/contract.ts';
import { WorkbenchClient } from '../../../src/shared/rpc/client.ts';
import { serveConnection } from '../../../src/shared/rpc/server.ts';
import { makeExperiment } from '../terminal/records.ts';
import { buildBundle, runPreload } from './main-bundle.ts';
import { RecordedContents } from './recorded-electron.ts';

beforeAll(buildBundle);
beforeEach(() => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
});

/** Main, a window with the real preload script, and the page's own host. While main hangs, what it is sent waits. */
function openDesktopWindow(some: Partial<Handlers> = {}) {
  const contents = new RecordedContents(1, () => undefined);
  const ipc = new EventEmitter();
  const event = { sender: contents, senderFrame: { url: 'app://cellwright/', parent: null } };
  const waiting: (readonly [string, unknown])[] = [];
  let isHanging = false;
  const work = (): void => {
    while (!isHanging && waiting.length > 0) {
      const [channel, value] = waiting.shift()!;
      ipc.emit(channel, event, value);
    }
  };
  let api: PreloadApi | undefined;
  runPreload({
    contextBridge: {
      exposeInMainWorld: (_name: string, exposed: PreloadApi) => {
        api = exposed;
      },
    },
    ipcRenderer: {
      send: (channel: string, value: unknown) => {
        waiting.push([channel, value]);
        setImmediate(work);
      },
      on: (channel: string, listener: () => void) => contents.page.on(channel, listener),
      off: (channel: string, listener: () => void) => contents.page.off(channel, listener),
    },
  });
  let experiment = makeExperiment();
  const feed = new EventFeed('feed');
  const handlers = { 'experiment.list': () => [experiment], ...some } as Handlers;
  let open = 0;
  const stop = serveWindow(ipc as unknown as IpcMain, contents as unknown as WebContents, (connection) => {
    open++;
    connection.onClose(() => open--);
    serveConnection(connection, { handlers, events: feed, onUnexpected: () => undefined });
  });
  onTestFinished(stop);
  return {
    host: createElectronHost(api!),
    ipc,
    contents,
    /** Connections that main serves. */
    served: () => open,
    hang: (isSo: boolean) => {
      isHanging = isSo;
      work();
    },
    pause: () => {
      experiment = makeExperiment({ state: 'paused' });
      feed.publish({ name: 'experiment.changed', payload: experiment });
    },
  };
}

it('a page takes a main process that hangs for lost within 14 s, and goes on when it answers again', async () => {
  let isAborted = false;
  const window = openDesktopWindow({
    'dataset.list': (_input, signal) =>
      new Promise(() => {
        signal.addEventListener('abort', () => {
          isAborted = true;
        });
      }),
  });
  const session = new Session(window.host, (draw) => void setTimeout(draw));
  const status = () => session.getSnapshot().status.kind;
  const state = () => session.getSnapshot().state.experiments?.get(1)?.state;
  const heard: string[] = [];
  session.listen({ events: (events) => heard.push(...events.map(({ name }) => name)), afresh: () => undefined });
  session.want(EXPERIMENTS);
  void session.run();
  // A page over which nothing happens stays as it is.
  await vi.advanceTimersByTimeAsync(60_000);
  expect([status(), state(), window.served()]).toEqual(['connected', 'running', 1]);
  const call = expect(session.call('dataset.list', {})).rejects.toMatchObject({ code: 'unavailable' });
  await vi.advanceTimersByTimeAsync(1);

  window.hang(true);
  await vi.advanceTimersByTimeAsync(9_000);
  expect(status()).toBe('connected');
  await vi.advanceTimersByTimeAsync(5_000);
  expect(status()).toBe('lost');
  await call;
  // It tries again all the time, and is as deaf each time.
  await vi.advanceTimersByTimeAsync(60_000);
  expect(status()).toBe('lost');

  window.pause();
  window.hang(false);
  await vi.advanceTimersByTimeAsync(20_000);
  expect([status(), state()]).toEqual(['connected', 'paused']);
  // What was given up is given up at main as well: nothing is told twice.
  expect([window.served(), isAborted]).toEqual([1, true]);
  expect(heard).toEqual(['experiment.changed']);
});

it('a connection hears nothing of what was meant for the one that it replaces', async () => {
  const window = openDesktopWindow({ 'dataset.fetches': () => [], 'dataset.list': () => Promise.reject(new Error()) });
  window.hang(true);
  const first = await window.host.open();
  const wrong = new WorkbenchClient(first, { by: 'page' }).call('experiment.list', {});
  wrong.catch(() => undefined);
  first.close();
  const second = await window.host.open();
  // Both clients count their calls from one.
  const right = new WorkbenchClient(second, { by: 'page' }).call('dataset.fetches', {});
  window.hang(false);
  // The call waits for the answer to its client's greeting.
  await vi.advanceTimersByTimeAsync(10);
  expect(await right).toEqual([]);
  await expect(wrong).rejects.toMatchObject({ code: 'unavailable' });
  expect(window.served()).toBe(1);
});

it('main lets go of a connection with the page that had it', async () => {
  for (const end of ['did-navigate', 'render-process-gone', 'destroyed']) {
    const window = openDesktopWindow();
    await window.host.open();
    await vi.advanceTimersByTimeAsync(1);
    expect(window.served()).toBe(1);
    window.contents.emit(end);
    expect([end, window.served()]).toEqual([end, 0]);
    expect([end, window.ipc.listenerCount('workbench')]).toEqual([end, end === 'destroyed' ? 0 : 1]);
  }
});
