import type { Database, Statement } from 'better-sqlite3';
import type { UpdateReport } from '../../shared/records/controller.ts';
import type { Commits } from './commits.ts';

/**
 * Snapshots that are kept, the newest ones. Ours: one is of the order of 3 MB with the paper's controller, and a search
 * of 1,000 updates would fill 3 GB; the reports are all kept.
 */
export const KEPT_SNAPSHOTS = 10;

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
  private readonly all: Statement<[number], { report: string }>;

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
      `SELECT report FROM controller_updates WHERE experiment = ? AND report IS NOT NULL ORDER BY update_number`,
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
    return this.all.all(experiment).map((row) => JSON.parse(row.report));
  }
}
