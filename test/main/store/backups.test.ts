import fs, { existsSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { expect, it, onTestFinished, vi } from 'vitest';
import { AT, completed, fill, openTestStore } from './store-setting.ts';

/** A closed project with 40 trials, of which the last has the best reward, and a backup. */
async function closedProject(): Promise<{ folder: string; file: string; backups: string }> {
  const { store, folder } = openTestStore();
  fill(store, 40);
  store.transaction(() => {
    for (let trial = 1; trial <= 40; trial++) {
      store.trials.finish(store.trials.lease(1, trial, AT)!, completed(trial / 100), AT);
    }
  });
  await store.backUp();
  await store.close();
  return { folder, file: join(folder, 'cellwright.db'), backups: join(folder, 'backups') };
}

const WHOLE = { counts: { completed: 40 }, best: { trial: 40, reward: 0.4 } };

it('backs up and restores on Windows, which flushes only what can be written and opens no folder', async () => {
  // Its native part is this system's.
  new SQLite(':memory:').close();
  behaveAsWindows();
  const { folder, file } = await closedProject();
  writeFileSync(file, 'not any more');
  const { store } = openTestStore(folder);
  expect(store.restored).not.toBeNull();
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
