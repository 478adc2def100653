import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from '@playwright/test';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RunningServer, startHttpServer } from '../../src/main/server/http-server.ts';
import { procedureRoutes, type Route } from '../../src/main/server/routes.ts';
import { createStaticFiles } from '../../src/main/server/static-files.ts';
import { type Handlers, PROCEDURES } from '../../src/shared/contract.ts';
import { scratchFolder } from '../main/workbench/small-project.ts';
import { describeInBrowser, openBrowser } from './in-browser.ts';

// A name of somebody else's that resolves to this machine: the browser takes what it answers for that name's own.

const FOREIGN = 'evil.test';

interface Probe {
  readonly url: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly mode: 'cors' | 'no-cors' | 'same-origin';
}

/** Sends requests from inside a page, with its cookies, and tells what the page can read of the answers. */
function probe(page: Page, probes: readonly Probe[]): Promise<{ status: number; body: string }[]> {
  return page.evaluate(async (all) => {
    const ask = async ({ url, method, headers, mode }: (typeof all)[number]) => {
      try {
        const body = method === 'POST' ? '{}' : null;
        const answer = await fetch(url, { method, headers, mode, body, credentials: 'include' });
        return { status: answer.status, body: await answer.text() };
      } catch {
        return { status: 0, body: '' };
      }
    };
    return await Promise.all(all.map(ask));
  }, probes);
}

/** Whether a socket opens from inside the page. */
function opensSocket(page: Page, url: string): Promise<boolean> {
  return page.evaluate(
    (to) =>
      new Promise<boolean>((resolve) => {
        const socket = new WebSocket(to);
        socket.onopen = () => resolve(true);
        socket.onerror = () => resolve(false);
      }),
    url,
  );
}

describeInBrowser('a page under a foreign name that resolves to this machine', () => {
  const calls: string[] = [];
  let sockets = 0;
  let server: RunningServer;
  let browser: Browser;
  let own: Page;
  let foreign: Page;
  let remove: () => void;

  beforeAll(async () => {
    const scratch = scratchFolder();
    remove = scratch.remove;
    writeFileSync(join(scratch.folder, 'index.html'), '<!doctype html><title>the workbench</title>');
    const files = createStaticFiles(scratch.folder);
    const names = Object.keys(PROCEDURES);
    const handlers = Object.fromEntries(names.map((name) => [name, () => void calls.push(name)]));
    const routes: Route[] = [
      ...procedureRoutes(handlers as unknown as Handlers, () => undefined),
      { method: 'GET', path: '/', access: 'page', handle: (request) => files(request) },
    ];
    server = await startHttpServer({
      host: '127.0.0.1',
      port: 17_424,
      tls: null,
      allowedHosts: [],
      secret: 'a-secret-of-a-test',
      routes,
      onSocket: (socket) => {
        sockets++;
        socket.close();
      },
      now: () => Date.now(),
    });
    browser = await openBrowser([`--host-resolver-rules=MAP ${FOREIGN} 127.0.0.1`]);
    const context = await browser.newContext();
    own = await context.newPage();
    await own.goto(server.address);
    const code = new URL(server.link()).hash.slice('#code='.length);
    await own.evaluate(
      (sent) =>
        fetch('/session', {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify({ code: sent }),
        }),
      code,
    );
    // The first answer under the foreign name is its owner's page; from then on the name resolves to this machine.
    foreign = await context.newPage();
    const trap = `http://${FOREIGN}:${server.port}/`;
    await foreign.route(trap, (route) =>
      route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>a trap</title>' }),
    );
    await foreign.goto(trap);
    await foreign.unroute(trap);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    remove?.();
  });

  it('can be told from the own page, whose calls and sockets are answered', async () => {
    const headers = { 'Content-Type': 'application/json' };
    const [answer] = await probe(own, [{ url: '/api/dataset.list', method: 'POST', headers, mode: 'same-origin' }]);
    expect(answer?.status).toBe(200);
    expect(calls).toEqual(['dataset.list']);
    expect(await opensSocket(own, `ws://127.0.0.1:${server.port}/socket`)).toBe(true);
    expect(sockets).toBe(1);
  });

  it('reads nothing of any route, runs nothing and opens no socket', async () => {
    calls.length = 0;
    sockets = 0;
    const origins = [FOREIGN, '127.0.0.1', 'localhost'].map((name) => `http://${name}:${server.port}`);
    const json = { 'Content-Type': 'application/json' };
    const text = { 'Content-Type': 'text/plain' };
    const probes = origins.flatMap((origin) =>
      server.routes.flatMap(({ path, method }): Probe[] => [
        { url: origin + path, method, headers: json, mode: 'cors' },
        { url: origin + path, method: 'GET', headers: {}, mode: 'cors' },
        { url: origin + path, method: 'GET', headers: {}, mode: 'no-cors' },
        { url: origin + path, method: 'POST', headers: text, mode: 'no-cors' },
      ]),
    );
    expect(probes.length).toBeGreaterThan(3 * 4 * Object.keys(PROCEDURES).length);
    const answers = await probe(foreign, probes);
    const read = answers
      .map((answer, index) => ({ ...answer, url: probes[index]?.url }))
      .filter(({ status, body }) => body !== '' || ![0, 403].includes(status));
    expect(read).toEqual([]);
    for (const origin of origins) {
      expect([origin, await opensSocket(foreign, `${origin.replace('http', 'ws')}/socket`)]).toEqual([origin, false]);
    }
    expect(calls).toEqual([]);
    expect(sockets).toBe(0);
  });

  it('gets no page of the workbench, neither as its own nor inside a frame', async () => {
    const trap = `http://${FOREIGN}:${server.port}`;
    const answered = foreign.waitForResponse(`${trap}/experiments/1`);
    // An error without a body is an error of the browser's own, which it shows instead.
    await foreign.goto(`${trap}/experiments/1`).catch(() => undefined);
    expect((await answered).status()).toBe(403);
    await foreign.route(`${trap}/frame`, (route) =>
      route.fulfill({ contentType: 'text/html', body: `<iframe src="${server.address}/"></iframe>` }),
    );
    await foreign.goto(`${trap}/frame`);
    const frames = await Promise.all(foreign.frames().map((frame) => frame.title()));
    expect(frames).toHaveLength(2);
    expect(frames).not.toContain('the workbench');
  });
});
