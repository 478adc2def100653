import type { Database, Statement } from 'better-sqlite3';
import { z } from 'zod';
import { type FilterTerm, parseFilter } from '../../shared/leaderboard/filter.ts';
import { STATE_ORDER } from '../../shared/leaderboard/row-order.ts';
import type { Experiment, Trial } from '../../shared/records/experiment.ts';
import {
  cellLabelsSchema,
  type LeaderboardMode,
  type LeaderboardQuery,
  type LeaderboardRow,
  leaderboardRowSchema,
} from '../../shared/records/leaderboard.ts';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import { filterSql, orderSql } from './filter-sql.ts';
import type { LeaderboardRows } from './leaderboard-rows.ts';
import { flagColumn, jsonColumn, parseRow } from './parse-row.ts';
import { RecentAnswers } from './recent-answers.ts';
import type { Trials } from './trials.ts';

interface StoredRow {
  reward: number | null;
  deviation: number | null;
  best: number | null;
  proposals: number;
  trials: number;
  isStarred: number;
  note: string | null;
  tags: string | null;
}

const storedRowSchema = leaderboardRowSchema
  .pick({ reward: true, deviation: true, best: true, proposals: true, trials: true })
  .extend({
    isStarred: flagColumn,
    note: cellLabelsSchema.shape.note.nullable(),
    tags: z.nullable(jsonColumn(cellLabelsSchema.shape.tags)),
  });

/** Which part of the table: its experiment, trials or cells, outside the trash or in it. */
type Part = readonly [experiment: number, isCell: 0 | 1, isTrash: 0 | 1];

/** A row's trial and run as one number, which sorts as they do. */
type RowKey = number;

/** Rows that pass a test, in their order, and how many of them are in each state. */
interface FoundRows {
  readonly keys: Float64Array;
  readonly counts: Experiment['counts'];
}

const STATES = STATE_ORDER.length;
/** More runs than a trial can have (trials.ts). */
const RUNS = 1024;
const KEY = `trial * ${RUNS} + number`;
const PART = 'experiment = ? AND is_cell = ? AND is_trash = ?';
/** Orders and ranks of so many questions are kept: 80 kB each at 20,000 rows. */
const KEPT_ANSWERS = 24;

/**
 * The leaderboard as questions to its table. What a question asks for is sorted and filtered by SQLite into a list of
 * trials, and the list is kept until the experiment changes: paging through it, and ranks, cost next to nothing.
 */
export class Leaderboard {
  private readonly database: Database;
  private readonly rows: LeaderboardRows;
  private readonly trials: Trials;
  private readonly one: Statement<[...Part, number, number], StoredRow>;
  private readonly cell: Statement<[...Part, string], RowKey>;
  private readonly epoch: Statement<
    [{ experiment: number; isTrash: 0 | 1; hash: string; best: number }],
    number | null
  >;
  private readonly lists = new RecentAnswers<FoundRows>(KEPT_ANSWERS);
  private readonly ranks = new RecentAnswers<ReadonlyMap<RowKey, number>>(KEPT_ANSWERS);

  constructor(database: Database, rows: LeaderboardRows, trials: Trials) {
    this.database = database;
    this.rows = rows;
    this.trials = trials;
    this.one = database.prepare(
      `SELECT reward, deviation, best, proposals, is_starred AS isStarred, note, tags,
         CASE is_cell WHEN 0 THEN 1 ELSE (
           SELECT count(*) FROM leaderboard AS member INDEXED BY leaderboard_by_cell
           WHERE member.experiment = own.experiment AND member.hash = own.hash AND member.is_cell = 0
             AND member.is_trash = own.is_trash
         ) END AS trials
       FROM leaderboard AS own WHERE experiment = +? AND is_cell = +? AND is_trash = +? AND trial = +? AND number = +?`,
    );
    this.cell = database
      .prepare<[...Part, string], RowKey>(`SELECT ${KEY} FROM leaderboard WHERE ${PART} AND hash = ?`)
      .pluck();
    this.epoch = database
      .prepare<[{ experiment: number; isTrash: 0 | 1; hash: string; best: number }], number | null>(
        `SELECT best_epoch FROM trial_rows WHERE experiment = @experiment AND (trial, number) = (
           SELECT trial, number FROM leaderboard INDEXED BY leaderboard_by_cell
           WHERE experiment = @experiment AND hash = @hash AND is_cell = 0 AND is_trash = @isTrash AND best = @best
           ORDER BY trial, number LIMIT 1)`,
      )
      .pluck();
  }

  /** Some rows in the order asked for. Throws `invalid_input` where the filter does not parse. */
  read(experiment: number, query: LeaderboardQuery, offset: number, limit: number) {
    const terms = termsOf(query.filter);
    const part = partOf(experiment, query);
    const { keys } = this.list(experiment, query, terms);
    const best = this.ranked(experiment, query.mode).keys[0];
    return {
      total: keys.length,
      rows: Array.from(keys.subarray(offset, offset + limit), (key) => this.row(part, key)),
      counts: this.counts(experiment, query, terms),
      best: best === undefined ? null : placeOf(best),
    };
  }

  /** Where a trial, or its cell, stands; null for both where there is no such row, null for `index` where it is hidden. */
  find(
    experiment: number,
    query: LeaderboardQuery,
    { trial, run }: { trial: number; run: number },
  ): { index: number | null; row: LeaderboardRow | null } {
    const { hash, trashedAt } = this.trials.get(experiment, trial, run);
    const part = partOf(experiment, query);
    const isThere = (trashedAt !== null) === query.isTrash;
    const own = isThere ? keyOf(trial, run) : undefined;
    const telling = query.mode === 'cells' ? this.cell.get(...part, hash) : own;
    if (telling === undefined) return { index: null, row: null };
    const index = this.list(experiment, query, termsOf(query.filter)).keys.indexOf(telling);
    return { index: index < 0 ? null : index, row: this.row(part, telling) };
  }

  private row(part: Part, key: RowKey): LeaderboardRow {
    const { trial, run } = placeOf(key);
    const row = this.one.get(...part, trial, run);
    if (!row) throw new Error(`the leaderboard has no row of run ${run} of trial ${trial}`);
    const [experiment, isCell, isTrash] = part;
    const name = `experiment ${experiment}, trial ${trial}`;
    const { isStarred, note, tags, ...values } = parseRow(storedRowSchema, row, 'leaderboard', name);
    const own = this.trials.get(experiment, trial, run);
    return {
      trial: own,
      rank: isTrash === 1 || row.reward === null ? null : this.rank(experiment, isCell === 1 ? 'cells' : 'trials', key),
      ...values,
      bestEpoch: this.bestEpoch(part, own, row.best),
      labels: { isStarred, note: note ?? '', tags: tags ?? [] },
    };
  }

  /** Of the trial that a row shows, or else of the one of its cell's that had the best accuracy. */
  private bestEpoch([experiment, , isTrash]: Part, own: Trial, best: number | null): number | null {
    if (best === null || own.bestAccuracy === best) return own.bestEpoch;
    return this.epoch.get({ experiment, isTrash, hash: own.hash, best }) ?? null;
  }

  /** The rows that pass, in their order. */
  private list(experiment: number, query: LeaderboardQuery, terms: readonly FilterTerm[]): FoundRows {
    const { mode, filter, isTrash, sort } = query;
    const key = JSON.stringify([experiment, mode, isTrash, filter.trim(), sort.column, sort.isAscending]);
    return this.lists.get(key, this.rows.version(experiment), () => {
      const test = filterSql(terms);
      const order = orderSql(sort.column, sort.isAscending, terms.length === 0);
      return this.search(`${test.sql} ORDER BY ${order}`, [...partOf(experiment, query), ...test.parameters]);
    });
  }

  /** Rows by state under the filter without its states. */
  private counts(experiment: number, query: LeaderboardQuery, terms: readonly FilterTerm[]): Experiment['counts'] {
    const stateless = terms.filter(({ condition }) => condition.kind !== 'state');
    if (stateless.length === terms.length) return this.list(experiment, query, terms).counts;
    const { sql, parameters } = filterSql(stateless);
    const part = partOf(experiment, query);
    const key = JSON.stringify([...part, sql, ...parameters]);
    const found = this.lists.get(key, this.rows.version(experiment), () => this.search(sql, [...part, ...parameters]));
    return found.counts;
  }

  /** All rows with a reward by their rank. */
  private ranked(experiment: number, mode: LeaderboardMode): FoundRows {
    return this.lists.get(`${experiment} ${mode} ranked`, this.rows.version(experiment), () =>
      this.search(
        'reward IS NOT NULL ORDER BY reward DESC, trial, number',
        partOf(experiment, { mode, isTrash: false }),
      ),
    );
  }

  /** From 1; of a row with a reward. */
  private rank(experiment: number, mode: LeaderboardMode, key: RowKey): number {
    const ranks = this.ranks.get(`${experiment} ${mode}`, this.rows.version(experiment), () => {
      const { keys } = this.ranked(experiment, mode);
      return new Map(Array.from(keys, (row, index) => [row, index + 1]));
    });
    return ranks.get(key) ?? 0;
  }

  /** One number a row, its key and behind it the state: a list of numbers is read several times faster than rows. */
  private search(test: string, parameters: readonly (string | number)[]): FoundRows {
    const found = this.database
      .prepare<unknown[], number>(`SELECT (${KEY}) * ${STATES} + state FROM leaderboard WHERE ${PART} AND ${test}`)
      .pluck()
      .all(...parameters);
    // Filled in place, as `from` takes ten times as long.
    const keys = new Float64Array(found.length);
    const byState = new Int32Array(STATES);
    for (let index = 0; index < found.length; index++) {
      const number = found[index] ?? 0;
      const state = number % STATES;
      keys[index] = (number - state) / STATES;
      byState[state] = (byState[state] ?? 0) + 1;
    }
    const counts = { queued: 0, running: 0, completed: 0, failed: 0, pruned: 0, cancelled: 0 };
    for (const [place, state] of STATE_ORDER.entries()) counts[state] = byState[place] ?? 0;
    return { keys, counts };
  }
}

/** Throws `invalid_input` with the sentence of a filter that does not parse. */
export function termsOf(filter: string): readonly FilterTerm[] {
  const parsed = parseFilter(filter);
  if (parsed.kind === 'refused') throw new WorkbenchError('invalid_input', parsed.sentence);
  return parsed.terms;
}

const keyOf = (trial: number, run: number): RowKey => trial * RUNS + run;

const placeOf = (key: RowKey): { trial: number; run: number } => ({ trial: Math.floor(key / RUNS), run: key % RUNS });

function partOf(experiment: number, { mode, isTrash }: Pick<LeaderboardQuery, 'mode' | 'isTrash'>): Part {
  return [experiment, mode === 'cells' ? 1 : 0, isTrash ? 1 : 0];
}
