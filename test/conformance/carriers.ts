import { EventEmitter } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import type { IpcMain, WebContents } from 'electron';
import { vi } from 'vitest';
import { WebSocket } from 'ws';
import { serveWindow } from '../../src/main/electron/ipc-connection.ts';
import { startHttpServer } from '../../src/main/server/http-server.ts';
import { webSocketConnection } from '../../src/main/server/web-socket-connection.ts';
import { createElectronHost, type PreloadApi } from '../../src/renderer/host/electron-host.ts';
import type { Host } from '../../src/renderer/host/host.ts';
import { type Connection, connectInProcess } from '../../src/shared/rpc/connection.ts';

/** Both ends of one connection. */
export interface Ends {
  readonly client: Connection;
  readonly server: Connection;
  /** Ends it in the way in which this carrier is lost. */
  close(): void;
  /** Sends the server what no client of ours sends: text that is no JSON, bytes, a sender that is not our page. */
  sendGarbage(): void;
}

/** A way to carry messages. */
export interface Carrier {
  readonly name: string;
  /** Whether the client outlives what ends the connection at the server. In Electron the page goes with its window. */
  readonly isOutlived: boolean;
  connect(): Promise<Ends>;
  close(): Promise<void>;
}

export async function inProcess(): Promise<Carrier> {
  return {
    name: 'in process',
    isOutlived: true,
    connect: async () => ({ ...connectInProcess(), sendGarbage: () => undefined }),
    close: async () => undefined,
  };
}

/** The real server, and the page's own host over a socket that behaves as a browser's. */
export async function overWebSocket(): Promise<Carrier> {
  const accepted: ((socket: WebSocket) => void)[] = [];
  const server = await startHttpServer({
    host: '127.0.0.1',
    port: 17_617,
    tls: null,
    allowedHosts: [],
    secret: 'a-secret-of-a-test',
    routes: [],
    onSocket: (socket) => accepted.shift()?.(socket),
    now: () => Date.now(),
  });
  const cookie = await exchangeCode(server.link(), server.address);
  let newest: WebSocket | undefined;
  /** A browser sends the page's origin and its cookies by itself. */
  class PageSocket extends WebSocket {
    constructor(url: string) {
      super(url, { headers: { origin: server.address, cookie } });
      newest = this;
    }
  }
  const { protocol, host } = new URL(server.address);
  vi.stubGlobal('location', { protocol, host, hash: '' });
  vi.stubGlobal('WebSocket', PageSocket);
  const page = await loadBrowserHost();
  return {
    name: 'over a WebSocket',
    isOutlived: true,
    connect: async () => {
      const arriving = new Promise<WebSocket>((resolve) => accepted.push(resolve));
      const client = await page.open();
      const arrived = await arriving;
      const sender = newest;
      const sendGarbage = (): void => {
        for (const text of ['', '{', '{"kind":"call"', 'undefined']) sender?.send(text);
        sender?.send(Buffer.from([0, 1, 2, 255]));
      };
      return { client, server: webSocketConnection(arrived), close: () => arrived.terminate(), sendGarbage };
    },
    close: async () => {
      vi.unstubAllGlobals();
      await server.close();
    },
  };
}

/** By an address that the compiler does not follow: the module's types are a browser's. */
async function loadBrowserHost(): Promise<Host> {
  const file = new URL('../../src/renderer/host/browser-host.ts', import.meta.url).href;
  const loaded = (await import(file)) as { createBrowserHost: () => Host };
  return loaded.createBrowserHost();
}

async function exchangeCode(link: string, origin: string): Promise<string> {
  const answer = await fetch(`${origin}/session`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', origin },
    body: JSON.stringify({ code: new URL(link).hash.slice('#code='.length) }),
  });
  return answer.headers.get('set-cookie')?.split(';')[0] ?? '';
}

/**
 * Electron's IPC with the real preload script, the page's host and main's connection. Only the module `electron`
 * between them is a stand-in: it copies values as Electron does and delivers them in a later turn.
 */
export async function overIpc(): Promise<Carrier> {
  const main = new EventEmitter();
  let window = openWindow(1);
  let api: PreloadApi | undefined;
  vi.doMock('electron', () => ({
    ipcRenderer: {
      send: (channel: string, value: unknown) =>
        deliver(main, channel, { sender: window.contents, senderFrame: { url: OWN_PAGE, parent: null } }, value),
      on: (channel: string, listener: (...values: unknown[]) => void) => window.page.on(channel, listener),
      off: (channel: string, listener: (...values: unknown[]) => void) => window.page.off(channel, listener),
    },
    contextBridge: {
      exposeInMainWorld: (_name: string, exposed: PreloadApi) => {
        api = exposed;
      },
    },
  }));
  await import('../../src/main/electron/preload.ts');
  if (api === undefined) throw new Error('the preload script exposed nothing');
  const host = createElectronHost(api);
  return {
    name: "over Electron's IPC",
    isOutlived: false,
    connect: async () => {
      window = openWindow(window.contents.id + 1);
      const { contents, destroy } = window;
      const arriving = new Promise<Connection>((resolve) =>
        serveWindow(main as unknown as IpcMain, contents as unknown as WebContents, resolve),
      );
      const client = await host.open();
      const server = await arriving;
      const sendGarbage = (): void => sendForeignMessages(main, contents);
      return { client, server, close: destroy, sendGarbage };
    },
    close: async () => vi.doUnmock('electron'),
  };
}

const OWN_PAGE = 'app://cellwright/experiments/1';

/** A window as main sees it (`contents`) and as its preload script does (`page`). */
function openWindow(id: number) {
  let isDestroyed = false;
  const page = new EventEmitter();
  const contents = Object.assign(new EventEmitter(), {
    id,
    isDestroyed: () => isDestroyed,
    send: (channel: string, value: unknown) => deliver(page, channel, {}, value),
  });
  const destroy = (): void => {
    isDestroyed = true;
    contents.emit('destroyed');
  };
  return { page, contents, destroy };
}

function deliver(to: EventEmitter, channel: string, event: unknown, value: unknown): void {
  const copy: unknown = structuredClone(value);
  void setImmediate().then(() => to.emit(channel, event, copy));
}

/** Values that are no message from our own page, and calls from pages and frames that are not ours. */
function sendForeignMessages(main: EventEmitter, contents: { readonly id: number }): void {
  const own = { url: OWN_PAGE, parent: null };
  for (const value of ['', '{', null, 7, { kind: 'call' }, new Uint8Array([0, 255])]) {
    deliver(main, 'workbench', { sender: contents, senderFrame: own }, value);
  }
  const call = JSON.stringify({ kind: 'call', id: 1, procedure: 'experiment.list', input: {} });
  const strangers = ['app://cellwright.evil/', 'app://other/', 'about:blank', 'file:///etc/passwd', ''];
  for (const senderFrame of [null, { url: OWN_PAGE, parent: own }, ...strangers.map((url) => ({ ...own, url }))]) {
    deliver(main, 'workbench', { sender: contents, senderFrame }, call);
  }
  deliver(main, 'workbench', { sender: { id: contents.id + 1 }, senderFrame: own }, call);
}
