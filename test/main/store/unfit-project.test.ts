import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { expect, it } from 'vitest';
import { openDatabase } from '../../../src/main/store/database.ts';
import { MIGRATIONS, migrate, readVersion } from '../../../src/main/store/migrations.ts';
import { openStore } from '../../../src/main/store/store.ts';
import { randomUint32 } from '../../../src/shared/random.ts';
import { NASNET_A } from '../../../src/shared/search-space/cells.ts';
import { WorkbenchError } from '../../../src/shared/workbench-error.ts';
import { smallConfig } from '../workbench/small-project.ts';
import { olderConfig } from './older-database.ts';
import { AT, BY_REWARD, begin, completed, fill, finish, newFolder, openTestStore } from './store-setting.ts';

const open = (folder: string) =>
  openStore(
    folder,
    () => undefined,
    () => new Date(),
  );

function refusal(work: () => unknown): WorkbenchError {
  try {
    work();
  } catch (error) {
    if (error instanceof WorkbenchError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

function hashOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

/** A closed project with 40 trials in its database; backups go with it unless they are not wanted. */
async function closedProject(): Promise<{ folder: string; file: string }> {
  const { store, folder } = openTestStore();
  fill(store, 40);
  store.transaction(() => {
    for (let trial = 1; trial <= 40; trial++) {
      finish(store, trial, completed(trial / 100));
    }
  });
  await store.backUp();
  await store.close();
  return { folder, file: join(folder, 'cellwright.db') };
}

it('runs every connection with WAL, full synchronisation and foreign keys', () => {
  const folder = newFolder();
  mkdirSync(folder, { recursive: true });
  const database = openDatabase(join(folder, 'a.db'));
  expect(
    ['journal_mode', 'synchronous', 'foreign_keys'].map((name) => database.pragma(name, { simple: true })),
  ).toEqual(['wal', 2, 1]);
  database.close();
});

it('refuses a newer database before it writes a byte', async () => {
  const { folder, file } = await closedProject();
  const database = new SQLite(file);
  database.pragma(`user_version = ${MIGRATIONS.length + 1}`);
  database.close();
  const before = hashOf(file);
  expect(refusal(() => open(folder))).toMatchObject({
    code: 'newer_version',
    message: expect.stringContaining('was written by a newer Cellwright'),
  });
  expect(hashOf(file)).toBe(before);
  expect(readdirSync(folder).filter((name) => name.startsWith('cellwright.db-'))).toEqual([]);
});

it('leaves a failed migration out as a whole', () => {
  const database = new SQLite(':memory:');
  expect(() => migrate(database, ['CREATE TABLE a (x)', 'CREATE TABLE b (x); CREATE TABLE a (x)'])).toThrow(
    'already exists',
  );
  expect(readVersion(database)).toBe(1);
  const tables = database.prepare<[], { name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
  expect(tables.map(({ name }) => name)).toEqual(['a']);
  migrate(database, ['CREATE TABLE a (x)', 'CREATE TABLE b (x)']);
  expect(readVersion(database)).toBe(2);
});

it('opens a project of the first schema, whose trials have the batch size that was asked for', () => {
  const folder = newFolder();
  mkdirSync(folder, { recursive: true });
  const database = new SQLite(join(folder, 'cellwright.db'));
  migrate(database, MIGRATIONS.slice(0, 1));
  const config = JSON.stringify(olderConfig());
  database
    .prepare("INSERT INTO experiments (experiment, config, state, created_at) VALUES (1, ?, 'paused', ?)")
    .run(config, AT);
  database
    .prepare(
      `INSERT INTO trials (experiment, trial, state, architecture, hash, origin, seed, trainable_parameters,
         total_parameters, multiply_adds, queued_at, operations, operation_uses, origin_order)
       VALUES (1, 1, 'queued', ?, '', '', 1, 1, 1, 1, ?, 0, '', '')`,
    )
    .run(JSON.stringify(NASNET_A), AT);
  database.prepare('INSERT INTO attempts (experiment, trial, attempt, started_at) VALUES (1, 1, 1, ?)').run(AT);
  database.close();
  const { store } = openTestStore(folder);
  expect(store.restored).toBeNull();
  expect(store.trials.get(1, 1)).toMatchObject({ trial: 1, reducedBatchSize: null });
  expect(store.attempts.list(store.rows.idOf(1, 1))).toMatchObject([{ attempt: 1, batchSize: null }]);
  const lease = begin(store, 1)!;
  expect(store.runs.reduceBatch(lease, 16)).toEqual([]);
  expect(store.trials.get(1, 1).reducedBatchSize).toBe(16);
});

it("refuses another program's database", () => {
  const folder = newFolder();
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'cellwright.db');
  const database = new SQLite(file);
  database.exec('CREATE TABLE theirs (x)');
  database.close();
  expect(refusal(() => open(folder))).toMatchObject({
    code: 'corrupt',
    message: expect.stringContaining('it is not a project of Cellwright'),
  });
});

it('says that a damaged database without a backup is damaged, and leaves it as it is', () => {
  const folder = newFolder();
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'cellwright.db');
  writeFileSync(file, 'These are 8,192 bytes of something else. '.repeat(200));
  const before = hashOf(file);
  const error = refusal(() => open(folder));
  expect(error.code).toBe('corrupt');
  expect(error.message).toContain('there is no backup that opens');
  expect(hashOf(file)).toBe(before);
  expect(readdirSync(folder).toSorted()).toEqual(['cellwright.db', 'lock']);
});

it('puts a damaged database aside, never deletes it, and goes on from the newest good backup', async () => {
  const { folder, file } = await closedProject();
  const bytes = readFileSync(file);
  bytes.fill(0xa5, 4096, 4096 * 6);
  writeFileSync(file, bytes);
  const damaged = hashOf(file);
  // A newer backup that is damaged as well is passed over.
  writeFileSync(join(folder, 'backups', 'cellwright-20990101T000000000Z.db'), 'no database');

  const { store } = openTestStore(folder);
  expect(store.restored?.backupAt).toMatch(/^20\d\d-\d\d-\d\dT/);
  expect(hashOf(store.restored!.damaged!)).toBe(damaged);
  expect(store.experiments.get(1)).toMatchObject({ counts: { completed: 40 }, best: { trial: 40, reward: 0.4 } });
});

it('answers every damage that is found with a restored backup, and never crashes', async () => {
  const { folder, file } = await closedProject();
  const sound = readFileSync(file);
  let restored = 0;
  for (let copy = 0; copy < 40; copy++) {
    const bytes = Buffer.from(sound);
    const random = (index: number) => randomUint32(77, copy, index);
    if (copy % 3 === 0) bytes.fill(0, 4096 * (random(0) % (bytes.length / 4096)), undefined);
    else
      for (let flip = 0; flip < 1 + (random(1) % 64); flip++)
        bytes[random(2 + flip) % bytes.length]! ^= 1 << (flip % 8);
    writeFileSync(file, copy % 5 === 0 ? bytes.subarray(0, random(99) % bytes.length) : bytes);
    const store = open(folder);
    if (store.restored) {
      restored++;
      expect(store.leaderboard.read(1, BY_REWARD, 0, 50).rows.map(({ trial }) => trial.trial)).toEqual(
        Array.from({ length: 40 }, (_, index) => 40 - index),
      );
    }
    await store.close();
    writeFileSync(file, sound);
  }
  expect(restored).toBeGreaterThan(20);
});

it('keeps three backups, and copies only what changed', async () => {
  const { store, folder } = openTestStore();
  for (let round = 0; round < 5; round++) {
    store.experiments.create(smallConfig(), AT);
    await store.backUp();
    await store.backUp();
  }
  const backups = readdirSync(join(folder, 'backups'));
  expect(backups).toHaveLength(3);
  expect(backups.every((name) => /^cellwright-\d{8}T\d{9}Z\.db$/.test(name))).toBe(true);
  const newest = new SQLite(join(folder, 'backups', backups.toSorted().at(-1)!), { readonly: true });
  expect(newest.prepare('SELECT count(*) AS n FROM experiments').get()).toEqual({ n: 5 });
  newest.close();
});

it('says so when the folder can only be read, or is a file', async () => {
  const { folder } = await closedProject();
  const file = join(folder, 'a-file');
  writeFileSync(file, '');
  expect(refusal(() => open(file))).toMatchObject({
    code: 'invalid_input',
    message: expect.stringContaining('is a file'),
  });
  chmodSync(join(folder, '..'), 0o755);
  for (const name of ['cellwright.db', 'lock']) chmodSync(join(folder, name), 0o444);
  chmodSync(folder, 0o555);
  asOrdinaryUser(() => {
    expect(refusal(() => open(folder))).toMatchObject({ code: 'read_only' });
    expect(refusal(() => open(join(folder, 'new')))).toMatchObject({ code: 'read_only' });
  });
  chmodSync(folder, 0o755);
});

/** Permissions mean nothing to root, so the test gives that up for a moment. */
function asOrdinaryUser(work: () => void): void {
  const isRoot = process.getuid?.() === 0;
  if (isRoot) process.seteuid?.(65534);
  try {
    work();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}
