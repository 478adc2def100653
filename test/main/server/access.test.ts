import { once } from 'node:events';
import fs, { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';
import { AccessControl, readSecret } from '../../../src/main/server/access.ts';
import { type RunningServer, startHttpServer } from '../../../src/main/server/http-server.ts';
import { CONTENT_SECURITY_POLICY } from '../../../src/main/server/page-headers.ts';
import { workbenchRoutes } from '../../../src/main/server/serve-workbench.ts';
import { createStaticFiles } from '../../../src/main/server/static-files.ts';
import type { Workbench } from '../../../src/main/workbench/workbench.ts';
import { type Handlers, PROCEDURES } from '../../../src/shared/contract.ts';
import { makeArtifacts } from '../artifacts/artifact-setting.ts';

const SECRET = 'a-secret-of-a-test';
const kept = makeArtifacts();
let server: RunningServer;
let calls: string[] = [];
let cookie = '';
let sockets = 0;

/** Every procedure counts its calls and answers nothing; parsing comes before it. */
function countingHandlers(): Handlers {
  const names = Object.keys(PROCEDURES);
  return Object.fromEntries(names.map((name) => [name, () => void calls.push(name)])) as unknown as Handlers;
}

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cellwright-server-'));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>page</title>');
  writeFileSync(join(folder, 'assets', 'a.js'), 'void 0');
  writeFileSync(join(folder, 'assets', 'a.js.br'), 'compressed');
  // The routes of the real server, so that none can be added without standing in the matrix.
  const counting = { handlers: countingHandlers(), onUnexpected: () => undefined } as unknown as Workbench;
  const routes = workbenchRoutes({ ...counting, artifacts: kept.artifacts }, folder);
  server = await startHttpServer({
    host: '127.0.0.1',
    port: 17_317,
    tls: null,
    allowedHosts: ['localhost:9000'],
    secret: SECRET,
    routes,
    onSocket: (socket) => {
      sockets++;
      socket.close();
    },
    now: () => Date.now(),
  });
  const code = new URL(server.link()).hash.slice('#code='.length);
  const answer = await ask(
    'POST',
    '/session',
    { origin: server.address, 'content-type': 'application/json' },
    JSON.stringify({ code }),
  );
  cookie = String(answer.headers['set-cookie']?.[0]).split(';')[0] ?? '';
});

afterAll(async () => {
  await server.close();
  kept.remove();
});

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: string;
}

/** A request with exactly these headers; `host` is the server's own unless it is given. */
function ask(method: string, path: string, headers: Record<string, string>, body = ''): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ port: server.port, host: '127.0.0.1', method, path, headers }, (incoming) => {
      let text = '';
      incoming.on('data', (chunk) => {
        text += chunk;
      });
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: text }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Bytes as they are, for requests that no client library would send. */
function askRaw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(server.port, '127.0.0.1', () => socket.end(text));
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}

const JSON_TYPE = { 'content-type': 'application/json' };
const BYTES_TYPE = { 'content-type': 'application/octet-stream' };

describe('A served workbench', () => {
  it('answers only to its own names, whatever is asked for', async () => {
    const port = server.port;
    const foreign = [
      `evil.test:${port}`,
      `127.0.0.1.evil.test:${port}`,
      `localhost.:${port}`,
      `[::ffff:7f00:1]:${port}`,
      `127.0.0.1`,
      `127.0.0.1:${port + 1}`,
      `localhost@evil.test:${port}`,
      `0.0.0.0:${port}`,
      `LOCALHOST.evil:${port}`,
    ];
    for (const host of foreign) {
      for (const path of ['/', '/assets/a.js', '/api/experiment.list', '/session']) {
        const answer = await ask('GET', path, { host, authorization: `Bearer ${SECRET}` });
        expect([host, path, answer.status, answer.body]).toEqual([host, path, 403, '']);
      }
    }
    expect(await askRaw('GET / HTTP/1.1\r\nConnection: close\r\n\r\n')).toMatch(/^HTTP\/1.1 (400|403)/);
    const two = `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nHost: evil.test:${port}\r\nConnection: close\r\n\r\n`;
    expect(await askRaw(two)).toMatch(/^HTTP\/1.1 (400|403)/);
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`, 'localhost:9000']) {
      expect((await ask('GET', '/', { host })).status).toBe(200);
    }
  });

  it('refuses every route but the page without credentials, and runs nothing', async () => {
    calls = [];
    for (const route of server.routes) {
      const { status } = await ask(
        route.method,
        route.path,
        { ...(route.body === 'bytes' ? BYTES_TYPE : JSON_TYPE), origin: server.address },
        route.method === 'POST' ? '{}' : '',
      );
      if (route.access === 'page') expect([200, 401]).toContain(status);
      else expect([route.path, status]).toEqual([route.path, 401]);
    }
    expect([calls, kept.list()]).toEqual([[], []]);
  });

  it('takes the token of a program on every route, and never together with an origin', async () => {
    const bearer = { authorization: `Bearer ${SECRET}`, ...JSON_TYPE };
    const guarded = server.routes.filter(({ access }) => access !== 'page');
    expect(guarded.map(({ path }) => path)).toEqual([
      ...Object.keys(PROCEDURES).map((name) => `/api/${name}`),
      '/artifacts/',
      '/artifacts',
      '/session/code',
    ]);
    for (const { method, path } of guarded) {
      calls = [];
      const files = kept.list();
      for (const origin of ['http://evil.test', server.address, 'null']) {
        const { status, body } = await ask(method, path, { ...bearer, origin }, method === 'GET' ? '' : '{}');
        expect([path, status, body.includes('"code":"refused"')]).toEqual([path, 403, true]);
      }
      expect([calls, kept.list()]).toEqual([[], files]);
      const answer = await ask(method, path, bearer, method === 'GET' ? '' : '{}');
      // Some procedures want more than an empty input, and say so, and there is no file without a hash: past the door.
      expect([200, 201, 400, 404]).toContain(answer.status);
      expect(answer.body).not.toContain('"code":"refused"');
    }
    const own = { cookie, origin: server.address, 'sec-fetch-site': 'same-origin', ...JSON_TYPE };
    expect((await ask('POST', '/session/code', own, '{}')).status).toBe(403);
  });

  it('says that a call is too large', async () => {
    const bearer = { authorization: `Bearer ${SECRET}`, ...JSON_TYPE };
    const { status, body } = await ask('POST', '/api/experiment.list', bearer, 'x'.repeat(2 ** 21));
    expect([status, body]).toEqual([413, expect.stringContaining('the body is too large')]);
  });

  it('lets a cookie call only from its own page, as JSON', async () => {
    const own = { cookie, origin: server.address, 'sec-fetch-site': 'same-origin', ...JSON_TYPE };
    const wrong: Record<string, string>[] = [
      { ...own, origin: 'http://evil.test' },
      { ...own, origin: 'null' },
      { ...own, origin: `${server.address}.evil.test` },
      { cookie, ...JSON_TYPE },
      { ...own, 'sec-fetch-site': 'cross-site' },
      { ...own, 'sec-fetch-site': 'same-site' },
      { ...own, 'content-type': 'text/plain' },
      { ...own, 'content-type': 'application/x-www-form-urlencoded' },
      { ...own, cookie: `${cookie}x` },
    ];
    for (const route of server.routes.filter(({ path }) => path.startsWith('/api/'))) {
      calls = [];
      for (const headers of wrong) {
        const { status } = await ask('POST', route.path, headers, '{}');
        expect([401, 403, 429]).toContain(status);
      }
      expect(calls).toEqual([]);
    }
    calls = [];
    expect((await ask('POST', '/api/experiment.list', own, '{}')).status).toBe(200);
    expect(calls).toEqual(['experiment.list']);
  });

  it('takes bytes from its own page only, said to be bytes, and gives them to it alone', async () => {
    const access = new AccessControl({ secret: SECRET, port: 1, scheme: 'http', allowedHosts: [], now: () => 0 });
    const own = { origin: 'http://127.0.0.1:1', fetchSite: 'same-origin', authorization: undefined };
    const set = access.exchangeCode(access.issueCode(), { ...own, method: 'POST', contentType: '', cookie: '' });
    const held = { ...own, cookie: 'cookie' in set ? set.cookie.split(';')[0] : '' };
    const upload = { ...held, method: 'POST', contentType: 'application/octet-stream' };
    expect(access.check(upload, 'bytes')).toEqual({ kind: 'allowed', by: 'cookie' });
    const none = undefined;
    for (const changes of [
      { contentType: 'application/json' },
      { contentType: 'multipart/form-data; boundary=x' },
      { contentType: 'text/plain' },
      { contentType: none },
      { origin: none },
      { origin: 'http://evil.test' },
      { origin: 'http://127.0.0.1:2' },
      { fetchSite: 'cross-site' },
    ]) {
      expect(access.check({ ...upload, ...changes }, 'bytes'), JSON.stringify(changes)).toMatchObject({ status: 403 });
    }
    // What a call may be is nothing that an upload may be, and the other way round.
    expect(access.check(upload)).toMatchObject({ status: 403 });
    const image = { ...held, method: 'GET', contentType: none, origin: none };
    expect(access.check(image)).toEqual({ kind: 'allowed', by: 'cookie' });
    expect(access.check({ ...image, fetchSite: 'cross-site' })).toMatchObject({ status: 403 });
    expect(access.check({ ...image, cookie: none })).toMatchObject({ status: 401 });
  });

  it('takes the token of a program, and never together with an origin', async () => {
    const { AccessControl: Fresh } = await import('../../../src/main/server/access.ts');
    const access = new Fresh({ secret: SECRET, port: 1, scheme: 'http', allowedHosts: [], now: () => 0 });
    const none = { method: 'POST', origin: undefined, fetchSite: undefined, contentType: undefined, cookie: undefined };
    expect(access.check({ ...none, authorization: `Bearer ${SECRET}` })).toEqual({ kind: 'allowed', by: 'bearer' });
    expect(access.check({ ...none, authorization: `Bearer ${SECRET}`, origin: 'http://evil.test' })).toMatchObject({
      status: 403,
    });
    expect(access.check({ ...none, authorization: 'Bearer wrong' })).toMatchObject({ status: 401 });
    expect(access.check({ ...none, authorization: `Basic ${SECRET}` })).toMatchObject({ status: 401 });
  });

  it('opens a socket only for its own page or a program', async () => {
    const url = `ws://127.0.0.1:${server.port}/socket`;
    const open = (headers: Record<string, string>, to = url): Promise<boolean> =>
      new Promise((resolve) => {
        const socket = new WebSocket(to, { headers });
        socket.on('open', () => resolve(true));
        socket.on('error', () => resolve(false));
      });
    sockets = 0;
    expect(await open({ cookie })).toBe(false);
    expect(await open({ cookie, origin: 'http://evil.test' })).toBe(false);
    expect(await open({ cookie, origin: server.address, host: `evil.test:${server.port}` })).toBe(false);
    expect(await open({ origin: server.address })).toBe(false);
    expect(await open({ cookie, origin: server.address }, url.replace('/socket', '/other'))).toBe(false);
    expect(sockets).toBe(0);
    expect(await open({ cookie, origin: server.address })).toBe(true);
    expect(sockets).toBe(1);
    // Programs have a server of their own here: the wrong cookies above have locked this one for a minute.
    const access = new AccessControl({ secret: SECRET, port: 1, scheme: 'http', allowedHosts: [], now: () => 0 });
    const program = { method: 'GET', fetchSite: undefined, contentType: undefined, cookie: undefined };
    const token = `Bearer ${SECRET}`;
    expect(access.checkSocket({ ...program, origin: undefined, authorization: token })).toMatchObject({ by: 'bearer' });
    expect(access.checkSocket({ ...program, origin: 'http://127.0.0.1:1', authorization: token })).toMatchObject({
      status: 403,
    });
    expect(access.checkSocket({ ...program, origin: undefined, authorization: 'Bearer wrong' })).toMatchObject({
      status: 401,
    });
  });

  it('sends its policy with every answer and compressed files as they were built', async () => {
    for (const path of ['/', '/search/1', '/assets/a.js', '/assets/none.js', '/api/experiment.list']) {
      const { headers } = await ask('GET', path, {});
      expect(headers['content-security-policy']).toBe(CONTENT_SECURITY_POLICY);
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['access-control-allow-origin']).toBeUndefined();
    }
    expect(CONTENT_SECURITY_POLICY).not.toMatch(/unsafe|\*/);
    const packed = await ask('GET', '/assets/a.js', { 'accept-encoding': 'gzip, br' });
    expect([packed.headers['content-encoding'], packed.body]).toEqual(['br', 'compressed']);
    expect((await ask('GET', '/assets/a.js', {})).body).toBe('void 0');
  });

  it('serves no file from outside of its folder', async () => {
    const paths = [
      '/../package.json',
      '/..%2fpackage.json',
      '/assets/..%2f..%2fpackage.json',
      '/%2e%2e/package.json',
      '//etc/passwd.json',
      '/assets/a.js.br',
    ];
    for (const path of paths) {
      const answer = await askRaw(
        `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nConnection: close\r\n\r\n`,
      );
      expect([path, answer.split('\r\n')[0]]).toEqual([path, 'HTTP/1.1 404 Not Found']);
    }
  });

  it('refuses to serve another machine without encryption', async () => {
    const options = {
      host: '0.0.0.0',
      port: 1,
      tls: null,
      allowedHosts: [],
      secret: '',
      routes: [],
      onSocket: () => undefined,
      now: () => 0,
    };
    await expect(startHttpServer(options)).rejects.toMatchObject({ code: 'invalid_input' });
  });
});

describe('A code', () => {
  const origin = 'http://127.0.0.1:7';
  const page = {
    method: 'POST',
    origin,
    fetchSite: 'same-origin',
    contentType: 'application/json',
    cookie: undefined,
    authorization: undefined,
  };

  it('is good once, within a minute, and from our page only', () => {
    let now = 0;
    const access = new AccessControl({ secret: 's', port: 7, scheme: 'http', allowedHosts: [], now: () => now });
    const first = access.issueCode();
    expect(access.exchangeCode(first, { ...page, origin: 'http://evil.test' })).toMatchObject({ status: 403 });
    expect(access.exchangeCode(first, page)).toHaveProperty('cookie');
    expect(access.exchangeCode(first, page)).toMatchObject({ status: 401 });
    const late = access.issueCode();
    now = 60_001;
    expect(access.exchangeCode(late, page)).toMatchObject({ status: 401 });
  });

  it('is not guessed: after ten wrong tries in a minute none is taken', () => {
    let now = 0;
    const access = new AccessControl({ secret: 's', port: 7, scheme: 'http', allowedHosts: [], now: () => now });
    const good = access.issueCode();
    for (let wrong = 0; wrong < 10; wrong++) expect(access.exchangeCode('wrong', page)).toMatchObject({ status: 401 });
    expect(access.exchangeCode(good, page)).toMatchObject({ status: 429 });
    now = 60_001;
    expect(access.exchangeCode(access.issueCode(), page)).toHaveProperty('cookie');
  });

  it('gives a cookie that a browser sends over an encrypted connection only, where there is one', () => {
    const cookieOf = (scheme: 'http' | 'https') => {
      const access = new AccessControl({ secret: 's', port: 7, scheme, allowedHosts: [], now: () => 0 });
      const exchanged = access.exchangeCode(access.issueCode(), { ...page, origin: `${scheme}://127.0.0.1:7` });
      if ('kind' in exchanged) throw new Error(exchanged.reason);
      return exchanged.cookie.split('; ');
    };
    expect(cookieOf('https')).toContain('Secure');
    expect(cookieOf('http')).not.toContain('Secure');
  });

  it('gives a cookie that outlives a restart with the same secret, and no other', () => {
    const make = (secret: string) =>
      new AccessControl({ secret, port: 7, scheme: 'http', allowedHosts: [], now: () => 0 });
    const before = make('s');
    const exchanged = before.exchangeCode(before.issueCode(), page);
    if ('kind' in exchanged) throw new Error(exchanged.reason);
    expect(exchanged.cookie).toMatch(/HttpOnly; SameSite=Strict/);
    const held = { ...page, cookie: exchanged.cookie.split(';')[0] };
    expect(make('s').check(held)).toEqual({ kind: 'allowed', by: 'cookie' });
    expect(make('t').check(held)).toMatchObject({ status: 401 });
  });
});

describe("The secret's file", () => {
  it.skipIf(process.platform === 'win32')('is readable by its owner only and kept', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'cellwright-secret-')), 'secret');
    const secret = readSecret(file);
    expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readSecret(file)).toBe(secret);
  });

  it('is made anew where it holds no secret, as a power cut leaves it', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'cellwright-secret-')), 'secret');
    const cutOff = readSecret(file).slice(0, 20);
    for (const text of ['', '\n', cutOff, '\0'.repeat(44), `${cutOff}\n`.repeat(2), 'a'.repeat(44)]) {
      writeFileSync(file, text);
      const secret = readSecret(file);
      expect(secret).toMatch(/^[\w-]{43}$/);
      expect(readFileSync(file, 'utf8')).toBe(`${secret}\n`);
      expect(readSecret(file)).toBe(secret);
      if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
    }
    expect(readdirSync(dirname(file))).toEqual(['secret']);
  });

  it('is kept where the file system knows no links', () => {
    const spy = vi.spyOn(fs, 'linkSync').mockImplementation(() => {
      throw Object.assign(new Error('EPERM: operation not permitted'), { code: 'EPERM' });
    });
    syncBuiltinESMExports();
    onTestFinished(() => {
      spy.mockRestore();
      syncBuiltinESMExports();
    });
    const file = join(mkdtempSync(join(tmpdir(), 'cellwright-secret-')), 'secret');
    writeFileSync(file, '');
    const secret = readSecret(file);
    expect(spy).toHaveBeenCalledOnce();
    expect(readSecret(file)).toBe(secret);
    expect(readdirSync(dirname(file))).toEqual(['secret']);
  });

  it('is the same for programs that start at once, whether they find none or one that is cut off', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'cellwright-secret-'));
    const files = Array.from({ length: 60 }, (_, index) => join(folder, `secret-${index}`));
    for (const file of files.slice(20)) writeFileSync(file, 'cut off');
    const turns = new Int32Array(new SharedArrayBuffer(4));
    const starters = [0, 1].map(
      () => new Worker(join(import.meta.dirname, 'read-secrets.ts'), { workerData: { files, turns }, execArgv: [] }),
    );
    onTestFinished(async () => void (await Promise.all(starters.map((starter) => starter.terminate()))));
    const [first, second] = await Promise.all(starters.map(async (starter) => (await once(starter, 'message'))[0]));
    expect(first).toEqual(second);
    expect(first).toEqual(files.map((file) => readSecret(file)));
    expect(readdirSync(folder).toSorted()).toEqual(files.map((file) => basename(file)).toSorted());
  });
});

it('outlives addresses that are none and callers that hang up', async () => {
  const host = `Host: 127.0.0.1:${server.port}\r\n`;
  const upgrade = `Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`;
  expect(await askRaw(`GET // HTTP/1.1\r\n${host}${upgrade}`)).toMatch(/^HTTP\/1\.1 404/);
  expect(await askRaw(`GET http://evil.test/ HTTP/1.1\r\n${host}Connection: close\r\n\r\n`)).toMatch(/^HTTP\/1\.1 400/);
  await new Promise<void>((resolve) => {
    const socket = connect(server.port, '127.0.0.1', () => {
      socket.write(`GET /socket HTTP/1.1\r\n${host}${upgrade}`);
      socket.resetAndDestroy();
    });
    socket.on('close', () => resolve());
  });
  expect((await ask('GET', '/', {})).status).toBe(200);
});

it('serves a page that was built again, and says 404 for what went', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cellwright-page-'));
  writeFileSync(join(folder, 'old.js'), 'old');
  const files = createStaticFiles(folder);
  const statusOf = (path: string): number => files(new Request(`http://127.0.0.1${path}`)).status;
  expect(statusOf('/old.js')).toBe(200);
  rmSync(join(folder, 'old.js'));
  writeFileSync(join(folder, 'new.js'), 'new');
  expect([statusOf('/old.js'), statusOf('/new.js')]).toEqual([404, 200]);
});

it('takes an address with a number behind its point for a screen, and one with a file type for a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cellwright-page-'));
  writeFileSync(join(folder, 'index.html'), 'page');
  const files = createStaticFiles(folder);
  const statusOf = (path: string): number => files(new Request(`http://127.0.0.1${path}`)).status;
  expect(['/', '/experiments/1/trials/17', '/experiments/1/trials/17.2'].map(statusOf)).toEqual([200, 200, 200]);
  expect(['/gone.js', '/experiments/1/trials/17.js', '/a.b2'].map(statusOf)).toEqual([404, 404, 404]);
});
