import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import { errorCode, explainStorageError } from './storage-error.ts';

/** Kept until they are freed: a database that nothing refers to is closed with the garbage, and its lock goes with it. */
const held = new Set<SQLite.Database>();

/**
 * Makes this process the only opener of a project, until the returned function is called or the process ends in
 * whatever way: the lock is an exclusive transaction on a small database of its own, so the system's kernel holds it
 * and no stale file can. Throws `conflict` within milliseconds when somebody else has it, `read_only` when the folder
 * can't be written. Nobody may open and close the file by other means in this process: POSIX would drop the lock.
 */
export function lockProject(folder: string): () => void {
  const file = join(folder, 'lock');
  let database: SQLite.Database | undefined;
  try {
    database = new SQLite(file, { timeout: 0 });
    // The write, never committed, finds out a file that can only be read: there BEGIN EXCLUSIVE would lock nothing.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE; PRAGMA user_version = 1');
  } catch (error) {
    database?.close();
    if (errorCode(error).startsWith('SQLITE_BUSY')) {
      throw new WorkbenchError(
        'conflict',
        `The project ${folder} is in use by another Cellwright: close it there, or choose another folder.`,
      );
    }
    throw explainStorageError(error, folder);
  }
  const lock = database;
  held.add(lock);
  return () => {
    held.delete(lock);
    lock.close();
  };
}
