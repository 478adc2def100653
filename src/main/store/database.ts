import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { dirname } from 'node:path';
import SQLite from 'better-sqlite3';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import { APPLICATION_ID, MIGRATIONS, migrate, readVersion } from './migrations.ts';
import { isDamage } from './storage-error.ts';

/**
 * Opens a project's database, made when it is not there, at the newest schema. Every connection of Cellwright comes
 * from here, since the durability of a commit is a setting of the connection: better-sqlite3's own default in WAL mode
 * (synchronous = NORMAL) may lose the last commits in a power cut.
 * Throws `newer_version` before any write, `corrupt` for a damaged file or another program's.
 */
export function openDatabase(file: string): SQLite.Database {
  const isNew = !existsSync(file);
  if (!isNew) refuseUnfit(file);
  const database = new SQLite(file);
  try {
    configure(database);
    migrate(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function configure(database: SQLite.Database): void {
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  // Only macOS needs and knows it: there fsync alone leaves the data in the drive's cache.
  database.pragma('fullfsync = ON');
  database.pragma('foreign_keys = ON');
  const settings = ['journal_mode', 'synchronous', 'foreign_keys'].map((name) =>
    database.pragma(name, { simple: true }),
  );
  if (settings.join() !== 'wal,2,1') {
    throw new WorkbenchError(
      'unavailable',
      `The folder ${dirname(database.name)} can't hold a database safely (settings ${settings.join(', ')} instead of ` +
        'wal, 2, 1): choose a folder on a local disk.',
    );
  }
}

/**
 * Looks at all of an existing file, without writing to it: some 200 ms for 120 MB. Throws `newer_version`, and `corrupt`
 * for a damaged file or another program's.
 */
export function refuseUnfit(file: string): void {
  refuseNewer(file, versionInHeader(file));
  let reader: SQLite.Database | undefined;
  try {
    reader = new SQLite(file, { readonly: true });
    const version = readVersion(reader);
    refuseNewer(file, version);
    const problem = findDamage(reader, version);
    if (problem !== null) throw new WorkbenchError('corrupt', `${file} is damaged: ${problem}.`);
  } catch (error) {
    if (isDamage(error)) throw new WorkbenchError('corrupt', `${file} is damaged or no database.`, { cause: error });
    throw error;
  } finally {
    reader?.close();
  }
}

function refuseNewer(file: string, version: number): void {
  if (version <= MIGRATIONS.length) return;
  throw new WorkbenchError(
    'newer_version',
    `${file} was written by a newer Cellwright (schema ${version}, this one knows ${MIGRATIONS.length}): ` +
      'open it with that version.',
  );
}

/** Where SQLite's file format keeps the magic text, user_version and application_id. */
const HEADER = { magic: 'SQLite format 3\0', bytes: 100, userVersion: 60, applicationId: 68 };

/**
 * The schema's number as the file itself has it, 0 where the file is none of ours. Even a reading connection makes
 * files beside a database, so one that is newer is found out first. (A write-ahead log that was left behind may hold a
 * later number; the connection sees that one.)
 */
function versionInHeader(file: string): number {
  const header = Buffer.alloc(HEADER.bytes);
  const handle = openSync(file, 'r');
  try {
    readSync(handle, header, 0, HEADER.bytes, 0);
  } finally {
    closeSync(handle);
  }
  const isOurs =
    header.toString('latin1', 0, HEADER.magic.length) === HEADER.magic &&
    header.readUInt32BE(HEADER.applicationId) === APPLICATION_ID;
  return isOurs ? header.readUInt32BE(HEADER.userVersion) : 0;
}

/** What is wrong with an open database, or null. An empty file is a database that was never begun. */
function findDamage(database: SQLite.Database, version: number): string | null {
  const schema = readSchema(database);
  if (schema.length > 0 && database.pragma('application_id', { simple: true }) !== APPLICATION_ID) {
    return 'it is not a project of Cellwright';
  }
  if (schema.join() !== expectedSchema(version).join()) return 'its tables are not those of its version';
  const found = String(database.pragma('quick_check(1)', { simple: true }));
  return found === 'ok' ? null : found.replaceAll('\n', ' ');
}

function expectedSchema(version: number): string[] {
  const fresh = new SQLite(':memory:');
  try {
    migrate(fresh, MIGRATIONS.slice(0, version));
    return readSchema(fresh);
  } finally {
    fresh.close();
  }
}

function readSchema(database: SQLite.Database): string[] {
  return database
    .prepare<[], string>('SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name')
    .pluck()
    .all();
}
