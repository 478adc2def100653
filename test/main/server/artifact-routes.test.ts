import { once } from 'node:events';
import { readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { Protocol } from 'electron';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { serveApp } from '../../../src/main/electron/app-protocol.ts';
import { artifactRoutes } from '../../../src/main/server/artifact-routes.ts';
import { type RunningServer, startHttpServer } from '../../../src/main/server/http-server.ts';
import { type ArtifactSetting, makeArtifacts, sha256 } from '../artifacts/artifact-setting.ts';
import { RecordedElectron } from '../electron/recorded-electron.ts';

const SECRET = 'a-secret-of-a-test';
const LIMIT = 3 * 2 ** 20;
/** More than a stream gives at once. */
const CONTENTS = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, at) => at % 251));
const HASH = sha256(CONTENTS);
const BYTES = { 'content-type': 'application/octet-stream' };

let setting: ArtifactSetting & { remove: () => void };
let server: RunningServer;
const electron = new RecordedElectron({ argv: [] });
let unexpected: unknown[] = [];

beforeAll(async () => {
  setting = makeArtifacts();
  const routes = artifactRoutes({
    artifacts: setting.artifacts,
    onUnexpected: (place, error) => unexpected.push([place, error]),
    maximumUploadBytes: LIMIT,
  });
  server = await startHttpServer({
    host: '127.0.0.1',
    port: 17_417,
    tls: null,
    allowedHosts: [],
    secret: SECRET,
    routes,
    onSocket: (socket) => socket.close(),
    now: () => Date.now(),
  });
  serveApp(electron.module.protocol as Protocol, routes);
});
afterAll(async () => {
  await server.close();
  setting.remove();
});
afterEach(() => {
  const before = unexpected;
  unexpected = [];
  expect(before).toEqual([]);
});

type Ask = (path: string, init?: RequestInit) => Promise<Response>;

const overHttp: Ask = async (path, init = {}) =>
  await fetch(`${server.address}${path}`, {
    ...init,
    headers: { ...(init.headers as Record<string, string>), authorization: `Bearer ${SECRET}` },
  });

const inElectron: Ask = async (path, init) =>
  await electron.handlers.get('app')!(new Request(`app://cellwright${path}`, init));

async function errorOf(answer: Response): Promise<unknown> {
  return ((await answer.json()) as { error: unknown }).error;
}

describe.each<[string, Ask]>([
  ['over HTTP', overHttp],
  ['in Electron', inElectron],
])('bytes %s', (_host, ask) => {
  beforeAll(async () => {
    const answer = await ask('/artifacts', { method: 'POST', body: CONTENTS, headers: BYTES });
    expect(answer.status).toBe(201);
    expect(await answer.json()).toEqual({ hash: HASH, sizeBytes: CONTENTS.length });
  });

  it('come as they went, with what a browser needs to keep them', async () => {
    const answer = await ask(`/artifacts/${HASH}`);
    expect(answer.status).toBe(200);
    expect(Buffer.from(await answer.arrayBuffer()).equals(CONTENTS)).toBe(true);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      etag: `"${HASH}"`,
      'accept-ranges': 'bytes',
      'content-length': String(CONTENTS.length),
      'content-type': 'application/octet-stream',
      'cache-control': 'private, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
    });
    expect(answer.headers.get('content-disposition')).toBeNull();
  });

  it('are described by HEAD, which sends none', async () => {
    const answer = await ask(`/artifacts/${HASH}`, { method: 'HEAD' });
    expect([answer.status, answer.headers.get('content-length')]).toEqual([200, String(CONTENTS.length)]);
    expect(await answer.text()).toBe('');
  });

  it.each<[string, number, number]>([
    ['bytes=0-0', 0, 1],
    ['bytes=10-19', 10, 20],
    ['bytes=299990-', 299_990, 300_000],
    ['bytes=299990-999999999', 299_990, 300_000],
    ['bytes=-7', 299_993, 300_000],
    ['bytes=-999999999', 0, 300_000],
  ])('come in part: %s', async (range, start, end) => {
    const answer = await ask(`/artifacts/${HASH}`, { headers: { range } });
    expect(answer.status).toBe(206);
    expect(answer.headers.get('content-range')).toBe(`bytes ${start}-${end - 1}/${CONTENTS.length}`);
    expect(answer.headers.get('content-length')).toBe(String(end - start));
    expect(Buffer.from(await answer.arrayBuffer()).equals(CONTENTS.subarray(start, end))).toBe(true);
  });

  it.each(['bytes=300000-', 'bytes=300000-300001', 'bytes=-0'])('have no part %s', async (range) => {
    const answer = await ask(`/artifacts/${HASH}`, { headers: { range } });
    expect([answer.status, answer.headers.get('content-range'), await answer.text()]).toEqual([
      416,
      `bytes */${CONTENTS.length}`,
      '',
    ]);
  });

  it.each(['bytes=0-1,5-6', 'bytes=9-3', 'bytes=-', 'bytes=a-b', 'lines=0-1', 'bytes = 0-1'])(
    'come whole where the range %s can’t be read',
    async (range) => {
      const answer = await ask(`/artifacts/${HASH}`, { headers: { range } });
      expect([answer.status, (await answer.arrayBuffer()).byteLength]).toEqual([200, CONTENTS.length]);
    },
  );

  it('come in part only of the version that the client has, and not again to who has it', async () => {
    const statusWith = async (headers: Record<string, string>): Promise<number> => {
      const answer = await ask(`/artifacts/${HASH}`, { headers });
      await answer.body?.cancel();
      return answer.status;
    };
    const range = 'bytes=0-9';
    expect(await statusWith({ range, 'if-range': `"${HASH}"` })).toBe(206);
    expect(await statusWith({ range, 'if-range': `"${sha256('old')}"` })).toBe(200);
    expect(await statusWith({ range, 'if-range': `W/"${HASH}"` })).toBe(200);
    expect(await statusWith({ range, 'if-range': 'Wed, 21 Oct 2015 07:28:00 GMT' })).toBe(200);
    for (const known of [`"${HASH}"`, `"x", W/"${HASH}"`, '*']) {
      expect(await statusWith({ 'if-none-match': known })).toBe(304);
    }
    expect(await statusWith({ 'if-none-match': `"${sha256('old')}"` })).toBe(200);
  });

  it.each<[string, string]>([
    ['weights of trial 3.safetensors', `filename="weights of trial 3.safetensors"`],
    ['Größe.bin', `filename="Gr__e.bin"; filename*=UTF-8''Gr%C3%B6%C3%9Fe.bin`],
    ['../../etc/passwd', `filename="_.._etc_passwd"`],
    ['a"; x="b\r\nSet-Cookie: c', `filename="a__ x__b__Set-Cookie_ c"`],
    ['\u202egpj.exe', `filename="_gpj.exe"`],
    ['', `filename="artifact"`],
    ['.'.repeat(9), `filename="artifact"`],
    ['\ud800', `filename="_"`],
    ['x'.repeat(5000), `filename="${'x'.repeat(200)}"`],
  ])('are saved under a harmless name: %j', async (name, expected) => {
    const answer = await ask(`/artifacts/${HASH}?download=${encodeURIComponent(name.toWellFormed())}`);
    await answer.body?.cancel();
    const given = answer.headers.get('content-disposition') ?? '';
    expect(given).toMatch(/^attachment; filename="[\w. ()-]+"; filename\*=UTF-8''[\w.~%!-]+$/);
    expect(given).toContain(expected);
    expect(answer.headers.get('set-cookie')).toBeNull();
  });

  it('are not there under any other name, however it is written', async () => {
    const names = [
      sha256('none'),
      HASH.toUpperCase(),
      HASH.slice(1),
      `${HASH}0`,
      `${HASH}/`,
      `${HASH}/x`,
      `${HASH}%00`,
      `${HASH.slice(0, 2)}/${HASH}`,
      'incoming',
      '..%2f..%2fcellwright.db',
      '%2e%2e/cellwright.db',
      '..%5ccellwright.db',
      '__proto__',
      '%ff',
      '',
    ];
    for (const name of names) {
      const answer = await ask(`/artifacts/${name}`);
      // Some of them are another address, once it is read: there is nothing either.
      expect([name, answer.status]).toEqual([name, 404]);
      if (answer.headers.get('content-type')?.includes('json')) {
        expect(await errorOf(answer)).toMatchObject({ message: expect.stringMatching(/^[Tt]here is no .*/) });
      }
    }
  });

  it('that are damaged are told of by a sentence, and not sent', async () => {
    const contents = Buffer.from(`to be damaged ${_host}`);
    await ask('/artifacts', { method: 'POST', body: contents, headers: BYTES });
    writeFileSync(setting.files.pathOf(sha256(contents)), contents.toString().toUpperCase());
    const answer = await ask(`/artifacts/${sha256(contents)}`);
    expect(answer.status).toBe(500);
    expect(await errorOf(answer)).toMatchObject({ code: 'corrupt', message: expect.stringContaining('is damaged') });
  });

  it('may be none at all', async () => {
    const upload = await ask('/artifacts', { method: 'POST', body: '', headers: BYTES });
    const { hash } = (await upload.json()) as { hash: string };
    expect(hash).toBe(sha256(''));
    const answer = await ask(`/artifacts/${hash}`);
    expect([answer.status, await answer.text()]).toEqual([200, '']);
    expect((await ask(`/artifacts/${hash}`, { headers: { range: 'bytes=0-0' } })).status).toBe(416);
    expect((await ask(`/artifacts/${hash}`, { headers: { range: 'bytes=-1' } })).status).toBe(416);
  });

  it('beyond the limit are refused, said or unsaid, and nothing stays', async () => {
    const before = setting.list();
    const chunk = Buffer.alloc(2 ** 20, 7);
    const unsaid = ReadableStream.from([chunk, chunk, chunk, chunk]);
    for (const body of [Buffer.alloc(LIMIT + 1), unsaid] as const) {
      const request = { method: 'POST', body, headers: BYTES, duplex: 'half' } as RequestInit;
      const answer = await ask('/artifacts', request);
      expect(answer.status).toBe(400);
      expect(await errorOf(answer)).toMatchObject({ message: expect.stringContaining('more than 3 MiB') });
    }
    expect(setting.list()).toEqual(before);
    const most = await ask('/artifacts', { method: 'POST', body: Buffer.alloc(LIMIT, 9), headers: BYTES });
    expect(most.status).toBe(201);
  });
});

describe('an upload that breaks off', () => {
  it('leaves nothing behind over HTTP, at any length', async () => {
    const before = setting.list();
    for (const sent of [0, 1, 100_000]) {
      const socket = connect(server.port, '127.0.0.1');
      await once(socket, 'connect');
      socket.write(
        `POST /artifacts HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nAuthorization: Bearer ${SECRET}\r\n` +
          'Content-Type: application/octet-stream\r\nContent-Length: 200000\r\n\r\n',
      );
      socket.write(Buffer.alloc(sent, 3));
      await vi.waitFor(() => expect(setting.list().length).toBe(before.length + 1), 10_000);
      socket.destroy();
      await vi.waitFor(() => expect(setting.list()).toEqual(before), 10_000);
    }
    expect(setting.list()).toEqual(before);
  });

  it('leaves nothing behind in Electron', async () => {
    const before = setting.list();
    const broken = new ReadableStream({
      pull: (controller) => {
        if (setting.list().length > before.length) controller.error(new Error('the page is gone'));
        else controller.enqueue(new Uint8Array(1000));
      },
    });
    const init = { method: 'POST', body: broken, headers: BYTES, duplex: 'half' } as RequestInit;
    const answer = await inElectron('/artifacts', init);
    expect(answer.status).toBe(499);
    expect(setting.list()).toEqual(before);
  });
});

describe('an upload in Electron', () => {
  it('comes from our own page, as bytes', async () => {
    const statusWith = async (headers: Record<string, string>, path = '/artifacts'): Promise<number> =>
      (await inElectron(path, { method: 'POST', body: 'x', headers })).status;
    expect(await statusWith({ ...BYTES, origin: 'app://cellwright' })).toBe(201);
    for (const origin of ['null', 'app://cellwright.evil', 'https://evil.test']) {
      expect([origin, await statusWith({ ...BYTES, origin })]).toEqual([origin, 403]);
    }
    for (const type of ['text/plain', 'multipart/form-data', 'application/json', '']) {
      expect([type, await statusWith({ 'content-type': type })]).toEqual([type, 403]);
    }
    expect(await statusWith(BYTES, `/artifacts/${HASH}`)).toBe(405);
    expect((await inElectron('/artifacts', { method: 'PUT', body: 'x', headers: BYTES })).status).toBe(405);
  });
});

/** Descriptors of this process that are open on a file of that name. */
function openOn(name: string): string[] {
  return readdirSync('/proc/self/fd').filter((descriptor) => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`).endsWith(name);
    } catch {
      // The one that listed them.
      return false;
    }
  });
}

// Only Linux lists what a process has open.
it.runIf(process.platform === 'linux')('leaves no file open when a reader goes away', async () => {
  // A file that nobody closed is closed with its garbage, and a warning.
  const warnings: string[] = [];
  const hear = ({ message }: Error): void => void warnings.push(message);
  process.on('warning', hear);
  const large = Buffer.alloc(LIMIT, 5);
  const address = `/artifacts/${sha256(large)}`;
  await inElectron('/artifacts', { method: 'POST', body: large, headers: BYTES });
  for (let turn = 0; turn < 5; turn++) {
    const leave = new AbortController();
    const answer = await overHttp(address, { signal: leave.signal });
    await answer.body!.getReader().read();
    leave.abort();
    await (await inElectron(address)).body!.cancel();
    await inElectron(address, { method: 'HEAD' });
  }
  await vi.waitFor(() => expect(openOn(sha256(large))).toEqual([]), 10_000);
  process.off('warning', hear);
  expect(warnings).toEqual([]);
});
