import type { Database, Statement } from 'better-sqlite3';
import type { Attempt } from '../../shared/records/log.ts';
import type { Commits } from './commits.ts';
import type { Lease } from './trials.ts';

/** How an attempt ended that nobody was there to end. */
const KILLED = 'Cellwright itself ended in the middle of it.';

/** The tries to train a trial, one a lease; an attempt's number is the lease's. */
export class Attempts {
  private readonly commits: Commits;
  private readonly insert: Statement<[number, number, number, string, number]>;
  private readonly close: Statement<[string, string, number, number, number]>;
  private readonly closeAll: Statement<[string]>;
  private readonly ofTrial: Statement<[number, number], Attempt>;

  constructor(database: Database, commits: Commits) {
    this.commits = commits;
    this.insert = database.prepare(
      'INSERT INTO attempts (experiment, trial, attempt, started_at, batch_size) VALUES (?, ?, ?, ?, ?)',
    );
    this.close = database.prepare(
      `UPDATE attempts SET ended_at = ?, end_message = ?
       WHERE experiment = ? AND trial = ? AND attempt = ? AND end_message IS NULL`,
    );
    this.closeAll = database.prepare('UPDATE attempts SET end_message = ? WHERE end_message IS NULL');
    this.ofTrial = database.prepare(
      `SELECT attempt, batch_size AS batchSize, started_at AS startedAt, ended_at AS endedAt, end_message AS "end"
       FROM attempts WHERE experiment = ? AND trial = ? ORDER BY attempt`,
    );
  }

  begin({ experiment, trial, leaseEpoch }: Lease, batchSize: number, at: string): void {
    this.commits.run(() => this.insert.run(experiment, trial, leaseEpoch, at, batchSize));
  }

  /** `end` says how, in a sentence. Nothing for an attempt that has ended. */
  end({ experiment, trial, leaseEpoch }: Lease, end: string, at: string): void {
    this.commits.run(() => this.close.run(at, end, experiment, trial, leaseEpoch));
  }

  /** Those that an earlier process left open; when it ended, nobody knows. For the opening of a project. */
  endLeftOpen(): void {
    this.commits.run(() => this.closeAll.run(KILLED));
  }

  list(experiment: number, trial: number): Attempt[] {
    return this.ofTrial.all(experiment, trial);
  }
}
