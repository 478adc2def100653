import type { Database, Statement } from 'better-sqlite3';
import { z } from 'zod';
import type { Commits } from './commits.ts';
import { parseRow } from './parse-row.ts';

const checkpointSchema = z.strictObject({
  run: z.int(),
  leaseEpoch: z.int(),
  step: z.int().min(0),
  /** Relative to the project's folder, with `/`. */
  file: z.string(),
  sizeBytes: z.int().min(0),
  /** Lower-case hexadecimal. */
  sha256: z.string(),
});
export type Checkpoint = z.infer<typeof checkpointSchema>;

/** The newest file may be the one that a power cut spoiled, so the one before it is kept as well. */
const KEPT_GENERATIONS = 2;

const COLUMNS = `run, lease_epoch AS leaseEpoch, step, file, size_bytes AS sizeBytes, sha256`;
/** A later lease went on from an earlier one, or from further back where a file was spoiled: the step decides. */
const NEWEST_FIRST = 'ORDER BY step DESC, lease_epoch DESC';

/** Which checkpoint files are whole: a row is written after its file is on the disk, and deleted before it. */
export class Checkpoints {
  private readonly commits: Commits;
  private readonly insert: Statement<[Checkpoint & { at: string }]>;
  private readonly ofRun: Statement<[number], unknown>;
  private readonly everything: Statement<[], { file: string }>;
  private readonly drop: Statement<[string]>;
  private readonly dropOver: Statement<[]>;

  constructor(database: Database, commits: Commits) {
    this.commits = commits;
    this.insert = database.prepare(
      `INSERT OR REPLACE INTO checkpoints (run, lease_epoch, step, file, size_bytes, sha256, stored_at)
       VALUES (@run, @leaseEpoch, @step, @file, @sizeBytes, @sha256, @at)`,
    );
    this.ofRun = database.prepare(`SELECT ${COLUMNS} FROM checkpoints WHERE run = +? ${NEWEST_FIRST}`);
    this.everything = database.prepare('SELECT file FROM checkpoints');
    this.drop = database.prepare('DELETE FROM checkpoints WHERE file = ?');
    this.dropOver = database.prepare(
      `DELETE FROM checkpoints WHERE NOT EXISTS (
         SELECT 1 FROM runs WHERE runs.run = checkpoints.run AND state IN ('queued', 'running'))`,
    );
  }

  /** Stores a checkpoint and returns the files that are no longer needed, their rows already gone. */
  add(checkpoint: Checkpoint, at: string): string[] {
    return this.commits.run(() => {
      this.insert.run({ ...checkpoint, at });
      const superseded = this.newestFirst(checkpoint.run).slice(KEPT_GENERATIONS);
      for (const { file } of superseded) this.drop.run(file);
      return superseded.map(({ file }) => file);
    });
  }

  newestFirst(run: number): Checkpoint[] {
    return this.ofRun.all(run).map((row) => parseRow(checkpointSchema, row, 'checkpoints', `run ${run}`));
  }

  /** Forgets all checkpoints of a run and returns their files. */
  removeAll(run: number): string[] {
    return this.commits.run(() => {
      const files = this.newestFirst(run).map(({ file }) => file);
      for (const file of files) this.drop.run(file);
      return files;
    });
  }

  /** Forgets the checkpoints of runs that are over, which an earlier version kept. For the opening of a project. */
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
