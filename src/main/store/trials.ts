import type { Database, Statement } from 'better-sqlite3';
import { naturalOrder } from '../../shared/leaderboard/row-order.ts';
import type { Trial, TrialState } from '../../shared/records/experiment.ts';
import type { RunSpec } from '../../shared/records/run.ts';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import type { Commits } from './commits.ts';
import { operationBits, operationUses } from './operation-uses.ts';
import type { Runs } from './runs.ts';
import { TRIAL_COLUMNS, type TrialRow, type TrialRows, type TrialRun, toTrial } from './trial-rows.ts';

/** What a trial is before anything happened to it; its run is stored with it. */
export type NewTrial = Pick<
  Trial,
  | 'experiment'
  | 'trial'
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
> & {
  /** Place among the strategy's proposals, from 1. */
  readonly proposal: number;
  readonly batch: number;
  readonly spec: RunSpec;
};

/** Of one trial. Ours: no mean needs more. */
const MOST_RUNS = 1000;

/** An earlier trial with an equal architecture. */
export interface Twin {
  readonly trial: number;
  readonly state: TrialState;
}

/**
 * The proposals of a search and the runs that they refer to. A trial is stored with a run of its own; where an equal one
 * before it has a reward, it refers to that one's run instead.
 */
export class Trials {
  private readonly commits: Commits;
  private readonly rows: TrialRows;
  private readonly runs: Runs;
  private readonly batch: Statement<[number, number], TrialRow>;
  private readonly all: Statement<[number], TrialRow>;
  private readonly openRepeats: Statement<[number], TrialRow>;
  private readonly twin: Statement<[number, string, number], Twin>;
  private readonly times: Statement<[number], { durationMs: number }>;
  private readonly counted: Statement<[{ experiment: number }], { last: number | null; proposals: number }>;
  private readonly place: Statement<[number, number], { proposal: number | null }>;
  private readonly number: Statement<[number, number], { trial: number }>;
  private readonly insert: Statement<[ReturnType<typeof toInserted>]>;
  private readonly link: Statement<[TrialRun & { id: number }]>;
  private readonly relink: Statement<[{ experiment: number; trial: number; id: number; at: string }]>;
  private readonly newest: Statement<[number, number], { run: number }>;
  private readonly repeats: Statement<[{ experiment: number; trial: number }], { count: number }>;
  private readonly hide: Statement<[TrialRun & { at: string | null }]>;

  constructor(database: Database, commits: Commits, rows: TrialRows, runs: Runs) {
    this.commits = commits;
    this.rows = rows;
    this.runs = runs;
    const select = `SELECT ${TRIAL_COLUMNS} FROM trial_rows`;
    this.batch = database.prepare(`${select} WHERE experiment = +? AND batch = +? ORDER BY trial`);
    this.all = database.prepare(`${select} WHERE experiment = ? ORDER BY trial, number`);
    this.openRepeats = database.prepare(
      `${select} WHERE trial_rows.run IN (
         SELECT run FROM runs WHERE experiment = +? AND purpose = 'repeat' AND state IN ('queued', 'running'))
       ORDER BY trial, number`,
    );
    this.twin = database.prepare(
      `SELECT trials.trial, runs.state FROM trials
       JOIN trial_runs AS link
         ON link.experiment = trials.experiment AND link.trial = trials.trial AND link.number = 1
       JOIN runs ON runs.run = link.run
       WHERE trials.experiment = +? AND hash = +? AND trials.trial < +? AND proposal IS NOT NULL
         AND runs.state IN ('queued', 'running', 'completed') ORDER BY trials.trial LIMIT 1`,
    );
    this.times = database.prepare(
      `SELECT duration_ms AS durationMs FROM runs
       WHERE experiment = +? AND purpose IN ('proposal', 'repeat') AND state = 'completed' AND duration_ms > 0
       ORDER BY run DESC LIMIT 200`,
    );
    this.counted = database.prepare(
      `SELECT (SELECT max(trial) FROM trials WHERE experiment = +@experiment) AS last,
         coalesce((SELECT max(proposal) FROM trials WHERE experiment = +@experiment), 0) AS proposals`,
    );
    this.place = database.prepare('SELECT proposal FROM trials WHERE experiment = ? AND trial = ?');
    this.number = database.prepare('SELECT trial FROM trials WHERE experiment = ? AND proposal = ?');
    this.insert = database.prepare(
      `INSERT INTO trials (experiment, trial, proposal, batch, architecture, hash, origin, parent, log_probability, seed,
         trainable_parameters, total_parameters, multiply_adds, queued_at, origin_order, operations, operation_uses)
       VALUES (@experiment, @trial, @proposal, @batch, @architecture, @hash, @origin, @parent, @logProbability, @seed,
         @trainableParameters, @totalParameters, @multiplyAdds, @queuedAt, @originOrder, @operations, @operationUses)`,
    );
    this.link = database.prepare(
      'INSERT INTO trial_runs (experiment, trial, number, run) VALUES (@experiment, @trial, @run, @id)',
    );
    this.relink = database.prepare(
      `UPDATE trial_runs SET run = @id, reused_at = @at WHERE experiment = @experiment AND trial = @trial AND number = 1`,
    );
    this.newest = database.prepare('SELECT max(number) AS run FROM trial_runs WHERE experiment = +? AND trial = +?');
    this.repeats = database.prepare(
      `SELECT (SELECT count(*) FROM trial_runs WHERE experiment = @experiment AND trial = @trial AND number > 1)
         + (SELECT count(*) FROM trials WHERE experiment = @experiment AND parent = @trial AND proposal IS NULL) AS count`,
    );
    this.hide = database.prepare(
      `UPDATE trial_runs SET trashed_at = @at
       WHERE experiment = @experiment AND trial = @trial AND number = @run
         AND (trashed_at IS NULL) = (@at IS NOT NULL)`,
    );
  }

  add(trials: readonly NewTrial[]): void {
    this.commits.run(() => {
      for (const { spec, ...trial } of trials) {
        const { experiment, queuedAt } = trial;
        this.insert.run(toInserted(trial));
        this.connect(trial, 1, this.runs.add({ experiment, purpose: 'proposal', spec, queuedAt }));
      }
    });
  }

  /** Stores a further run of a trial and returns its number, from 2. Throws `conflict` beyond `MOST_RUNS`. */
  addRepeat(experiment: number, trial: number, spec: RunSpec, queuedAt: string): number {
    return this.commits.run(() => {
      const run = (this.newest.get(experiment, trial)?.run ?? 0) + 1;
      if (run > MOST_RUNS) {
        throw new WorkbenchError('conflict', `Trial ${trial} has ${MOST_RUNS} runs, and a trial can't have more.`);
      }
      this.connect({ experiment, trial }, run, this.runs.add({ experiment, purpose: 'repeat', spec, queuedAt }));
      return run;
    });
  }

  /** Repeats of a trial so far, those with numbers of their own among them (schema 1 and 2). */
  countRepeats(experiment: number, trial: number): number {
    return this.repeats.get({ experiment, trial })?.count ?? 0;
  }

  /** Throws `not_found`. */
  get(experiment: number, trial: number, run = 1): Trial {
    return this.rows.get(experiment, trial, run);
  }

  /** The trials of one controller update, in the order of their proposals. */
  ofBatch(experiment: number, batch: number): Trial[] {
    return this.batch.all(experiment, batch).map(toTrial);
  }

  /** All runs of all trials of an experiment by number, also those in the trash. */
  list(experiment: number): Trial[] {
    return this.all.all(experiment).map(toTrial);
  }

  /** Repeats that are queued or running, by number. */
  unfinishedRepeats(experiment: number): Trial[] {
    return this.openRepeats.all(experiment).map(toTrial);
  }

  /**
   * The first earlier trial of an equal architecture that has a reward or may still get one, or null. Only earlier
   * numbers count, so that the answer does not depend on which of two equal trials a trainer finishes first.
   */
  earlierTwin(experiment: number, hash: string, trial: number): Twin | null {
    return this.twin.get(experiment, hash, trial) ?? null;
  }

  /** How many proposals there are, how many of them were cancelled, and how many are not finished. */
  proposed(experiment: number): { all: number; cancelled: number; unfinished: number } {
    const own = this.runs.counts(experiment).filter(({ purpose }) => purpose === 'proposal');
    const of = (...states: string[]): number =>
      own.reduce((sum, { state, count }) => (states.includes(state) ? sum + count : sum), 0);
    const all = this.counted.get({ experiment })?.proposals ?? 0;
    return { all, cancelled: of('cancelled'), unfinished: of('queued', 'running') };
  }

  /** Times of the newest completed trainings. Milliseconds. */
  trainingTimes(experiment: number): number[] {
    return this.times.all(experiment).map(({ durationMs }) => durationMs);
  }

  /** The number that the next trial gets. */
  nextNumber(experiment: number): number {
    return (this.counted.get({ experiment })?.last ?? 0) + 1;
  }

  /** The trial of a proposal: its number, or the one that it will get. */
  trialOf(experiment: number, proposal: number): number {
    const { last, proposals } = this.counted.get({ experiment }) ?? { last: 0, proposals: 0 };
    const stored = this.number.get(experiment, proposal);
    return stored?.trial ?? (last ?? 0) + proposal - proposals;
  }

  /** The proposal that a trial is. Throws for a repeat with a number of its own. */
  proposalOf(experiment: number, trial: number): number {
    const proposal = this.place.get(experiment, trial)?.proposal ?? null;
    if (proposal === null) throw new Error(`trial ${trial} of experiment ${experiment} is no proposal`);
    return proposal;
  }

  /** Completes a queued trial by the run of an earlier one. */
  reuse(experiment: number, trial: number, from: number, at: string): void {
    this.commits.run(() => {
      const own = this.rows.idOf(experiment, trial);
      this.relink.run({ experiment, trial, id: this.rows.idOf(experiment, from), at });
      this.runs.forget(own);
      this.rows.changed({ experiment, trial, run: 1 });
    });
  }

  /** Puts a run of a trial into the trash, or (at null) takes it out; false where it was so before. */
  setTrashed(row: TrialRun, at: string | null): boolean {
    return this.commits.run(() => {
      if (this.hide.run({ ...row, at }).changes === 0) return false;
      this.rows.changed(row);
      return true;
    });
  }

  private connect({ experiment, trial }: { experiment: number; trial: number }, run: number, id: number): void {
    this.link.run({ experiment, trial, run, id });
    this.rows.changed({ experiment, trial, run });
  }
}

function toInserted(trial: Omit<NewTrial, 'spec'>) {
  const uses = operationUses(trial.architecture);
  return {
    ...trial,
    architecture: JSON.stringify(trial.architecture),
    originOrder: naturalOrder(trial.origin),
    operations: operationBits(uses),
    operationUses: uses,
  };
}
