import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { tensorflowStep } from '../../../src/main/setup/tensorflow.ts';
import { checkWheel, unpackWheel } from '../../../src/main/setup/wheel-files.ts';
import { tensorflowPin } from '../../../src/main/setup/wheels.ts';
import { contextFor, localServer, NOBODY, pipEnvironment, temporaryFolder } from './setting.ts';

/** Writes a zip with Python's own zipfile; the values are Python expressions of bytes. */
function writeZip(file: string, entries: Readonly<Record<string, string>>): void {
  const lines = Object.entries(entries).map(([name, bytes]) => `z.writestr(${JSON.stringify(name)}, ${bytes})`);
  execFileSync('python3', [
    '-c',
    ['import sys,zipfile', 'z=zipfile.ZipFile(sys.argv[1],"w",8)', ...lines, 'z.close()'].join('\n'),
    file,
  ]);
}

const PYTHON = 'python3';

describe('unpackWheel', () => {
  it('unpacks what starts with a wanted prefix, without what is left out, and counts the bytes', async () => {
    const folder = temporaryFolder();
    const wheel = path.join(folder, 'probe.whl');
    writeZip(wheel, {
      'lib/one.so': 'bytes(range(256))*40000',
      'lib/include/no.h': 'b"no"',
      'lib/two.so': 'b"two"',
      'python/x.py': 'b""',
    });
    const counts: number[] = [];
    await unpackWheel(wheel, path.join(folder, 'out'), ['lib/', '!/include/'], PYTHON, {
      onBytes: (bytes) => counts.push(bytes),
    });
    expect(statSync(path.join(folder, 'out/lib/one.so')).size).toBe(10_240_000);
    expect(readFileSync(path.join(folder, 'out/lib/two.so'), 'utf8')).toBe('two');
    expect(readdirSync(path.join(folder, 'out'), { recursive: true })).toHaveLength(3);
    expect(counts.at(-1)).toBe(10_240_003);
  });

  it('refuses a wheel that is cut off, that is damaged inside, or that holds nothing that is wanted', async () => {
    const folder = temporaryFolder();
    const wheel = path.join(folder, 'probe.whl');
    const out = path.join(folder, 'out');
    writeZip(wheel, { 'lib/one.so': '__import__("os").urandom(100000)' });
    await expect(unpackWheel(wheel, out, ['other/'], PYTHON)).rejects.toThrow('none of the wanted entries');
    const bytes = readFileSync(wheel);
    bytes[50_000]! ^= 1;
    writeFileSync(wheel, bytes);
    await expect(unpackWheel(wheel, out, ['lib/'], PYTHON)).rejects.toMatchObject({ code: 'corrupt' });
    truncateSync(wheel, 60_000);
    await expect(unpackWheel(wheel, out, ['lib/'], PYTHON)).rejects.toMatchObject({ code: 'corrupt' });
  });

  it('never writes outside of its folder', async () => {
    const folder = temporaryFolder();
    const wheel = path.join(folder, 'probe.whl');
    writeZip(wheel, { 'lib/../../escaped': 'b"x"' });
    mkdirSync(path.join(folder, 'deep'));
    await expect(unpackWheel(wheel, path.join(folder, 'deep'), ['lib/'], PYTHON)).rejects.toThrow(
      'would leave the folder',
    );
    expect(existsSync(path.join(folder, 'escaped'))).toBe(false);
  });

  const canMount = spawnSucceeds('unshare', ['-Urm', 'true']);
  it.skipIf(!canMount)('says that the disk is full where it is', async () => {
    const folder = temporaryFolder();
    const wheel = path.join(folder, 'probe.whl');
    writeZip(wheel, { 'lib/one.so': 'bytes(20000000)' });
    // A disk of 1 MB, seen by the unpacking Python alone.
    const python = path.join(folder, 'python');
    const small = path.join(folder, 'small');
    mkdirSync(small);
    writeFileSync(
      python,
      `#!/bin/sh\nexec unshare -Urm sh -c 'mount -t tmpfs -o size=1m none "${small}" && exec python3 "$@"' sh "$@"\n`,
      { mode: 0o755 },
    );
    await expect(unpackWheel(wheel, small, ['lib/'], python)).rejects.toMatchObject({ code: 'disk_full' });
  });
});

function spawnSucceeds(command: string, args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    // Not allowed, or no such program: it does not succeed.
    return false;
  }
}

describe('checkWheel', () => {
  it('tells a wheel of the wrong size from one of the wrong contents', async () => {
    const file = path.join(temporaryFolder(), 'probe.whl');
    writeFileSync(file, 'abc');
    // The SHA-256 of "abc" from FIPS 180-2.
    const sha256 = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    const wheel = { name: 'probe', version: '1', sha256, sizeBytes: 3 };
    await checkWheel(wheel, file);
    await expect(checkWheel({ ...wheel, sizeBytes: 4 }, file)).rejects.toThrow('it has 3 bytes instead of 4');
    await expect(checkWheel({ ...wheel, sha256: sha256.replace('b', 'c') }, file)).rejects.toThrow(
      'its sha256 differs',
    );
  });
});

const pin = tensorflowPin(process.platform, process.arch, 'cpu');

describe.skipIf(pin === null)('the TensorFlow step', () => {
  it('says in one sentence that the index does not answer, and leaves nothing half-done', async () => {
    const home = temporaryFolder();
    const error = await Promise.resolve(tensorflowStep.run(contextFor(home, pipEnvironment(NOBODY)))).catch(
      (failure: Error) => failure,
    );
    expect(error).toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/^pip could not fetch tensorflow/),
    });
    expect((error as Error).message).not.toMatch(/\n|http|127\.0\.0\.1/);
    expect(readdirSync(path.join(home, 'scratch'))).toEqual([]);
  });

  it('refuses a wheel from the index that is not the pinned one', async () => {
    const home = temporaryFolder();
    const { name, version } = pin!.wheels[0]!;
    const stem = `${name.replaceAll('-', '_')}-${version}`;
    const file = `${stem}-cp312-cp312-${pin!.platforms[0]}.whl`;
    writeZip(path.join(home, file), {
      [`${stem}.dist-info/METADATA`]: `b"Metadata-Version: 2.1\\nName: ${name}\\nVersion: ${version}\\n"`,
      [`${stem}.dist-info/WHEEL`]: 'b"Wheel-Version: 1.0\\n"',
    });
    const wheel = readFileSync(path.join(home, file));
    const index = await localServer((request, response) => {
      if (request.url?.endsWith('.whl')) return void response.end(wheel);
      response.setHeader('content-type', 'text/html');
      response.end(`<!DOCTYPE html><html><body><a href="/files/${file}">${file}</a></body></html>`);
    });
    const running = tensorflowStep.run(contextFor(home, pipEnvironment(index)));
    await expect(running).rejects.toMatchObject({
      code: 'corrupt',
      message: expect.stringContaining(`it has ${wheel.length} bytes instead of ${pin!.wheels[0]!.sizeBytes}`),
    });
    expect(existsSync(path.join(home, 'tensorflow'))).toBe(false);
  });

  it('refuses a build that does not exist', async () => {
    const context = contextFor(temporaryFolder(), { ...process.env, CELLWRIGHT_TENSORFLOW: 'tpu' });
    await expect(tensorflowStep.run(context)).rejects.toThrow(
      'CELLWRIGHT_TENSORFLOW is "tpu": it must be cpu or cuda.',
    );
  });
});
