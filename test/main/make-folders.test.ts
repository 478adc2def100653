import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect, it, onTestFinished } from 'vitest';
import { makeFolders } from '../../src/main/make-folders.ts';

const MODULE = new URL('../../src/main/make-folders.ts', import.meta.url).href;

/** Makes the same folders as its siblings, each at the same moment as they do. */
const SIBLING = `
  const { workerData, parentPort } = require('node:worker_threads');
  import(workerData.module).then(({ makeFolders }) => {
    const arrived = new Int32Array(workerData.arrived);
    for (let round = 1; round <= workerData.rounds; round++) {
      Atomics.add(arrived, 0, 1);
      while (Atomics.load(arrived, 0) < round * workerData.siblings);
      makeFolders(workerData.root + '/' + round + '/a/b/c');
    }
    parentPort.postMessage('done');
  });
`;

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cellwright-folders-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

it('does not mind that another one makes the same folders at the same moment', async () => {
  const root = scratch();
  const [siblings, rounds] = [2, 300];
  const arrived = new SharedArrayBuffer(4);
  const ends = Array.from({ length: siblings }, async () => {
    const worker = new Worker(SIBLING, { eval: true, workerData: { module: MODULE, root, rounds, siblings, arrived } });
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    worker.on('message', resolve);
    worker.on('error', (error) => {
      // Who waits for this one goes on.
      Atomics.store(new Int32Array(arrived), 0, 2 ** 30);
      reject(error);
    });
    return await promise;
  });
  expect(await Promise.all(ends)).toEqual(['done', 'done']);
  expect(statSync(join(root, String(rounds), 'a', 'b', 'c')).isDirectory()).toBe(true);
});

it('is refused below a file', () => {
  const file = join(scratch(), 'file');
  writeFileSync(file, '');
  expect(() => makeFolders(join(file, 'a', 'b'))).toThrow(/ENOTDIR/);
});
