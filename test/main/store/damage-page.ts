import { closeSync, openSync, writeSync } from 'node:fs';
import SQLite from 'better-sqlite3';

/** Spoils a page of an open database on the disk, one that nothing reads by itself. */
export function damagePage(file: string): void {
  const other = new SQLite(file);
  other.pragma('wal_checkpoint(TRUNCATE)');
  const page = other.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'named_views'").pluck().get() as number;
  const size = Number(other.pragma('page_size', { simple: true }));
  const handle = openSync(file, 'r+');
  writeSync(handle, Buffer.alloc(size, 0xa5), 0, size, (page - 1) * size);
  closeSync(handle);
  // A commit of somebody else's makes those who have the database open read its pages afresh.
  other.exec('CREATE TABLE a (x); DROP TABLE a');
  other.close();
}
