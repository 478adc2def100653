import { fork } from 'node:child_process';
import { once } from 'node:events';
import fs, { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { expect, it, onTestFinished, vi } from 'vitest';
import { smallConfig } from '../workbench/small-project.ts';
import { damagePage } from './damage-page.ts';
import { AT, completed, fill, finish, newFolder, openTestStore } from './store-setting.ts';

/** A closed project with 40 trials, of which the last has the best reward, and a backup. */
async function closedProject(): Promise<{ folder: string; file: string; backups: string }> {
  const { store, folder } = openTestStore();
  fill(store, 40);
  store.transaction(() => {
    for (let trial = 1; trial <= 40; trial++) {
      finish(store, trial, completed(trial / 100));
    }
  });
  await store.backUp();
  await store.close();
  return { folder, file: join(folder, 'cellwright.db'), backups: join(folder, 'backups') };
}

const WHOLE = { counts: { completed: 40 }, best: { trial: 40, reward: 0.4 } };

it('never lets the copy of a damaged database push out a good one', async () => {
  const { store, folder } = openTestStore();
  for (let round = 0; round < 3; round++) {
    store.experiments.create(smallConfig(), AT);
    await store.backUp();
  }
  const good = readdirSync(join(folder, 'backups'));
  damagePage(join(folder, 'cellwright.db'));
  for (let round = 0; round < 4; round++) {
    store.experiments.create(smallConfig(), AT);
    await expect(store.backUp()).rejects.toMatchObject({
      code: 'corrupt',
      message: expect.stringContaining('the earlier backups are kept'),
    });
  }
  expect(readdirSync(join(folder, 'backups'))).toEqual(good);
  await store.close();
  const { store: again } = openTestStore(folder);
  expect(again.restored?.was).toBe('damaged');
  expect(again.experiments.list()).toHaveLength(3);
});

it('clears away what backups left that were killed', async () => {
  const { folder, backups } = await closedProject();
  for (const ending of ['', '-wal', '-shm']) {
    writeFileSync(join(backups, `cellwright-20300102T030405678Z.db.tmp${ending}`), 'half a copy');
  }
  const { store } = openTestStore(folder);
  store.experiments.create(smallConfig(), AT);
  await store.backUp();
  expect(readdirSync(backups)).toHaveLength(2);
  expect(readdirSync(backups).filter((name) => !name.endsWith('Z.db'))).toEqual([]);
});

it('goes on from a backup where the database is gone or empty', async () => {
  const { folder, file } = await closedProject();
  for (const was of ['missing', 'damaged'] as const) {
    if (was === 'missing') rmSync(file);
    else writeFileSync(file, '');
    const { store } = openTestStore(folder);
    expect(store.restored).toMatchObject({ was, backupAt: expect.stringMatching(/^20\d\d-/) });
    expect(store.experiments.get(1)).toMatchObject(WHOLE);
    await store.close();
  }
});

it('begins no new project beside a database that was put aside', async () => {
  const { folder, file, backups } = await closedProject();
  rmSync(backups, { recursive: true });
  renameSync(file, `${file}.damaged-20300102T030405678Z`);
  for (let attempt = 0; attempt < 2; attempt++) {
    expect(() => openTestStore(folder)).toThrow(
      expect.objectContaining({ code: 'corrupt', message: expect.stringContaining('there is no backup that opens') }),
    );
  }
  expect(existsSync(file)).toBe(false);
});

it('restores, whenever it was killed while it did, and keeps what it put aside together', async () => {
  const { folder, file } = await closedProject();
  const sound = readFileSync(file);
  // Three names change: the database's, its log's, and that of the copy that takes its place.
  for (const renames of [1, 2, 3]) {
    const damaged = Buffer.from(sound).fill(0xa5, 4096, 4096 * 6);
    writeFileSync(file, damaged);
    writeFileSync(`${file}-wal`, 'a log');
    const restorer = fork(join(import.meta.dirname, 'kill-restore.ts'), [folder, String(renames)]);
    expect(await once(restorer, 'exit')).toEqual([null, 'SIGKILL']);
    const { store } = openTestStore(folder);
    expect(store.restored?.was).toBe(renames === 1 ? 'damaged' : 'missing');
    const aside = store.restored?.damaged ?? '';
    expect(readFileSync(aside).equals(damaged)).toBe(true);
    expect(readFileSync(`${aside}-wal`, 'utf8')).toBe('a log');
    expect(store.experiments.get(1)).toMatchObject(WHOLE);
    await store.close();
    for (const name of readdirSync(folder)) if (name.includes('damaged')) rmSync(join(folder, name));
  }
});

it('backs up and restores on Windows, which flushes only what can be written and opens no folder', async () => {
  // Its native part is this system's.
  new SQLite(':memory:').close();
  behaveAsWindows();
  const { folder, file } = await closedProject();
  writeFileSync(file, 'not any more');
  const { store } = openTestStore(folder);
  expect(store.restored?.was).toBe('damaged');
  expect(store.experiments.get(1)).toMatchObject(WHOLE);
});

/** In what this program's own files meet; SQLite's are native. */
function behaveAsWindows(): void {
  const { openSync, fsyncSync } = fs;
  const readOnly = new Set<number>();
  const refuse = (call: string): never => {
    throw Object.assign(new Error(`EPERM: operation not permitted, ${call}`), { code: 'EPERM' });
  };
  const opening = vi.spyOn(fs, 'openSync').mockImplementation((path, flags, mode) => {
    if (existsSync(path) && fs.statSync(path).isDirectory()) refuse('open');
    const handle = openSync(path, flags, mode);
    readOnly[flags === 'r' ? 'add' : 'delete'](handle);
    return handle;
  });
  const flushing = vi.spyOn(fs, 'fsyncSync').mockImplementation((handle) => {
    if (readOnly.has(handle)) refuse('fsync');
    fsyncSync(handle);
  });
  const platform = vi.spyOn(process, 'platform', 'get').mockReturnValue('win32');
  syncBuiltinESMExports();
  onTestFinished(() => {
    for (const spy of [opening, flushing, platform]) spy.mockRestore();
    syncBuiltinESMExports();
  });
}

it('makes a new project where there is an empty file and nothing else', async () => {
  const folder = newFolder();
  mkdirSync(join(folder, 'backups'), { recursive: true });
  writeFileSync(join(folder, 'cellwright.db'), '');
  const { store } = openTestStore(folder);
  expect(store.restored).toBeNull();
  expect(store.experiments.list()).toEqual([]);
});
