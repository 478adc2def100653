import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import { makeFolders } from '../make-folders.ts';
import { Aggregates } from './aggregates.ts';
import { Artifacts } from './artifacts.ts';
import { Attempts } from './attempts.ts';
import { backUp, type Restored } from './backups.ts';
import { Checkpoints } from './checkpoints.ts';
import { Commits, type Publish } from './commits.ts';
import { ControllerUpdates } from './controller-updates.ts';
import { Epochs } from './epochs.ts';
import { ExperimentDatasets } from './experiment-datasets.ts';
import { Experiments } from './experiments.ts';
import { Labels } from './labels.ts';
import { Leaderboard } from './leaderboard.ts';
import { LeaderboardRows } from './leaderboard-rows.ts';
import { LogEntries } from './log-entries.ts';
import { NamedViews } from './named-views.ts';
import { openOrRestore } from './open-or-restore.ts';
import { lockProject } from './project-lock.ts';
import { Runs } from './runs.ts';
import { errorCode, explainStorageError } from './storage-error.ts';
import { TrialRows } from './trial-rows.ts';
import { Trials } from './trials.ts';

/** A project's database: one file a table, one opener, one writer. */
export interface Store {
  readonly experiments: Experiments;
  readonly datasets: ExperimentDatasets;
  readonly artifacts: Artifacts;
  readonly runs: Runs;
  readonly trials: Trials;
  readonly rows: TrialRows;
  readonly attempts: Attempts;
  readonly leaderboard: Leaderboard;
  readonly aggregates: Aggregates;
  readonly labels: Labels;
  readonly views: NamedViews;
  readonly epochs: Epochs;
  readonly updates: ControllerUpdates;
  readonly checkpoints: Checkpoints;
  readonly log: LogEntries;
  /** Set when the database was damaged or missing and a backup took its place. */
  readonly restored: Restored | null;
  /** All writes in `work` are stored together or not at all; what changed is told once they are. */
  transaction<T>(work: () => T): T;
  /** Copies the database while it is in use; nothing when nothing changed since the last copy. */
  backUp(): Promise<void>;
  /** Closes, after a backup that is under way, and frees the folder for the next opener. */
  close(): Promise<void>;
}

/**
 * Opens the store of a project folder, which is made when it is not there. Throws, in milliseconds and before any
 * write, `conflict` (in use), `read_only`, `newer_version`, or `corrupt` where there is no backup to go on from.
 * `onUnexpected` hears of changes that are stored and could not be told.
 */
export function openStore(
  folder: string,
  publish: Publish,
  now: () => Date,
  onUnexpected?: (error: unknown) => void,
): Store {
  makeFolder(folder);
  const unlock = lockProject(folder);
  try {
    const file = join(folder, 'cellwright.db');
    const { database, restored } = openOrRestore(file, join(folder, 'backups'), now());
    return composeStore(database, { folder, publish, onUnexpected, now, unlock, restored });
  } catch (error) {
    unlock();
    throw explainStorageError(error, folder);
  }
}

function makeFolder(folder: string): void {
  try {
    makeFolders(folder);
    if (statSync(folder).isDirectory()) return;
  } catch (error) {
    if (!['EEXIST', 'ENOTDIR'].includes(errorCode(error))) throw explainStorageError(error, folder);
  }
  throw new WorkbenchError('invalid_input', `${folder} is a file: a project needs a folder.`);
}

interface Parts {
  readonly folder: string;
  readonly publish: Publish;
  readonly onUnexpected: ((error: unknown) => void) | undefined;
  readonly now: () => Date;
  readonly unlock: () => void;
  readonly restored: Restored | null;
}

function composeStore(database: Database, { folder, publish, onUnexpected, now, unlock, restored }: Parts): Store {
  const commits = new Commits(database, publish, onUnexpected);
  const changes = database.prepare<[], { n: number }>('SELECT total_changes() AS n');
  let backedUp = 0;
  let underWay = Promise.resolve();

  const backUpNow = async (): Promise<void> => {
    const before = changes.get()?.n ?? 0;
    if (before === backedUp) return;
    await backUp(database, join(folder, 'backups'), now());
    backedUp = before;
  };
  const enqueueBackup = (): Promise<void> => {
    const next = underWay.then(backUpNow);
    underWay = next.catch(() => undefined);
    return next;
  };
  const leaderboardRows = new LeaderboardRows(database, commits);
  const rows = new TrialRows(database, commits, leaderboardRows);
  const checkpoints = new Checkpoints(database, commits);
  const runs = new Runs(database, commits, rows, checkpoints);
  const trials = new Trials(database, commits, rows, runs);
  return {
    artifacts: new Artifacts(database, commits),
    runs,
    rows,
    experiments: new Experiments(database, commits, runs),
    datasets: new ExperimentDatasets(database, commits),
    trials,
    attempts: new Attempts(database, commits),
    labels: new Labels(database, commits, leaderboardRows),
    leaderboard: new Leaderboard(database, leaderboardRows, trials),
    aggregates: new Aggregates(database),
    views: new NamedViews(database, commits),
    epochs: new Epochs(database, commits, rows),
    updates: new ControllerUpdates(database, commits),
    checkpoints,
    log: new LogEntries(database, commits),
    restored,
    transaction: (work) => commits.run(work),
    backUp: enqueueBackup,
    close: async () => {
      await underWay;
      database.close();
      unlock();
    },
  };
}
