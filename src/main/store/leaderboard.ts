import type { Database, Statement } from 'better-sqlite3';
import { type FilterTerm, parseFilter } from '../../shared/leaderboard/filter.ts';
import { STATE_ORDER } from '../../shared/leaderboard/row-order.ts';
import type { Experiment, Trial } from '../../shared/records/experiment.ts';
import type { LeaderboardMode, LeaderboardQuery, LeaderboardRow } from '../../shared/records/leaderboard.ts';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import { filterSql, orderSql } from './filter-sql.ts';
import type { LeaderboardRows } from './leaderboard-rows.ts';
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

/** Which part of the table: its experiment, trials or cells, outside the trash or in it. */
type Part = readonly [experiment: number, isCell: 0 | 1, isTrash: 0 | 1];

/** Rows that pass a test, in their order, and how many of them are in each state. */
interface FoundRows {
  readonly trials: Int32Array;
  readonly counts: Experiment['counts'];
}

const STATES = STATE_ORDER.length;
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
  private readonly one: Statement<[...Part, number], StoredRow>;
  private readonly cell: Statement<[...Part, string], { trial: number }>;
  private readonly epoch: Statement<
    [{ experiment: number; isTrash: 0 | 1; hash: string; best: number }],
    number | null
  >;
  private readonly lists = new RecentAnswers<FoundRows>(KEPT_ANSWERS);
  private readonly ranks = new RecentAnswers<Int32Array>(KEPT_ANSWERS);

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
       FROM leaderboard AS own WHERE ${PART} AND trial = ?`,
    );
    this.cell = database.prepare(`SELECT trial FROM leaderboard WHERE ${PART} AND hash = ?`);
    this.epoch = database
      .prepare<[{ experiment: number; isTrash: 0 | 1; hash: string; best: number }], number | null>(
        `SELECT best_epoch FROM trials WHERE experiment = @experiment AND trial = (
           SELECT trial FROM leaderboard INDEXED BY leaderboard_by_cell
           WHERE experiment = @experiment AND hash = @hash AND is_cell = 0 AND is_trash = @isTrash AND best = @best
           ORDER BY trial LIMIT 1)`,
      )
      .pluck();
  }

  /** Some rows in the order asked for. Throws `invalid_input` where the filter does not parse. */
  read(experiment: number, query: LeaderboardQuery, offset: number, limit: number) {
    const terms = termsOf(query.filter);
    const part = partOf(experiment, query);
    const { trials } = this.list(experiment, query, terms);
    return {
      total: trials.length,
      rows: Array.from(trials.subarray(offset, offset + limit), (trial) => this.row(part, trial)),
      counts: this.counts(experiment, query, terms),
      best: this.ranked(experiment, query.mode).trials[0] ?? null,
    };
  }

  /** Where a trial, or its cell, stands; null for both where there is no such row, null for `index` where it is hidden. */
  find(
    experiment: number,
    query: LeaderboardQuery,
    trial: number,
  ): { index: number | null; row: LeaderboardRow | null } {
    const { hash, trashedAt } = this.trials.get(experiment, trial);
    const part = partOf(experiment, query);
    const isThere = (trashedAt !== null) === query.isTrash;
    const telling = query.mode === 'cells' ? this.cell.get(...part, hash)?.trial : isThere ? trial : undefined;
    if (telling === undefined) return { index: null, row: null };
    const index = this.list(experiment, query, termsOf(query.filter)).trials.indexOf(telling);
    return { index: index < 0 ? null : index, row: this.row(part, telling) };
  }

  private row(part: Part, trial: number): LeaderboardRow {
    const row = this.one.get(...part, trial);
    if (!row) throw new Error(`the leaderboard has no row of trial ${trial}`);
    const [experiment, isCell, isTrash] = part;
    const { isStarred, note, tags, ...values } = row;
    const own = this.trials.get(experiment, trial);
    return {
      trial: own,
      rank:
        isTrash === 1 || row.reward === null ? null : this.rank(experiment, isCell === 1 ? 'cells' : 'trials', trial),
      ...values,
      bestEpoch: this.bestEpoch(part, own, row.best),
      labels: { isStarred: isStarred === 1, note: note ?? '', tags: tags === null ? [] : JSON.parse(tags) },
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
      this.search('reward IS NOT NULL ORDER BY reward DESC, trial', partOf(experiment, { mode, isTrash: false })),
    );
  }

  /** From 1; of a trial that has a row with a reward. */
  private rank(experiment: number, mode: LeaderboardMode, trial: number): number {
    const ranks = this.ranks.get(`${experiment} ${mode}`, this.rows.version(experiment), () => {
      const { trials } = this.ranked(experiment, mode);
      const byTrial = new Int32Array(trials.reduce((most, number) => Math.max(most, number), 0) + 1);
      trials.forEach((number, index) => {
        byTrial[number] = index + 1;
      });
      return byTrial;
    });
    return ranks[trial] ?? 0;
  }

  /** One number a row, the trial and behind it the state: a list of numbers is read several times faster than rows. */
  private search(test: string, parameters: readonly (string | number)[]): FoundRows {
    const found = this.database
      .prepare<unknown[], number>(`SELECT trial * ${STATES} + state FROM leaderboard WHERE ${PART} AND ${test}`)
      .pluck()
      .all(...parameters);
    // Filled in place, as `Int32Array.from` takes ten times as long.
    const trials = new Int32Array(found.length);
    const byState = new Int32Array(STATES);
    for (let index = 0; index < found.length; index++) {
      const number = found[index] ?? 0;
      const state = number % STATES;
      trials[index] = (number - state) / STATES;
      byState[state] = (byState[state] ?? 0) + 1;
    }
    const counts = { queued: 0, running: 0, completed: 0, failed: 0, pruned: 0, cancelled: 0 };
    for (const [place, state] of STATE_ORDER.entries()) counts[state] = byState[place] ?? 0;
    return { trials, counts };
  }
}

/** Throws `invalid_input` with the sentence of a filter that does not parse. */
export function termsOf(filter: string): readonly FilterTerm[] {
  const parsed = parseFilter(filter);
  if (parsed.kind === 'refused') throw new WorkbenchError('invalid_input', parsed.sentence);
  return parsed.terms;
}

function partOf(experiment: number, { mode, isTrash }: Pick<LeaderboardQuery, 'mode' | 'isTrash'>): Part {
  return [experiment, mode === 'cells' ? 1 : 0, isTrash ? 1 : 0];
}
