import type { Database, Statement } from 'better-sqlite3';
import type { FilterTerm } from '../../shared/leaderboard/filter.ts';
import { STATE_ORDER } from '../../shared/leaderboard/row-order.ts';
import { OPERATIONS, type Operation } from '../../shared/records/architecture.ts';
import type { OperationShare, Scatter, SearchCurve } from '../../shared/records/leaderboard.ts';
import { filterSql } from './filter-sql.ts';
import { operationUsesSchema, usesAt } from './operation-uses.ts';
import { parseRow } from './parse-row.ts';

/** Trials that count as the top (design; the paper's figure 6 has the same 25). */
const TOP = 25;
/** Ours: more than a chart has pixels. */
const MOST_POINTS = 1000;

const TRIALS = 'experiment = ? AND is_cell = 0 AND is_trash = 0';
const ENDED = STATE_ORDER.flatMap((state, place) =>
  state === 'completed' || state === 'failed' || state === 'pruned' ? [place] : [],
);

/** Its operations, as `operationUses` wrote them. */
type UsesRow = [trial: number, reward: number, uses: string];
type ScatterRow = [number, number, number, number, number, number];

/** What is true of all trials of an experiment that are not in the trash. */
export class Aggregates {
  private readonly database: Database;
  private readonly uses: Statement<[number], UsesRow>;
  private readonly top: Statement<[number, number], UsesRow>;
  private readonly rewards: Statement<[number], number | null>;

  constructor(database: Database) {
    this.database = database;
    this.uses = database
      .prepare<[number], UsesRow>(
        `SELECT trial, reward, operation_uses FROM leaderboard WHERE ${TRIALS} AND reward IS NOT NULL
         ORDER BY trial, number`,
      )
      .raw();
    this.top = database
      .prepare<[number, number], UsesRow>(
        `SELECT trial, reward, operation_uses FROM leaderboard WHERE ${TRIALS} AND reward IS NOT NULL
         ORDER BY reward DESC, trial, number LIMIT ?`,
      )
      .raw();
    this.rewards = database
      .prepare<[number], number | null>(
        `SELECT reward FROM leaderboard WHERE ${TRIALS} AND purpose = 'proposal' AND state IN (${ENDED.join()})
         ORDER BY trial`,
      )
      .pluck();
  }

  /** Trials with a reward that a filter lets through, in the order of their numbers. */
  scatter(experiment: number, terms: readonly FilterTerm[]): Scatter {
    const { sql, parameters } = filterSql(terms);
    const rows = this.database
      .prepare<unknown[], ScatterRow>(
        `SELECT trial, number, reward, trainable_parameters, multiply_adds, duration_ms FROM leaderboard
         WHERE ${TRIALS} AND reward IS NOT NULL AND ${sql} ORDER BY trial, number`,
      )
      .raw()
      .all(experiment, ...parameters);
    return {
      trial: rows.map((row) => row[0]),
      run: rows.map((row) => row[1]),
      reward: rows.map((row) => row[2]),
      trainableParameters: rows.map((row) => row[3]),
      multiplyAdds: rows.map((row) => row[4]),
      durationMs: rows.map((row) => row[5]),
    };
  }

  /** How the operations of a search space do, and any other that a trial has. */
  operations(experiment: number, space: readonly Operation[]): OperationShare[] {
    const sums = OPERATIONS.map(() => ({ uses: 0, count: 0, reward: 0 }));
    const all = { count: 0, reward: 0 };
    for (const row of this.uses.all(experiment)) {
      const [, reward] = row;
      const uses = usesOf(experiment, row);
      all.count++;
      all.reward += reward;
      for (let place = 0; place < sums.length; place++) {
        const times = usesAt(uses, place);
        const sum = sums[place];
        if (times === 0 || !sum) continue;
        sum.uses += times;
        sum.count++;
        sum.reward += reward;
      }
    }
    const inTop = this.topUses(experiment);
    const share = sharesOf(sums.map(({ uses }) => uses));
    return OPERATIONS.flatMap((operation, place) => {
      const sum = sums[place];
      if (!sum || (sum.uses === 0 && !space.includes(operation))) return [];
      const having = { count: sum.count, reward: sum.count === 0 ? null : sum.reward / sum.count };
      const rest = { count: all.count - sum.count, reward: all.reward - sum.reward };
      const lacking = { count: rest.count, reward: rest.count === 0 ? null : rest.reward / rest.count };
      return [{ operation, topShare: inTop[place] ?? 0, share: share[place] ?? 0, having, lacking }];
    });
  }

  private topUses(experiment: number): number[] {
    const top = this.top.all(experiment, TOP).map((row) => usesOf(experiment, row));
    return sharesOf(OPERATIONS.map((_, place) => top.reduce((sum, uses) => sum + usesAt(uses, place), 0)));
  }

  /**
   * The best so far after so many of the search's own trials that ended, failed and pruned ones among them (paper,
   * figure 6). Cancelled ones are no proposals any more: another took their place.
   */
  curve(experiment: number): SearchCurve {
    const rewards = this.rewards.all(experiment);
    const curve: SearchCurve = { proposals: [], best: [], top5: [], top25: [] };
    const every = Math.max(1, Math.ceil(rewards.length / MOST_POINTS));
    const top: number[] = [];
    for (const [index, reward] of rewards.entries()) {
      if (reward !== null) insertInto(top, reward);
      const proposals = index + 1;
      if (proposals % every !== 0 && proposals !== rewards.length) continue;
      curve.proposals.push(proposals);
      curve.best.push(meanOf(top, 1));
      curve.top5.push(meanOf(top, 5));
      curve.top25.push(meanOf(top, TOP));
    }
    return curve;
  }
}

function usesOf(experiment: number, [trial, , uses]: UsesRow): string {
  return parseRow(operationUsesSchema, uses, 'leaderboard', `experiment ${experiment}, trial ${trial}`);
}

function sharesOf(uses: readonly number[]): number[] {
  const all = uses.reduce((sum, count) => sum + count, 0);
  return uses.map((count) => (all === 0 ? 0 : count / all));
}

/** Keeps the best so many, highest first. */
function insertInto(top: number[], reward: number): void {
  const last = top[TOP - 1];
  if (last !== undefined && reward <= last) return;
  const place = top.findIndex((other) => other < reward);
  if (place < 0) top.push(reward);
  else top.splice(place, 0, reward);
  if (top.length > TOP) top.pop();
}

function meanOf(top: readonly number[], count: number): number | null {
  if (top.length < count) return null;
  return top.slice(0, count).reduce((sum, reward) => sum + reward, 0) / count;
}
