import { existsSync } from 'node:fs';
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

/** Looks at an existing file without writing to it. */
function refuseUnfit(file: string): void {
  let reader: SQLite.Database | undefined;
  try {
    reader = new SQLite(file, { readonly: true });
    const version = readVersion(reader);
    if (version > MIGRATIONS.length) {
      throw new WorkbenchError(
        'newer_version',
        `${file} was written by a newer Cellwright (schema ${version}, this one knows ${MIGRATIONS.length}): ` +
          'open it with that version.',
      );
    }
    const problem = findDamage(reader);
    if (problem !== null) throw new WorkbenchError('corrupt', `${file} is damaged: ${problem}.`);
  } catch (error) {
    if (isDamage(error)) {
      throw new WorkbenchError('corrupt', `${file} is damaged or no database.`, { cause: error });
    }
    throw error;
  } finally {
    reader?.close();
  }
}

/** What is wrong with an open database, or null. An empty file is a database that was never begun. */
function findDamage(database: SQLite.Database): string | null {
  const tables = database.prepare<[], { n: number }>('SELECT count(*) AS n FROM sqlite_schema').get()?.n ?? 0;
  if (tables > 0 && database.pragma('application_id', { simple: true }) !== APPLICATION_ID) {
    return 'it is not a project of Cellwright';
  }
  const found = String(database.pragma('quick_check(1)', { simple: true }));
  return found === 'ok' ? null : found.replaceAll('\n', ' ');
}
