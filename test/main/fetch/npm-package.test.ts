import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unpackFiles } from '../../../src/main/fetch/npm-archive.mjs';
import { fetchArchive, hashFile } from '../../../src/main/fetch/npm-package.mjs';
import { localServer, NOBODY, npmEnvironment, packFiles, temporaryFolder } from '../setup/setting.ts';

const BYTES = randomBytes(3_000_017);

let packed = '';
let file = '';
beforeAll(() => {
  packed = mkdtempSync(path.join(os.tmpdir(), 'cellwright-packed-'));
  file = packFiles(packed, { 'deep/er/bytes.bin': BYTES, 'small.txt': 'small', 'other.txt': 'other' });
});
afterAll(() => rmSync(packed, { recursive: true, force: true }));

/** A registry with one package of 3 MB, and what is pinned of it. */
async function registryWithOne(serve: (archive: Buffer) => Buffer | null = (archive) => archive) {
  const archive = readFileSync(file);
  const integrity = `sha512-${await hashFile(file, 'sha512', 'base64')}`;
  let address = '';
  address = await localServer((request, response) => {
    const body = serve(archive);
    if (body === null) return void response.writeHead(404).end('{"error":"not found"}');
    if (request.url?.endsWith('.tgz')) return void response.end(body);
    const dist = { tarball: `${address}/probe.tgz`, integrity };
    const versions = { '1.0.0': { name: 'cellwright-probe', version: '1.0.0', dist } };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ name: 'cellwright-probe', 'dist-tags': { latest: '1.0.0' }, versions }));
  });
  return { address, pin: { name: 'cellwright-probe', version: '1.0.0', integrity, sizeBytes: archive.length } };
}

function scratchIn(folder: string): string {
  const scratch = path.join(folder, 'scratch');
  mkdirSync(scratch);
  return scratch;
}

describe('fetchArchive', () => {
  it("brings the pinned archive from the user's registry and leaves no cache behind", async () => {
    const folder = temporaryFolder();
    const { address, pin } = await registryWithOne();
    const target = path.join(folder, 'downloads', 'probe.tgz');
    const scratch = scratchIn(folder);
    await fetchArchive(pin, target, { scratch, env: npmEnvironment(address) });
    expect(readFileSync(target).equals(readFileSync(file))).toBe(true);
    expect(readdirSync(scratch)).toEqual([]);
  });

  it('refuses an archive that is not the pinned one', async () => {
    const folder = temporaryFolder();
    const { address, pin } = await registryWithOne();
    const target = path.join(folder, 'probe');
    const other = { ...pin, integrity: `sha512-${Buffer.alloc(64).toString('base64')}` };
    const fetching = fetchArchive(other, target, { scratch: scratchIn(folder), env: npmEnvironment(address) });
    await expect(fetching).rejects.toMatchObject({
      code: 'corrupt',
      message: expect.stringContaining('sha512 differs'),
    });
    expect(existsSync(target)).toBe(false);
  });

  it.each([
    ['a package that is not there', () => null, /E404/],
    ['an archive that is cut off', (archive: Buffer) => archive.subarray(0, 1000), /EINTEGRITY|TAR|Z_BUF/],
  ])('says in one sentence that it could not fetch %s', async (_, serve, reason) => {
    const folder = temporaryFolder();
    const { address, pin } = await registryWithOne(serve);
    const fetching = fetchArchive(pin, path.join(folder, 'probe'), {
      scratch: scratchIn(folder),
      env: npmEnvironment(address),
    });
    const error = await fetching.then(
      () => null,
      (failure: Error & { code: string }) => failure,
    );
    expect(error?.code).toBe('unavailable');
    expect(error?.message).toMatch(reason);
    expect(error?.message).not.toContain('\n');
  });

  it('says in one sentence, without addresses, that the registry does not answer', async () => {
    const folder = temporaryFolder();
    const pin = { name: 'cellwright-probe', version: '1.0.0', integrity: 'sha512-', sizeBytes: 1 };
    const options = { scratch: scratchIn(folder), env: npmEnvironment(NOBODY) };
    const error = await fetchArchive(pin, path.join(folder, 'probe'), options).catch((failure: Error) => failure);
    expect(error).toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/^npm could not fetch .*ECONNREFUSED/),
    });
    expect((error as Error).message).not.toMatch(/127\.0\.0\.1|http/);
  });
});

describe('fetchArchive that is aborted', () => {
  it('says so, and not what npm complained of; before it began as well', async () => {
    const folder = temporaryFolder();
    let asked = 0;
    const stop = new AbortController();
    const address = await localServer(() => {
      asked++;
      stop.abort();
    });
    const pin = { name: 'cellwright-probe', version: '1.0.0', integrity: 'sha512-', sizeBytes: 1 };
    const options = { scratch: scratchIn(folder), env: npmEnvironment(address), signal: stop.signal };
    for (const _ of ['while npm waits', 'before it begins']) {
      const fetching = fetchArchive(pin, path.join(folder, 'probe'), options);
      await expect(fetching).rejects.toMatchObject({ name: 'AbortError' });
    }
    expect(asked).toBe(1);
  });
});

describe('unpackFiles', () => {
  it('unpacks the named files, byte for byte, and nothing else', async () => {
    const target = path.join(temporaryFolder(), 'out');
    await unpackFiles(file, { 'package/deep/er/bytes.bin': 'renamed/bytes', 'package/small.txt': 'small' }, target);
    expect(readFileSync(path.join(target, 'renamed/bytes')).equals(BYTES)).toBe(true);
    expect(readFileSync(path.join(target, 'small'), 'utf8')).toBe('small');
    expect(readdirSync(target).sort()).toEqual(['renamed', 'small']);
  });

  it('stops in the middle of a file when it is aborted, and at once where it was before', async () => {
    const target = path.join(temporaryFolder(), 'out');
    const stop = new AbortController();
    const unpacking = unpackFiles(file, { 'package/deep/er/bytes.bin': 'bytes' }, target, stop.signal);
    const aborted = expect(unpacking).rejects.toMatchObject({ name: 'AbortError' });
    while (!existsSync(path.join(target, 'bytes'))) await setImmediate();
    stop.abort();
    await aborted;
    expect(statSync(path.join(target, 'bytes')).size).toBeLessThan(BYTES.length);
    const again = unpackFiles(file, { 'package/small.txt': 'small' }, target, stop.signal);
    await expect(again).rejects.toMatchObject({ name: 'AbortError' });
    expect(existsSync(path.join(target, 'small'))).toBe(false);
  });

  it('refuses an archive that lacks a file, is cut off or is no archive', async () => {
    const folder = temporaryFolder();
    const bad = path.join(folder, 'bad.tgz');
    const wanted = { 'package/deep/er/bytes.bin': 'bytes' };
    await expect(unpackFiles(file, { 'package/none': 'none' }, folder)).rejects.toThrow('lacks package/none');
    writeFileSync(bad, readFileSync(file).subarray(0, 1_000_000));
    await expect(unpackFiles(bad, wanted, folder)).rejects.toThrow(/unexpected end|middle/);
    writeFileSync(bad, 'plain text');
    await expect(unpackFiles(bad, wanted, folder)).rejects.toThrow(/header/);
  });
});
