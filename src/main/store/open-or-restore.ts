import { existsSync, statSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import { findRemains, type Restored, restore } from './backups.ts';
import { openDatabase } from './database.ts';

/**
 * Opens a project's database, with the newest good backup in its place where it is damaged, or gone although the project
 * was used: a new one would look like a loss of everything, and its backups would push out those that are left. Throws
 * what `openDatabase` throws; `corrupt` where there is no backup to go on from, and nothing is touched then.
 */
export function openOrRestore(
  file: string,
  backups: string,
  at: Date,
): { database: Database; restored: Restored | null } {
  try {
    refuseLost(file, backups);
    return { database: openDatabase(file), restored: null };
  } catch (error) {
    if (!(error instanceof WorkbenchError && error.code === 'corrupt')) throw error;
    const restored = restore(file, backups, at);
    if (restored) return { database: openDatabase(file), restored };
    throw new WorkbenchError(
      'corrupt',
      `${error.message.replace(/\.$/, '')}, and there is no backup that opens. ` +
        `${existsSync(file) ? 'The file is left as it is: copy' : 'Copy'} one of yours in its place, or choose another ` +
        'project folder.',
      { cause: error },
    );
  }
}

/** A process that was killed while it restored leaves no database, a power cut may leave an empty one. */
function refuseLost(file: string, backups: string): void {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? null;
  if (size !== null && size > 0) return;
  const remains = findRemains(file, backups);
  if (remains === null) return;
  throw new WorkbenchError('corrupt', `${file} is ${size === null ? 'missing' : 'empty'}, while ${remains} exists.`);
}
