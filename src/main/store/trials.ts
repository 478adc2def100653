import type { Database, Statement } from 'better-sqlite3';
import { naturalOrder } from '../../shared/leaderboard/row-order.ts';
import type { Trial, TrialState } from '../../shared/records/experiment.ts';
import type { Outcome } from '../../shared/records/training.ts';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import type { Checkpoints } from './checkpoints.ts';
import type { Commits } from './commits.ts';
import type { LeaderboardRows } from './leaderboard-rows.ts';
import { operationBits, operationUses } from './operation-uses.ts';

/** What a trial is before anything happened to it. */
export type NewTrial = Pick<
  Trial,
  | 'experiment'
  | 'trial'
  | 'batch'
  | 'architecture'
  | 'hash'
  | 'origin'
  | 'parent'
  | 'logProbability'
  | 'seed'
  | 'trainableParameters'
  | 'totalParameters'
  | 'multiplyAdds'
  | 'queuedAt'
>;

/** Names one try to train a trial; what an older lease says is dropped. */
export interface Lease {
  readonly experiment: number;
  readonly trial: number;
  readonly leaseEpoch: number;
}

/** How one try ended. */
export interface TrialEnd {
  readonly outcome: Outcome;
  /** Of this try. */
  readonly durationMs: number;
  readonly weightsHash: string | null;
}

type TrialRow = Omit<Trial, 'architecture'> & { architecture: string };

const COLUMNS = `experiment, trial, batch, state, architecture, hash, origin, parent, log_probability AS logProbability,
  seed, reused_from AS reusedFrom, reward, best_accuracy AS bestAccuracy, best_epoch AS bestEpoch, failure, message,
  weights_hash AS weightsHash, trainable_parameters AS trainableParameters, total_parameters AS totalParameters,
  multiply_adds AS multiplyAdds, attempts, queued_at AS queuedAt, started_at AS startedAt, finished_at AS finishedAt,
  trashed_at AS trashedAt, duration_ms AS durationMs, step, steps, reduced_batch_size AS reducedBatchSize`;
const UNFINISHED = `state IN ('queued', 'running')`;
const LEASED = `experiment = @experiment AND trial = @trial AND state = 'running' AND lease_epoch = @leaseEpoch`;

/**
 * The table of trials: `queued → running → completed, failed, pruned or cancelled`; finished is final. Whoever trains
 * a trial holds a lease, and every write in its name says which one: a try that was given up can't write any more. A
 * finished trial has no checkpoints; their files are for the caller to delete, after the commit.
 */
export class Trials {
  private readonly commits: Commits;
  private readonly rows: LeaderboardRows;
  private readonly checkpoints: Checkpoints;
  private readonly one: Statement<[number, number], TrialRow>;
  private readonly batch: Statement<[number, number], TrialRow>;
  private readonly all: Statement<[number], TrialRow>;
  private readonly twin: Statement<[number, string, number], { trial: number; state: TrialState }>;
  private readonly open: Statement<[number], { trial: number }>;
  private readonly repeated: Statement<[number], TrialRow>;
  private readonly repeatedNumbers: Statement<[number], { trial: number }>;
  private readonly proposals: Statement<[number], { all: number; cancelled: number; unfinished: number }>;
  private readonly times: Statement<[number], { durationMs: number }>;
  private readonly last: Statement<[number], { trial: number | null }>;
  private readonly insert: Statement<[ReturnType<typeof toInserted>]>;
  private readonly take: Statement<[{ experiment: number; trial: number; at: string }], { leaseEpoch: number }>;
  private readonly holds: Statement<[Lease], { held: number }>;
  private readonly move: Statement<[Lease & { step: number; steps: number; addedMs: number }]>;
  private readonly shrink: Statement<[Lease & { batchSize: number }]>;
  private readonly end: Statement<[Lease & Ending & { at: string }]>;
  private readonly copy: Statement<[{ experiment: number; trial: number; from: number; at: string }]>;
  private readonly pass: Statement<[Lease & { addedMs: number }]>;
  private readonly back: Statement<[Lease]>;
  private readonly hide: Statement<[{ experiment: number; trial: number; at: string | null }]>;
  private readonly drop: Statement<[{ experiment: number; trial: number; message: string; at: string }]>;

  constructor(database: Database, commits: Commits, rows: LeaderboardRows, checkpoints: Checkpoints) {
    this.commits = commits;
    this.rows = rows;
    this.checkpoints = checkpoints;
    this.one = database.prepare(`SELECT ${COLUMNS} FROM trials WHERE experiment = ? AND trial = ?`);
    this.batch = database.prepare(`SELECT ${COLUMNS} FROM trials WHERE experiment = ? AND batch = ? ORDER BY trial`);
    this.all = database.prepare(`SELECT ${COLUMNS} FROM trials WHERE experiment = ? ORDER BY trial`);
    this.twin = database.prepare(
      `SELECT trial, state FROM trials WHERE experiment = ? AND hash = ? AND trial < ?
       AND batch IS NOT NULL AND state IN ('queued', 'running', 'completed') ORDER BY trial LIMIT 1`,
    );
    this.open = database.prepare(`SELECT trial FROM trials WHERE experiment = ? AND ${UNFINISHED} ORDER BY trial`);
    this.repeated = database.prepare(
      `SELECT ${COLUMNS} FROM trials WHERE experiment = ? AND batch IS NULL ORDER BY trial`,
    );
    this.repeatedNumbers = database.prepare(
      'SELECT trial FROM trials WHERE experiment = ? AND batch IS NULL ORDER BY trial',
    );
    this.proposals = database.prepare(
      `SELECT count(*) AS "all", count(*) FILTER (WHERE state = 'cancelled') AS cancelled,
         count(*) FILTER (WHERE ${UNFINISHED}) AS unfinished
       FROM trials WHERE experiment = ? AND batch IS NOT NULL`,
    );
    this.times = database.prepare(
      `SELECT duration_ms AS durationMs FROM trials
       WHERE experiment = ? AND state = 'completed' AND reused_from IS NULL AND duration_ms > 0
       ORDER BY trial DESC LIMIT 200`,
    );
    this.last = database.prepare('SELECT max(trial) AS trial FROM trials WHERE experiment = ?');
    this.insert = database.prepare(
      `INSERT INTO trials (experiment, trial, batch, state, architecture, hash, origin, parent, log_probability, seed,
         trainable_parameters, total_parameters, multiply_adds, queued_at, origin_order, operations, operation_uses)
       VALUES (@experiment, @trial, @batch, 'queued', @architecture, @hash, @origin, @parent, @logProbability, @seed,
         @trainableParameters, @totalParameters, @multiplyAdds, @queuedAt, @originOrder, @operations, @operationUses)`,
    );
    this.take = database.prepare(
      `UPDATE trials SET state = 'running', lease_epoch = lease_epoch + 1, attempts = attempts + 1,
         started_at = coalesce(started_at, @at)
       WHERE experiment = @experiment AND trial = @trial AND ${UNFINISHED} RETURNING lease_epoch AS leaseEpoch`,
    );
    this.holds = database.prepare(`SELECT 1 AS held FROM trials WHERE ${LEASED}`);
    this.move = database.prepare(
      `UPDATE trials SET step = @step, steps = max(steps, @steps), duration_ms = duration_ms + @addedMs WHERE ${LEASED}`,
    );
    this.shrink = database.prepare(
      `UPDATE trials SET reduced_batch_size = @batchSize, step = 0, steps = 0 WHERE ${LEASED}`,
    );
    this.end = database.prepare(
      `UPDATE trials SET state = @state, reward = @reward, best_accuracy = @bestAccuracy, best_epoch = @bestEpoch,
         failure = @failure, message = @message, weights_hash = @weightsHash, duration_ms = max(0, duration_ms + @durationMs),
         step = CASE WHEN @state = 'completed' THEN steps ELSE step END, finished_at = @at
       WHERE ${LEASED}`,
    );
    this.copy = database.prepare(
      `UPDATE trials SET state = 'completed', reused_from = source.trial, reward = source.reward,
         best_accuracy = source.best_accuracy, best_epoch = source.best_epoch, finished_at = @at
       FROM (SELECT trial, reward, best_accuracy, best_epoch FROM trials WHERE experiment = @experiment AND trial = @from)
         AS source
       WHERE trials.experiment = @experiment AND trials.trial = @trial AND trials.state = 'queued'`,
    );
    this.pass = database.prepare(`UPDATE trials SET duration_ms = duration_ms + @addedMs WHERE ${LEASED}`);
    this.back = database.prepare(`UPDATE trials SET state = 'queued' WHERE ${LEASED}`);
    this.hide = database.prepare(
      `UPDATE trials SET trashed_at = @at
       WHERE experiment = @experiment AND trial = @trial AND (trashed_at IS NULL) = (@at IS NOT NULL)`,
    );
    this.drop = database.prepare(
      `UPDATE trials SET state = 'cancelled', message = @message, finished_at = @at
       WHERE experiment = @experiment AND trial = @trial AND ${UNFINISHED}`,
    );
  }

  add(trials: readonly NewTrial[]): void {
    this.commits.run(() => {
      for (const trial of trials) {
        this.insert.run(toInserted(trial));
        this.note(trial.experiment, trial.trial);
      }
    });
  }

  /** Throws `not_found`. */
  get(experiment: number, trial: number): Trial {
    const row = this.one.get(experiment, trial);
    if (!row) throw new WorkbenchError('not_found', `Experiment ${experiment} has no trial ${trial}.`);
    return toTrial(row);
  }

  /** The trials of one controller update, in the order of their proposals. */
  ofBatch(experiment: number, batch: number): Trial[] {
    return this.batch.all(experiment, batch).map(toTrial);
  }

  /** All of an experiment by number, also those in the trash. */
  list(experiment: number): Trial[] {
    return this.all.all(experiment).map(toTrial);
  }

  /**
   * The first earlier trial of an equal architecture that has a reward or may still get one, or null. Only earlier
   * numbers count, so that the answer does not depend on which of two equal trials a trainer finishes first.
   */
  earlierTwin(experiment: number, hash: string, trial: number): { trial: number; state: TrialState } | null {
    return this.twin.get(experiment, hash, trial) ?? null;
  }

  /** Numbers of the queued and running trials, repeats that a person asked for among them. */
  unfinished(experiment: number): number[] {
    return this.open.all(experiment).map(({ trial }) => trial);
  }

  /** Trainings that a person asked for, which belong to no batch, by number. */
  repeats(experiment: number): Trial[] {
    return this.repeated.all(experiment).map(toTrial);
  }

  /** Their numbers alone, ascending. */
  repeatNumbers(experiment: number): number[] {
    return this.repeatedNumbers.all(experiment).map(({ trial }) => trial);
  }

  /** Of the search's own trials, so without repeats: how many there are, and how many of them are not finished. */
  proposed(experiment: number): { all: number; cancelled: number; unfinished: number } {
    return this.proposals.get(experiment) ?? { all: 0, cancelled: 0, unfinished: 0 };
  }

  /** Training times of the newest completed trials, those left out that reused a reward. Milliseconds. */
  trainingTimes(experiment: number): number[] {
    return this.times.all(experiment).map(({ durationMs }) => durationMs);
  }

  /** The number that the next trial gets. */
  nextNumber(experiment: number): number {
    return (this.last.get(experiment)?.trial ?? 0) + 1;
  }

  /** Starts a try and returns its lease; null when the trial is finished. Every older lease is void from here on. */
  lease(experiment: number, trial: number, at: string): Lease | null {
    return this.commits.run(() => {
      const taken = this.take.get({ experiment, trial, at });
      if (!taken) return null;
      this.note(experiment, trial);
      return { experiment, trial, leaseEpoch: taken.leaseEpoch };
    });
  }

  isHeld(lease: Lease): boolean {
    return this.holds.get(onlyLease(lease)) !== undefined;
  }

  /** Where the trial stands, and the time since the last such word; false when the lease is void. */
  advance(lease: Lease, step: number, steps: number, addedMs: number): boolean {
    return this.commits.run(() =>
      this.told(lease, this.move.run({ ...onlyLease(lease), step, steps, addedMs }).changes),
    );
  }

  /** Adds to the training time of a try that ended without a word of its own; false when the lease is void. */
  addTime(lease: Lease, addedMs: number): boolean {
    return this.commits.run(() => this.told(lease, this.pass.run({ ...onlyLease(lease), addedMs }).changes));
  }

  /**
   * Has the trial begin anew with fewer images a step. A checkpoint of another batch can't be gone on from, so none is
   * left; returns their files. Null when the lease is void, and nothing is written then.
   */
  reduceBatch(lease: Lease, batchSize: number): string[] | null {
    return this.commits.run(() => {
      const isHeld = this.told(lease, this.shrink.run({ ...onlyLease(lease), batchSize }).changes);
      return isHeld ? this.checkpoints.removeAll(lease.experiment, lease.trial) : null;
    });
  }

  /** Ends the trial; false when the lease is void, and nothing is written then. */
  finish(lease: Lease, end: TrialEnd, at: string): boolean {
    return this.commits.run(() =>
      this.over(lease, this.end.run({ ...onlyLease(lease), ...toEnding(end), at }).changes),
    );
  }

  /** Gives a suspended trial back to the queue; false when the lease is void. */
  release(lease: Lease): boolean {
    return this.commits.run(() => this.told(lease, this.back.run(onlyLease(lease)).changes));
  }

  /** Completes a queued trial with the reward of an equal one. */
  reuse(experiment: number, trial: number, from: number, at: string): void {
    this.commits.run(() => this.told({ experiment, trial }, this.copy.run({ experiment, trial, from, at }).changes));
  }

  /** Cancels an unfinished trial whoever holds it; false when it is finished. */
  cancel(experiment: number, trial: number, message: string, at: string): boolean {
    return this.commits.run(() =>
      this.over({ experiment, trial }, this.drop.run({ experiment, trial, message, at }).changes),
    );
  }

  /** Puts a trial into the trash, or (at null) takes it out; false where it was so before. */
  setTrashed(experiment: number, trial: number, at: string | null): boolean {
    return this.commits.run(() => this.told({ experiment, trial }, this.hide.run({ experiment, trial, at }).changes));
  }

  private over(trial: { experiment: number; trial: number }, changes: number): boolean {
    if (changes > 0) this.checkpoints.removeAll(trial.experiment, trial.trial);
    return this.told(trial, changes);
  }

  private told(trial: { experiment: number; trial: number }, changes: number): boolean {
    if (changes > 0) this.note(trial.experiment, trial.trial);
    return changes > 0;
  }

  private note(experiment: number, trial: number): void {
    this.rows.trialChanged(experiment, trial);
    this.commits.note(`trial ${experiment} ${trial}`, () => ({
      name: 'trial.changed',
      payload: this.get(experiment, trial),
    }));
  }
}

function toInserted(trial: NewTrial) {
  const uses = operationUses(trial.architecture);
  return {
    ...trial,
    architecture: JSON.stringify(trial.architecture),
    originOrder: naturalOrder(trial.origin),
    operations: operationBits(uses),
    operationUses: uses,
  };
}

interface Ending {
  state: TrialState;
  reward: number | null;
  bestAccuracy: number | null;
  bestEpoch: number | null;
  failure: string | null;
  message: string | null;
  weightsHash: string | null;
  durationMs: number;
}

function toEnding({ outcome, durationMs, weightsHash }: TrialEnd): Ending {
  const nothing = { reward: null, bestAccuracy: null, bestEpoch: null, failure: null, message: null };
  const common = { ...nothing, state: outcome.kind, durationMs, weightsHash };
  if (outcome.kind === 'completed') {
    const { reward, bestAccuracy, bestEpoch } = outcome;
    return { ...common, reward, bestAccuracy, bestEpoch };
  }
  if (outcome.kind === 'failed') return { ...common, failure: outcome.reason, message: outcome.message };
  return { ...common, message: outcome.message };
}

/** Messages carry more than their lease, and SQLite refuses a parameter that it does not know. */
function onlyLease({ experiment, trial, leaseEpoch }: Lease): Lease {
  return { experiment, trial, leaseEpoch };
}

function toTrial(row: TrialRow): Trial {
  return { ...row, architecture: JSON.parse(row.architecture) };
}
