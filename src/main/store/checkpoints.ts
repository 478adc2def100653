import type { Database, Statement } from 'better-sqlite3';
import type { Commits } from './commits.ts';

export interface Checkpoint {
  readonly experiment: number;
  readonly trial: number;
  readonly leaseEpoch: number;
  readonly step: number;
  /** Relative to the project's folder, with `/`. */
  readonly file: string;
  readonly sizeBytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

/** The newest file may be the one that a power cut spoiled, so the one before it is kept as well. */
const KEPT_GENERATIONS = 2;

const COLUMNS = `experiment, trial, lease_epoch AS leaseEpoch, step, file, size_bytes AS sizeBytes, sha256`;
/** A later lease went on from an earlier one, or from further back where a file was spoiled: the step decides. */
const NEWEST_FIRST = 'ORDER BY step DESC, lease_epoch DESC';

/** Which checkpoint files are whole: a row is written after its file is on the disk, and deleted before it. */
export class Checkpoints {
  private readonly commits: Commits;
  private readonly insert: Statement<[Checkpoint & { at: string }]>;
  private readonly ofTrial: Statement<[number, number], Checkpoint>;
  private readonly everything: Statement<[], { file: string }>;
  private readonly drop: Statement<[string]>;
  private readonly dropOver: Statement<[]>;

  constructor(database: Database, commits: Commits) {
    this.commits = commits;
    this.insert = database.prepare(
      `INSERT OR REPLACE INTO checkpoints (experiment, trial, lease_epoch, step, file, size_bytes, sha256, stored_at)
       VALUES (@experiment, @trial, @leaseEpoch, @step, @file, @sizeBytes, @sha256, @at)`,
    );
    this.ofTrial = database.prepare(
      `SELECT ${COLUMNS} FROM checkpoints WHERE experiment = ? AND trial = ? ${NEWEST_FIRST}`,
    );
    this.everything = database.prepare('SELECT file FROM checkpoints');
    this.drop = database.prepare('DELETE FROM checkpoints WHERE file = ?');
    this.dropOver = database.prepare(
      `DELETE FROM checkpoints WHERE NOT EXISTS (
         SELECT 1 FROM trials WHERE trials.experiment = checkpoints.experiment AND trials.trial = checkpoints.trial
           AND state IN ('queued', 'running'))`,
    );
  }

  /** Stores a checkpoint and returns the files that are no longer needed, their rows already gone. */
  add(checkpoint: Checkpoint, at: string): string[] {
    return this.commits.run(() => {
      this.insert.run({ ...checkpoint, at });
      const superseded = this.newestFirst(checkpoint.experiment, checkpoint.trial).slice(KEPT_GENERATIONS);
      for (const { file } of superseded) this.drop.run(file);
      return superseded.map(({ file }) => file);
    });
  }

  newestFirst(experiment: number, trial: number): Checkpoint[] {
    return this.ofTrial.all(experiment, trial);
  }

  /** Forgets all checkpoints of a trial and returns their files. */
  removeAll(experiment: number, trial: number): string[] {
    return this.commits.run(() => {
      const files = this.newestFirst(experiment, trial).map(({ file }) => file);
      for (const file of files) this.drop.run(file);
      return files;
    });
  }

  /** Forgets the checkpoints of trials that are over, which an earlier version kept. For the opening of a project. */
  removeOfFinished(): void {
    this.commits.run(() => this.dropOver.run());
  }

  remove(file: string): void {
    this.commits.run(() => this.drop.run(file));
  }

  files(): Set<string> {
    return new Set(this.everything.all().map(({ file }) => file));
  }
}
