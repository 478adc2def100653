import type { Database, Statement } from 'better-sqlite3';
import { type LogEntry, logEntrySchema } from '../../shared/records/log.ts';
import type { Commits } from './commits.ts';
import { parseRow } from './parse-row.ts';

/** Entries that are kept, the newest ones. Ours: a few megabytes. */
const KEPT_ENTRIES = 20_000;

/** What a person was told, so that it can be read later. */
export class LogEntries {
  private readonly commits: Commits;
  private readonly kept: number;
  private readonly insert: Statement<[LogEntry], { entry: number }>;
  private readonly forget: Statement<[number]>;
  private readonly newest: Statement<[{ experiment: number | null; trial: number | null; limit: number }], LogEntry>;

  constructor(database: Database, commits: Commits, kept = KEPT_ENTRIES) {
    this.commits = commits;
    this.kept = kept;
    this.insert = database.prepare(
      `INSERT INTO log (at, level, experiment, trial, message) VALUES (@at, @level, @experiment, @trial, @message)
       RETURNING entry`,
    );
    this.forget = database.prepare('DELETE FROM log WHERE entry <= ?');
    this.newest = database.prepare(
      `SELECT at, level, experiment, trial, message FROM log
       WHERE (@experiment IS NULL OR experiment = @experiment) AND (@trial IS NULL OR trial = @trial)
       ORDER BY entry DESC LIMIT @limit`,
    );
  }

  /** Stores and tells it. */
  add(entry: LogEntry): void {
    this.commits.run(() => {
      const stored = this.insert.get(entry);
      if (!stored) throw new Error('a log entry was not stored');
      this.forget.run(stored.entry - this.kept);
      this.commits.note(`log ${stored.entry}`, () => ({ name: 'log.added', payload: entry }));
    });
  }

  /** The newest ones, newest last; of one trial, of one experiment, or of all. */
  list(experiment: number | null, trial: number | null, limit: number): LogEntry[] {
    const rows = this.newest.all({ experiment, trial, limit });
    return rows.map((row) => parseRow(logEntrySchema, row, 'log', `the entry of ${row.at}`)).reverse();
  }
}
