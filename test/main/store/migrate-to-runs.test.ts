import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { expect, it } from 'vitest';
import { MIGRATIONS, readVersion } from '../../../src/main/store/migrations.ts';
import { writeOlderDatabase } from './older-database.ts';
import { BY_REWARD, newFolder, openTestStore } from './store-setting.ts';

const TRIALS = 20_000;

/** A project of schema 2 with so many trials. */
function olderProject(trials: number): { folder: string; file: string } {
  const folder = newFolder();
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'cellwright.db');
  writeOlderDatabase(file, trials);
  return { folder, file };
}

it('moves 20,000 trials to runs in seconds', () => {
  const { folder } = olderProject(TRIALS);
  const begun = performance.now();
  const processor = process.cpuUsage();
  const { store } = openTestStore(folder);
  const { user, system } = process.cpuUsage(processor);
  const seconds = (performance.now() - begun) / 1000;
  console.log(
    `20,000 trials moved in ${seconds.toFixed(1)} s, ${((user + system) / 1e6).toFixed(1)} s of the processor`,
  );
  expect((user + system) / 1e6).toBeLessThan(20);

  expect(store.experiments.get(1)).toMatchObject({
    counts: { completed: TRIALS },
    repeats: { queued: 0, running: 0 },
    best: { trial: 19_999, run: 1, reward: 0.19999 },
  });
  // The twentieth reuses the nineteenth: one run of both, and one number after the other goes on from there.
  expect(store.trials.get(1, 20)).toMatchObject({ reusedFrom: 19, reward: 0.00019, durationMs: 0, attempts: 0 });
  expect(store.rows.idOf(1, 20)).toBe(store.rows.idOf(1, 19));
  expect(store.epochs.list(store.rows.idOf(1, 19))).toHaveLength(8);
  expect(store.attempts.list(store.rows.idOf(1, 19))).toMatchObject([{ attempt: 1, batchSize: 8 }]);
  expect(store.runs.spec(store.rows.idOf(1, TRIALS - 1))).toMatchObject({ kind: 'train', seed: TRIALS - 1 });
  expect(store.leaderboard.read(1, BY_REWARD, 0, 3).rows.map(({ trial }) => trial.trial)).toEqual([
    19_999, 20_000, 19_998,
  ]);
}, 120_000);

it('leaves the old schema whole where it is killed in the middle, and moves all the next time', async () => {
  const { folder, file } = olderProject(2000);
  const mover = fork(join(import.meta.dirname, 'kill-migration.ts'), [file]);
  expect(await once(mover, 'exit')).toEqual([null, 'SIGKILL']);
  // It had come far: its pages are in the log.
  expect(statSync(`${file}-wal`).size).toBeGreaterThan(1_000_000);
  const database = new SQLite(file);
  expect(readVersion(database)).toBe(2);
  expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
  const count = (table: string) => database.prepare(`SELECT count(*) FROM ${table}`).pluck().get();
  expect(['trials', 'epochs', 'attempts', 'leaderboard'].map(count)).toEqual([2000, 14_400, 2000, 4000]);
  const tables = database.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name`).pluck().all();
  expect(tables.filter((name) => /^older_|^runs|artifacts/.test(String(name)))).toEqual([]);
  database.close();

  const { store } = openTestStore(folder);
  expect(store.restored).toBeNull();
  expect(store.experiments.get(1)).toMatchObject({
    counts: { completed: 2000 },
    best: { trial: 1999, reward: 0.01999 },
  });
  const moved = new SQLite(file);
  expect(readVersion(moved)).toBe(MIGRATIONS.length);
  expect(moved.pragma('foreign_key_check')).toEqual([]);
  moved.close();
});
