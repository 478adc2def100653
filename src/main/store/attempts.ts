import type { Database, Statement } from 'better-sqlite3';
import { type Attempt, attemptSchema } from '../../shared/records/log.ts';
import type { Lease } from '../../shared/records/run.ts';
import type { Commits } from './commits.ts';
import { parseRow } from './parse-row.ts';

/** How an attempt ended that nobody was there to end. */
const KILLED = 'Cellwright itself ended in the middle of it.';

/** The tries to carry a run out, one a lease that was taken; an attempt's number is the lease's. */
export class Attempts {
  private readonly commits: Commits;
  private readonly insert: Statement<[number, number, string, number | null]>;
  private readonly close: Statement<[string, string, number, number]>;
  private readonly closeAll: Statement<[string]>;
  private readonly ofRun: Statement<[number], unknown>;

  constructor(database: Database, commits: Commits) {
    this.commits = commits;
    this.insert = database.prepare('INSERT INTO attempts (run, attempt, started_at, batch_size) VALUES (?, ?, ?, ?)');
    this.close = database.prepare(
      'UPDATE attempts SET ended_at = ?, end_message = ? WHERE run = ? AND attempt = ? AND end_message IS NULL',
    );
    this.closeAll = database.prepare('UPDATE attempts SET end_message = ? WHERE end_message IS NULL');
    this.ofRun = database.prepare(
      `SELECT attempt, batch_size AS batchSize, started_at AS startedAt, ended_at AS endedAt, end_message AS "end"
       FROM attempts WHERE run = ? ORDER BY attempt`,
    );
  }

  /** `batchSize` in images a step; null for a run that makes no steps. */
  begin({ run, epoch }: Lease, batchSize: number | null, at: string): void {
    this.commits.run(() => this.insert.run(run, epoch, at, batchSize));
  }

  /** `end` says how, in a sentence. Nothing for an attempt that has ended. */
  end({ run, epoch }: Lease, end: string, at: string): void {
    this.commits.run(() => this.close.run(at, end, run, epoch));
  }

  /** Those that an earlier process left open; when it ended, nobody knows. For the opening of a project. */
  endLeftOpen(): void {
    this.commits.run(() => this.closeAll.run(KILLED));
  }

  list(run: number): Attempt[] {
    return this.ofRun.all(run).map((row) => parseRow(attemptSchema, row, 'attempts', `run ${run}`));
  }
}
