import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { flushFile, flushFolder } from '../flush-to-disk.ts';
import { openDatabase } from './database.ts';

/** Copies that are kept, the newest ones. */
const KEPT_BACKUPS = 3;
const NAME = /^cellwright-(\d{8}T\d{9}Z)\.db$/;

/** What was done about a damaged database. */
export interface Restored {
  /** The backup that took its place. */
  readonly backup: string;
  /** ISO 8601. */
  readonly backupAt: string;
  /** Where the damaged file was put. */
  readonly damaged: string;
}

/** Copies the database while it is in use, and makes the copy durable before older ones are deleted. */
export async function backUp(database: Database, folder: string, at: Date): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `cellwright-${stamp(at)}.db`);
  const unfinished = `${file}.tmp`;
  try {
    await database.backup(unfinished);
    flushFile(unfinished);
    renameSync(unfinished, file);
  } finally {
    rmSync(unfinished, { force: true });
  }
  flushFolder(folder);
  for (const old of listBackups(folder).slice(KEPT_BACKUPS)) rmSync(join(folder, old));
}

/**
 * Puts a damaged database aside under another name and the newest backup that opens in its place. Null, and nothing
 * touched, when there is no such backup.
 */
export function restore(file: string, folder: string, at: Date): Restored | null {
  for (const name of listBackups(folder)) {
    const copy = `${file}.restored`;
    removeDatabase(copy);
    copyFileSync(join(folder, name), copy);
    if (!opens(copy)) {
      removeDatabase(copy);
      continue;
    }
    const damaged = `${file}.damaged-${stamp(at)}`;
    for (const part of ['', '-wal', '-shm']) {
      if (existsSync(file + part)) renameSync(file + part, damaged + part);
    }
    renameSync(copy, file);
    return { backup: join(folder, name), backupAt: readStamp(name), damaged };
  }
  return null;
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
