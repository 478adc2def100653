import type { Database, Statement } from 'better-sqlite3';
import { type Trial, trialSchema } from '../../shared/records/experiment.ts';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import type { Commits } from './commits.ts';
import type { LeaderboardRows } from './leaderboard-rows.ts';
import { parseRow } from './parse-row.ts';

/** A run of a trial: number 1 is the one of its proposal. */
export interface TrialRun {
  readonly experiment: number;
  readonly trial: number;
  readonly run: number;
}

export const TRIAL_COLUMNS = `experiment, trial, number AS run, purpose, batch, state, architecture, hash, origin, parent,
  log_probability AS logProbability, seed, reused_from AS reusedFrom, reward, best_accuracy AS bestAccuracy,
  best_epoch AS bestEpoch, failure, message, weights_hash AS weightsHash, weights,
  trainable_parameters AS trainableParameters, total_parameters AS totalParameters, multiply_adds AS multiplyAdds,
  attempts, reduced_batch_size AS reducedBatchSize, queued_at AS queuedAt, started_at AS startedAt,
  finished_at AS finishedAt, trashed_at AS trashedAt, duration_ms AS durationMs, step, steps`;

export type TrialRow = { architecture: string; experiment: number; trial: number } & Record<string, unknown>;

/** The rows of trials as people know them, read and told of; what they are made of is in trials, trial_runs and runs. */
export class TrialRows {
  private readonly commits: Commits;
  private readonly leaderboard: LeaderboardRows;
  private readonly one: Statement<[number, number, number], TrialRow>;
  private readonly links: Statement<[number], TrialRun>;
  private readonly owner: Statement<[number], TrialRun>;
  private readonly link: Statement<[number, number, number], { id: number; reusedAt: string | null }>;

  constructor(database: Database, commits: Commits, leaderboard: LeaderboardRows) {
    this.commits = commits;
    this.leaderboard = leaderboard;
    // Whenever a value is bound, SQLite plans again what is not plain (STAT4), which takes ten times as long as the rows:
    // 147 µs of 152 here. A plus hides the value from the planner.
    this.one = database.prepare(
      `SELECT ${TRIAL_COLUMNS} FROM trial_rows WHERE experiment = +? AND trial = +? AND number = +?`,
    );
    this.links = database.prepare('SELECT experiment, trial, number AS run FROM trial_runs WHERE run = +?');
    this.owner = database.prepare(
      'SELECT experiment, trial, number AS run FROM trial_runs WHERE run = +? AND reused_at IS NULL',
    );
    this.link = database.prepare(
      'SELECT run AS id, reused_at AS reusedAt FROM trial_runs WHERE experiment = ? AND trial = ? AND number = ?',
    );
  }

  /** Throws `not_found`. */
  get(experiment: number, trial: number, run = 1): Trial {
    const row = this.one.get(experiment, trial, run);
    if (!row) throw notFound(experiment, trial, run);
    return toTrial(row);
  }

  /** The id of a trial's run. Throws `not_found`. */
  idOf(experiment: number, trial: number, run = 1): number {
    const link = this.link.get(experiment, trial, run);
    if (!link) throw notFound(experiment, trial, run);
    return link.id;
  }

  /** Whether a trial refers to the run of an earlier one. */
  isReused(experiment: number, trial: number, run = 1): boolean {
    return (this.link.get(experiment, trial, run)?.reusedAt ?? null) !== null;
  }

  /** The trial whose own run this is, or null for one that belongs to none. */
  ownerOf(run: number): TrialRun | null {
    return this.owner.get(run) ?? null;
  }

  /** A run changed in the transaction that is under way: the rows of all trials that refer to it did. */
  runChanged(run: number): void {
    for (const link of this.links.all(run)) this.changed(link);
  }

  /** A row changed in the transaction that is under way. */
  changed({ experiment, trial, run }: TrialRun): void {
    this.leaderboard.trialChanged(experiment, trial, run);
    this.commits.note(`trial ${experiment} ${trial} ${run}`, () => ({
      name: 'trial.changed',
      payload: this.get(experiment, trial, run),
    }));
  }
}

export function toTrial(row: TrialRow): Trial {
  const { architecture, ...rest } = row;
  return parseRow(
    trialSchema,
    { ...rest, architecture: JSON.parse(architecture) },
    'trials',
    `experiment ${row.experiment}, trial ${row.trial}`,
  );
}

function notFound(experiment: number, trial: number, run: number): WorkbenchError {
  const which = run === 1 ? `trial ${trial}` : `run ${run} of trial ${trial}`;
  return new WorkbenchError('not_found', `Experiment ${experiment} has no ${which}.`);
}
