import { existsSync, readFileSync, renameSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { expect, it, onTestFinished } from 'vitest';
import { openDataset } from '../../../src/main/datasets/stored-dataset.ts';
import { type VerifyOptions, verifyDataset } from '../../../src/main/datasets/verify-dataset.ts';
import { DatasetWriter } from '../../../src/main/datasets/write-dataset.ts';
import { makeFolders } from '../../../src/main/make-folders.ts';
import { scratchFolder, writeSmallDataset } from '../workbench/small-project.ts';

function smallHome() {
  const { folder, remove } = scratchFolder();
  onTestFinished(remove);
  writeSmallDataset(folder);
  const file = (name: string): string => join(folder, 'datasets', 'small', name);
  const verify = (options: Partial<VerifyOptions> = {}) =>
    verifyDataset(openDataset(folder, 'small'), { home: folder, ...options });
  return { home: folder, file, verify };
}

/** Other bytes in a file's place, with its size and its time of modification. */
function swap(file: string, bytes: Buffer): void {
  const { atime, mtime, size } = statSync(file);
  expect(bytes).toHaveLength(size);
  writeFileSync(`${file}.other`, bytes);
  renameSync(`${file}.other`, file);
  utimesSync(file, atime, mtime);
  expect(statSync(file).mtime).toEqual(mtime);
}

it('finds the bytes of a whole data set, and remembers nothing of a small one', async () => {
  const { home, verify } = smallHome();
  await verify();
  expect(existsSync(join(home, 'verified-files.json'))).toBe(false);
});

it('names the file whose bytes are others, and what to do, also at the same size and time of modification', async () => {
  for (const name of ['train-images.bin', 'train-labels.bin', 'test-images.bin', 'test-labels.bin']) {
    const { file, verify } = smallHome();
    const bytes = readFileSync(file(name));
    const whole = Buffer.from(bytes);
    bytes[bytes.length - 1]! ^= 1;
    swap(file(name), bytes);
    await expect(verify(), name).rejects.toMatchObject({
      code: 'corrupt',
      message:
        `The data set "small" is damaged (${name} does not hold what its manifest says): ` +
        'bring its files back from where they came.',
    });
    swap(file(name), whole);
    await verify();
  }
});

it('notices labels that were swapped among the images', async () => {
  const { folder, remove } = scratchFolder();
  onTestFinished(remove);
  const place = join(folder, 'datasets', 'tiny');
  makeFolders(place);
  const imageSize = { height: 1, width: 1 };
  const about = {
    name: 'tiny',
    title: 'Tiny',
    imageSize,
    channels: 3 as const,
    classes: ['a', 'b'],
    source: 'a test',
    licence: 'none',
  };
  const writer = new DatasetWriter(place, about);
  writer.append('train', Uint8Array.of(1, 2, 3, 4, 5, 6), Int32Array.of(0, 1));
  writer.finish();
  await verifyDataset(openDataset(folder, 'tiny'), { home: folder });
  const labels = join(place, 'train-labels.bin');
  swap(labels, Buffer.concat([readFileSync(labels).subarray(4), readFileSync(labels).subarray(0, 4)]));
  await expect(verifyDataset(openDataset(folder, 'tiny'), { home: folder })).rejects.toThrow('train-labels.bin');
});

it('does not read a large data set again while its files stand as they did, and does once one was touched', async () => {
  const { home, file, verify } = smallHome();
  const large = { rememberedFromBytes: 0 };
  await verify(large);
  const kept = readFileSync(join(home, 'verified-files.json'), 'utf8');
  // A memory of another's bytes: only what does not read believes it.
  const images = readFileSync(file('train-images.bin'));
  await verify(large);
  expect(readFileSync(join(home, 'verified-files.json'), 'utf8')).toBe(kept);
  images[0]! ^= 1;
  swap(file('train-images.bin'), images);
  await expect(verify(large)).rejects.toThrow('train-images.bin');
  images[0]! ^= 1;
  writeFileSync(file('train-images.bin'), images);
  await verify(large);
  expect(readFileSync(join(home, 'verified-files.json'), 'utf8')).not.toBe(kept);
});

it('believes what it remembers, and reads through where the memory is damaged', async () => {
  const { home, file, verify } = smallHome();
  const large = { rememberedFromBytes: 0 };
  await verify(large);
  const memory = join(home, 'verified-files.json');
  const name = file('train-images.bin');
  writeFileSync(name, Buffer.alloc(statSync(name).size, 9));
  const { ctimeNs, ino } = statSync(name, { bigint: true });
  const marks = JSON.parse(readFileSync(memory, 'utf8')) as Record<string, object>;
  marks[name] = { ...marks[name], changedNs: String(ctimeNs), inode: String(ino) };
  writeFileSync(memory, JSON.stringify(marks));
  await verify(large);
  writeFileSync(memory, '{ damaged');
  await expect(verify(large)).rejects.toThrow('train-images.bin');
});

it('reads once for all who ask at the same time, and goes on for them when the first gives up', async () => {
  const { verify } = smallHome();
  const first = new AbortController();
  const asked = [verify({ signal: first.signal }), verify(), verify()];
  first.abort(new Error('given up'));
  const [given, ...others] = await Promise.allSettled(asked);
  expect(given).toMatchObject({ status: 'rejected', reason: { message: 'given up' } });
  expect(others.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
});

it('says once why it takes a while', async () => {
  const { verify } = smallHome();
  const said: string[] = [];
  await verify({ say: (sentence) => said.push(sentence) });
  expect(said).toEqual([]);
  const { verify: slow } = largeHome(64e6);
  await slow({ toldAfterMs: 1, say: (sentence) => said.push(sentence) });
  expect(said).toEqual([expect.stringMatching(/^The data set Large \(0\.1 GB\) is compared with its hashes before/)]);
});

it("reads a data set of CIFAR-10's size in under 1 % of a quick search, and lets other work in between", async () => {
  const { verify } = largeHome(184e6);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const before = performance.now();
  const cpu = process.cpuUsage();
  await verify();
  const { user, system } = process.cpuUsage(cpu);
  delay.disable();
  const ms = performance.now() - before;
  console.log(
    `184 MB in ${ms.toFixed(0)} ms, ${((user + system) / 1000).toFixed(0)} ms of the processor; event loop late by ` +
      `${(delay.percentile(99) / 1e6).toFixed(1)} ms in 99 of 100 turns, ${(delay.max / 1e6).toFixed(1)} ms at most`,
  );
  // A quick search of six trials takes three minutes on two cores.
  expect((user + system) / 1000).toBeLessThan(1_800);
});

function largeHome(bytes: number) {
  const { folder, remove } = scratchFolder();
  onTestFinished(remove);
  const place = join(folder, 'datasets', 'large');
  makeFolders(place);
  const imageSize = { height: 32, width: 32 };
  const about = {
    name: 'large',
    title: 'Large',
    imageSize,
    channels: 3 as const,
    classes: ['a', 'b'],
    source: 'a test',
    licence: 'none',
  };
  const writer = new DatasetWriter(place, about);
  const images = 1_000;
  const some = Uint8Array.from({ length: images * 3_072 }, (_, index) => index % 251);
  for (let written = 0; written < bytes; written += some.length) writer.append('train', some, new Int32Array(images));
  writer.finish();
  const verify = (options: Partial<VerifyOptions> = {}) =>
    verifyDataset(openDataset(folder, 'large'), { home: folder, ...options });
  return { verify };
}
