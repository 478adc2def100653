import type { Database } from 'better-sqlite3';
import { SEARCH_SCHEMA } from './migrations/001-search.ts';
import { BATCH_SIZES } from './migrations/002-batch-sizes.ts';
import { moveToRuns } from './migrations/003-runs.ts';

/**
 * The steps from an empty database to the newest schema: step k leads to `user_version` k + 1. A step that was
 * released is never changed, a new one is added.
 */
export const MIGRATIONS: readonly Migration[] = [SEARCH_SCHEMA, BATCH_SIZES, moveToRuns];

/** SQL, or what needs more than that. */
export type Migration = string | ((database: Database) => void);

/** Marks a SQLite file as ours, in its header ("Cwrt"). */
export const APPLICATION_ID = 0x43777274;

/** Brings a database up to date, each step in a transaction of its own together with its number. */
export function migrate(database: Database, steps: readonly Migration[] = MIGRATIONS): void {
  const version = readVersion(database);
  for (const [index, step] of steps.entries()) {
    if (index < version) continue;
    const apply = database.transaction(() => {
      if (typeof step === 'string') database.exec(step);
      else step(database);
      database.pragma(`application_id = ${APPLICATION_ID}`);
      database.pragma(`user_version = ${index + 1}`);
    });
    apply.immediate();
  }
}

export function readVersion(database: Database): number {
  return Number(database.pragma('user_version', { simple: true }));
}
