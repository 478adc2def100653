import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Database } from 'better-sqlite3';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import { flushFile, flushFolder } from '../flush-to-disk.ts';
import { openDatabase } from './database.ts';

/** Copies that are kept, the newest ones. */
const KEPT_BACKUPS = 3;
const NAME = /^cellwright-(\d{8}T\d{9}Z)\.db$/;
/** A copy that is being made, and what SQLite puts beside it. */
const UNFINISHED = /^cellwright-\w+\.db\.tmp(-wal|-shm|-journal)?$/;

/** What was done about a database that could not be opened. */
export interface Restored {
  readonly was: 'damaged' | 'missing';
  /** The backup that took its place. */
  readonly backup: string;
  /** ISO 8601. */
  readonly backupAt: string;
  /** Where the damaged file was put, maybe by a process that was killed before it went on; null where there is none. */
  readonly damaged: string | null;
}

/**
 * Copies the database while it is in use. The copy is read through and made durable before older ones are deleted:
 * damage to a file goes unnoticed and is copied as it is. Throws `corrupt` for such a copy, which is deleted.
 */
export async function backUp(database: Database, folder: string, at: Date): Promise<void> {
  mkdirSync(folder, { recursive: true });
  removeUnfinished(folder);
  const file = join(folder, `cellwright-${stamp(at)}.db`);
  const unfinished = `${file}.tmp`;
  try {
    await database.backup(unfinished);
    await refuseDamaged(unfinished);
    flushFile(unfinished);
    renameSync(unfinished, file);
  } finally {
    removeUnfinished(folder);
  }
  flushFolder(folder);
  for (const old of listBackups(folder).slice(KEPT_BACKUPS)) rmSync(join(folder, old));
}

async function refuseDamaged(copy: string): Promise<void> {
  const problem = await askThread(copy);
  if (problem === null) return;
  throw new WorkbenchError(
    'corrupt',
    "A copy of the project's database was damaged, most likely since the database is: the copy was deleted, and the " +
      'earlier backups are kept. Open the project again: a damaged database is found then, and the newest of them ' +
      'takes its place.',
    { cause: new Error(problem) },
  );
}

/** What is wrong with a database, or null. Of 120 MB the answer takes some 200 ms, in which the main thread goes on. */
async function askThread(file: string): Promise<string | null> {
  const thread = new Worker(new URL('./backups-check-thread.ts', import.meta.url), {
    name: 'cellwright backup',
    workerData: file,
    execArgv: [],
  });
  let answer: string | null | undefined;
  thread.once('message', (told: string | null) => {
    answer = told;
  });
  // Rejects with what the thread threw.
  const [code] = await once(thread, 'exit');
  if (answer === undefined) throw new Error(`The thread that looks at a backup ended with ${code} and no answer.`);
  return answer;
}

/**
 * Puts a damaged database aside under another name and the newest backup that opens in its place. Null, and nothing
 * touched, when there is no such backup. A process that is killed on the way leaves no database: see `findRemains`.
 */
export function restore(file: string, folder: string, at: Date): Restored | null {
  const was = existsSync(file) ? 'damaged' : 'missing';
  for (const name of listBackups(folder)) {
    const copy = `${file}.restored`;
    removeDatabase(copy);
    copyFileSync(join(folder, name), copy);
    if (!opens(copy)) {
      removeDatabase(copy);
      continue;
    }
    const damaged = setAside(file, at);
    renameSync(copy, file);
    flushFolder(dirname(file));
    return { was, backup: join(folder, name), backupAt: readStamp(name), damaged };
  }
  return null;
}

/** A file that tells of a database which was there once: its newest backup, or what was put aside. */
export function findRemains(file: string, folder: string): string | null {
  const [newest] = listBackups(folder);
  return newest === undefined ? findSetAside(file) : join(folder, newest);
}

/**
 * Renames a database with all that SQLite keeps beside it: a log that stayed would be taken for the next database's.
 * Returns the database's new name, or where an earlier restore put it.
 */
function setAside(file: string, at: Date): string | null {
  const earlier = existsSync(file) ? null : findSetAside(file);
  // A log goes where its database went before.
  const isPair = earlier !== null && !existsSync(`${earlier}-wal`);
  const aside = isPair ? earlier : `${file}.damaged-${stamp(at)}`;
  for (const part of ['', '-wal', '-shm']) {
    if (existsSync(file + part)) renameSync(file + part, aside + part);
  }
  flushFolder(dirname(file));
  return existsSync(aside) ? aside : earlier;
}

/** The database that was put aside last. */
function findSetAside(file: string): string | null {
  const start = `${basename(file)}.damaged-`;
  const names = readdirSync(dirname(file)).filter((name) => name.startsWith(start) && !/-(wal|shm)$/.test(name));
  const newest = names.sort().at(-1);
  return newest === undefined ? null : join(dirname(file), newest);
}

function opens(file: string): boolean {
  try {
    openDatabase(file).close();
    flushFile(file);
    return true;
  } catch {
    // Any reason counts: a backup that does not open is passed over for the one before it.
    return false;
  }
}

/** Newest first. */
function listBackups(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => NAME.test(name))
    .sort()
    .reverse();
}

/** Also of backups that were killed. */
function removeUnfinished(folder: string): void {
  for (const name of readdirSync(folder)) if (UNFINISHED.test(name)) rmSync(join(folder, name));
}

function removeDatabase(file: string): void {
  for (const part of ['', '-wal', '-shm']) rmSync(file + part, { force: true });
}

function stamp(at: Date): string {
  return at.toISOString().replaceAll(/[-:.]/g, '');
}

function readStamp(name: string): string {
  const digits = basename(name).match(NAME)?.[1] ?? '';
  return digits.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z$/, '$1-$2-$3T$4:$5:$6.$7Z');
}
