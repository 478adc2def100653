import type { Database, Statement } from 'better-sqlite3';
import { z } from 'zod';
import { type UpdateReport, updateReportSchema } from '../../shared/records/controller.ts';
import type { Commits } from './commits.ts';
import { jsonColumn, parseRow } from './parse-row.ts';

/** Half a million numbers in a long search, which zod would look at one by one for a second: a plain loop takes 5 ms. */
const probabilities = z.custom<UpdateReport['meanProbabilities']>(
  (value) => Array.isArray(value) && value.every((options) => Array.isArray(options) && options.every(isProbability)),
  'they must be lists of numbers from 0 to 1',
);
const reportRowSchema = z.strictObject({
  update: z.int().min(1),
  report: jsonColumn(updateReportSchema.extend({ meanProbabilities: probabilities })),
});

/**
 * Snapshots that are kept, the newest ones. Ours: one is of the order of 3 MB with the paper's controller, and a search
 * of 1,000 updates would fill 3 GB; the reports are all kept.
 */
export const KEPT_SNAPSHOTS = 10;

const TABLE = 'controller_updates';

/**
 * What the strategy learned, one row an update; update 0 is the untrained strategy after its first proposals. A row is
 * stored in the same transaction as the proposals that follow it, so an update happens exactly once: the batch
 * numbered like an update is consumed when its row is there.
 */
export class ControllerUpdates {
  private readonly commits: Commits;
  private readonly insert: Statement<[number, number, string | null, Uint8Array, string]>;
  private readonly replace: Statement<[Uint8Array, number, number]>;
  private readonly forget: Statement<[number, number]>;
  private readonly newest: Statement<[number], { update: number; snapshot: Buffer }>;
  private readonly all: Statement<[number], { update: number; report: string }>;

  constructor(database: Database, commits: Commits) {
    this.commits = commits;
    this.insert = database.prepare(
      `INSERT INTO controller_updates (experiment, update_number, report, snapshot, stored_at) VALUES (?, ?, ?, ?, ?)`,
    );
    this.replace = database.prepare(
      'UPDATE controller_updates SET snapshot = ? WHERE experiment = ? AND update_number = ?',
    );
    this.forget = database.prepare(
      'UPDATE controller_updates SET snapshot = NULL WHERE experiment = ? AND update_number = ?',
    );
    this.newest = database.prepare(
      `SELECT update_number AS "update", snapshot FROM controller_updates WHERE experiment = ?
       ORDER BY update_number DESC LIMIT 1`,
    );
    this.all = database.prepare(
      `SELECT update_number AS "update", report FROM controller_updates WHERE experiment = ? AND report IS NOT NULL
       ORDER BY update_number`,
    );
  }

  add(experiment: number, update: number, report: UpdateReport | null, snapshot: Uint8Array, at: string): void {
    this.commits.run(() => {
      this.insert.run(experiment, update, report && JSON.stringify(report), snapshot, at);
      this.forget.run(experiment, update - KEPT_SNAPSHOTS);
      if (report) {
        this.commits.note(`update ${experiment} ${update}`, () => ({
          name: 'controller.updated',
          payload: { experiment, report },
        }));
      }
    });
  }

  /** After proposals outside an update: the strategy went on, what it learned stands. */
  replaceSnapshot(experiment: number, update: number, snapshot: Uint8Array): void {
    this.commits.run(() => this.replace.run(snapshot, experiment, update));
  }

  /** The newest update and the strategy after it, or null before the first proposals. */
  latest(experiment: number): { update: number; snapshot: Uint8Array } | null {
    return this.newest.get(experiment) ?? null;
  }

  reports(experiment: number): UpdateReport[] {
    return this.all
      .all(experiment)
      .map((row) => parseRow(reportRowSchema, row, TABLE, `experiment ${experiment}, update ${row.update}`).report);
  }
}

/** A mean of ones may lie a rounding above 1. */
const isProbability = (value: unknown): boolean => typeof value === 'number' && value >= 0 && value <= 1 + 1e-9;
