import type { Database, Statement } from 'better-sqlite3';
import { type FilterTerm, parseFilter } from '../../shared/leaderboard/filter.ts';
import { STATE_ORDER } from '../../shared/leaderboard/row-order.ts';
import type { Experiment } from '../../shared/records/experiment.ts';
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
  isStarred: number;
  note: string | null;
  tags: string | null;
}

/** Which part of the table: its experiment, trials or cells, outside the trash or in it. */
type Part = readonly [experiment: number, isCell: 0 | 1, isTrash: 0 | 1];

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
  private readonly lists: RecentAnswers<Int32Array>;
  private readonly counts: RecentAnswers<Experiment['counts']>;

  constructor(database: Database, rows: LeaderboardRows, trials: Trials) {
    this.database = database;
    this.rows = rows;
    this.trials = trials;
    this.one = database.prepare(
      `SELECT reward, deviation, best, proposals, is_starred AS isStarred, note, tags FROM leaderboard
       WHERE ${PART} AND trial = ?`,
    );
    this.cell = database.prepare(`SELECT trial FROM leaderboard WHERE ${PART} AND hash = ?`);
    this.lists = new RecentAnswers(KEPT_ANSWERS);
    this.counts = new RecentAnswers(KEPT_ANSWERS);
  }

  /** Some rows in the order asked for. Throws `invalid_input` where the filter does not parse. */
  read(experiment: number, query: LeaderboardQuery, offset: number, limit: number) {
    const terms = termsOf(query.filter);
    const list = this.list(experiment, query, terms);
    const ranked = this.ranked(experiment, query.mode);
    return {
      total: list.length,
      rows: Array.from(list.subarray(offset, offset + limit), (trial) => this.row(partOf(experiment, query), trial)),
      counts: this.countStates(experiment, query, terms),
      best: ranked[0] ?? null,
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
    const index = this.list(experiment, query, termsOf(query.filter)).indexOf(telling);
    return { index: index < 0 ? null : index, row: this.row(part, telling) };
  }

  private row(part: Part, trial: number): LeaderboardRow {
    const row = this.one.get(...part, trial);
    if (!row) throw new Error(`the leaderboard has no row of trial ${trial}`);
    const [experiment, isCell, isTrash] = part;
    const { isStarred, note, tags, ...values } = row;
    return {
      trial: this.trials.get(experiment, trial),
      rank:
        isTrash === 1 || row.reward === null ? null : this.rank(experiment, isCell === 1 ? 'cells' : 'trials', trial),
      ...values,
      labels: { isStarred: isStarred === 1, note: note ?? '', tags: tags === null ? [] : JSON.parse(tags) },
    };
  }

  /** Trials in the order of the rows that pass. */
  private list(experiment: number, query: LeaderboardQuery, terms: readonly FilterTerm[]): Int32Array {
    const { mode, filter, isTrash, sort } = query;
    const key = JSON.stringify([experiment, mode, isTrash, filter.trim(), sort.column, sort.isAscending]);
    return this.lists.get(key, this.rows.version(experiment), () => {
      const test = filterSql(terms);
      const order = orderSql(sort.column, sort.isAscending);
      return this.numbers(`${test.sql} ORDER BY ${order}`, [...partOf(experiment, query), ...test.parameters]);
    });
  }

  /** Trials of all rows with a reward by their rank. */
  private ranked(experiment: number, mode: LeaderboardMode): Int32Array {
    return this.lists.get(`${experiment} ${mode} ranked`, this.rows.version(experiment), () =>
      this.numbers('reward IS NOT NULL ORDER BY reward DESC, trial', partOf(experiment, { mode, isTrash: false })),
    );
  }

  /** From 1; of a trial that has a row with a reward. */
  private rank(experiment: number, mode: LeaderboardMode, trial: number): number {
    const ranks = this.lists.get(`${experiment} ${mode} ranks`, this.rows.version(experiment), () => {
      const ranked = this.ranked(experiment, mode);
      const byTrial = new Int32Array(ranked.reduce((most, number) => Math.max(most, number), 0) + 1);
      for (const [index, number] of ranked.entries()) byTrial[number] = index + 1;
      return byTrial;
    });
    return ranks[trial] ?? 0;
  }

  private numbers(test: string, parameters: readonly (string | number)[]): Int32Array {
    const found = this.database
      .prepare<unknown[], number>(`SELECT trial FROM leaderboard WHERE ${PART} AND ${test}`)
      .pluck()
      .all(...parameters);
    return Int32Array.from(found);
  }

  /** Rows by state under the filter without its states. */
  private countStates(experiment: number, query: LeaderboardQuery, terms: readonly FilterTerm[]): Experiment['counts'] {
    const test = filterSql(terms.filter(({ condition }) => condition.kind !== 'state'));
    const part = partOf(experiment, query);
    const key = JSON.stringify([...part, test]);
    return this.counts.get(key, this.rows.version(experiment), () => {
      const counts = { queued: 0, running: 0, completed: 0, failed: 0, pruned: 0, cancelled: 0 };
      const found = this.database
        .prepare<unknown[], { state: number; n: number }>(
          `SELECT state, count(*) AS n FROM leaderboard WHERE ${PART} AND ${test.sql} GROUP BY state`,
        )
        .all(...part, ...test.parameters);
      for (const { state, n } of found) {
        const name = STATE_ORDER[state];
        if (name) counts[name] = n;
      }
      return counts;
    });
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
