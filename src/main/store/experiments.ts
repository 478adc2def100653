import type { Database, Statement } from 'better-sqlite3';
import {
  type Experiment,
  type ExperimentConfig,
  type ExperimentState,
  experimentSchema,
} from '../../shared/records/experiment.ts';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import type { Commits } from './commits.ts';
import { parseRow } from './parse-row.ts';
import type { Runs } from './runs.ts';

interface ExperimentRow {
  experiment: number;
  config: string;
  state: ExperimentState;
  restsAs: ExperimentState | null;
  message: string | null;
  createdAt: string;
  finishedAt: string | null;
  runningMs: number;
  overheadMs: number;
  twinOf: number | null;
  lastTrial: number;
  trashed: number;
  proposals: number;
}

const COLUMNS = `experiment, config, state, rests_as AS restsAs, message, created_at AS createdAt, finished_at AS finishedAt,
  running_ms AS runningMs, overhead_ms AS overheadMs, twin_of AS twinOf,
  coalesce((SELECT max(trial) FROM trials WHERE trials.experiment = experiments.experiment), 0) AS lastTrial,
  (SELECT count(*) FROM trial_runs
   WHERE trial_runs.experiment = experiments.experiment AND trashed_at IS NOT NULL) AS trashed,
  coalesce((SELECT max(proposal) FROM trials WHERE trials.experiment = experiments.experiment), 0) AS proposals`;

/** The table of experiments. Counts are read from the trials, the best one from the rows of the leaderboard. */
export class Experiments {
  private readonly commits: Commits;
  private readonly one: Statement<[number], ExperimentRow>;
  private readonly all: Statement<[], { experiment: number }>;
  private readonly runs: Runs;
  private readonly best: Statement<[number], { trial: number; run: number; reward: number }>;
  private readonly insert: Statement<[string, string, number | null]>;
  private readonly twin: Statement<[number], { experiment: number }>;
  private readonly rest: Statement<[number], { restsAs: ExperimentState | null }>;
  private readonly lend: Statement<[ExperimentState, number]>;
  private readonly giveBack: Statement<[string | null, number]>;
  private readonly update: Statement<[ExperimentState, string | null, string | null, number]>;
  private readonly reconfigure: Statement<[string, number]>;
  private readonly clock: Statement<[number, number, number]>;

  constructor(database: Database, commits: Commits, runs: Runs) {
    this.commits = commits;
    this.runs = runs;
    this.one = database.prepare(`SELECT ${COLUMNS} FROM experiments WHERE experiment = +?`);
    this.all = database.prepare('SELECT experiment FROM experiments ORDER BY experiment');
    this.best = database.prepare(
      `SELECT trial, number AS run, reward FROM leaderboard WHERE experiment = +? AND is_cell = 0 AND is_trash = 0
       AND reward IS NOT NULL ORDER BY reward DESC, trial, number LIMIT 1`,
    );
    this.insert = database.prepare(
      `INSERT INTO experiments (config, state, created_at, twin_of) VALUES (?, 'running', ?, ?)`,
    );
    this.twin = database.prepare('SELECT experiment FROM experiments WHERE twin_of = ? ORDER BY experiment LIMIT 1');
    this.rest = database.prepare('SELECT rests_as AS restsAs FROM experiments WHERE experiment = ?');
    this.lend = database.prepare(`UPDATE experiments SET state = 'running', rests_as = ? WHERE experiment = ?`);
    this.giveBack = database.prepare(
      `UPDATE experiments SET state = rests_as, rests_as = NULL, message = coalesce(?, message)
       WHERE experiment = ? AND rests_as IS NOT NULL`,
    );
    this.update = database.prepare(
      'UPDATE experiments SET state = ?, message = ?, finished_at = ?, rests_as = NULL WHERE experiment = ?',
    );
    this.reconfigure = database.prepare('UPDATE experiments SET config = ? WHERE experiment = ?');
    this.clock = database.prepare('UPDATE experiments SET running_ms = ?, overhead_ms = ? WHERE experiment = ?');
  }

  /** Stores a new experiment as running and returns its id. `twinOf`: the search that it stands beside. */
  create(config: ExperimentConfig, at: string, twinOf: number | null = null): number {
    return this.commits.run(() => {
      const id = Number(this.insert.run(JSON.stringify(config), at, twinOf).lastInsertRowid);
      this.note(id);
      return id;
    });
  }

  /** The random search that stands beside a search, or null. */
  twinOf(id: number): number | null {
    return this.twin.get(id)?.experiment ?? null;
  }

  /** The state that an experiment goes back to which runs for repeats alone, else null. */
  restsAs(id: number): ExperimentState | null {
    return this.rest.get(id)?.restsAs ?? null;
  }

  /** Lets an experiment that rests run for the repeats that a person asked for; its message and end stay. */
  runForRepeats(id: number, restsAs: ExperimentState): void {
    this.commits.run(() => {
      this.lend.run(restsAs, id);
      this.note(id);
    });
  }

  /** Back to the state before; a message takes the old one's place. */
  restFromRepeats(id: number, message: string | null): void {
    this.commits.run(() => {
      this.giveBack.run(message, id);
      this.note(id);
    });
  }

  /** Throws `not_found`. */
  get(id: number): Experiment {
    const row = this.one.get(id);
    if (!row) throw new WorkbenchError('not_found', `This project has no experiment ${id}.`);
    const { experiment, config, proposals, ...rest } = row;
    const whole = { ...rest, id: experiment, config: JSON.parse(config), ...this.countsOf(id, proposals) };
    return parseRow(experimentSchema, { ...whole, best: this.best.get(id) ?? null }, 'experiments', `${id}`);
  }

  /** Trials by state, and open repeats. A trial that reuses a run is completed as that one is. */
  private countsOf(id: number, proposals: number): Pick<Experiment, 'counts' | 'repeats'> {
    const counts = { queued: 0, running: 0, completed: 0, failed: 0, pruned: 0, cancelled: 0 };
    const repeats = { queued: 0, running: 0 };
    for (const { purpose, state, count } of this.runs.counts(id)) {
      if (purpose === 'proposal') counts[state] = count;
      else if (purpose === 'repeat' && (state === 'queued' || state === 'running')) repeats[state] = count;
    }
    const { completed: _, ...others } = counts;
    const unlike = Object.values(others).reduce((sum, count) => sum + count, 0);
    return { counts: { ...counts, completed: proposals - unlike }, repeats };
  }

  list(): Experiment[] {
    return this.all.all().map(({ experiment }) => this.get(experiment));
  }

  setState(id: number, state: ExperimentState, message: string | null, finishedAt: string | null): void {
    this.commits.run(() => {
      this.update.run(state, message, finishedAt, id);
      this.note(id);
    });
  }

  setConfig(id: number, config: ExperimentConfig): void {
    this.commits.run(() => {
      this.reconfigure.run(JSON.stringify(config), id);
      this.note(id);
    });
  }

  /** Both over all starts, in milliseconds. */
  setClock(id: number, runningMs: number, overheadMs: number): void {
    this.commits.run(() => this.clock.run(runningMs, overheadMs, id));
  }

  /** Tells the experiment's row after the commit that is under way. */
  note(id: number): void {
    this.commits.note(`experiment ${id}`, () => ({ name: 'experiment.changed', payload: this.get(id) }));
  }
}
