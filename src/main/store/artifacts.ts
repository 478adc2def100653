import type { Database, Statement } from 'better-sqlite3';
import { type Artifact, type ArtifactKind, artifactSchema } from '../../shared/records/artifact.ts';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import type { Commits } from './commits.ts';
import { parseRow } from './parse-row.ts';
import { errorCode } from './storage-error.ts';

const COLUMNS = 'hash, kind, media_type AS mediaType, size_bytes AS sizeBytes, created_at AS createdAt';

/** Which files are kept, by the hash of their contents. */
export class Artifacts {
  private readonly commits: Commits;
  private readonly insert: Statement<[Artifact]>;
  private readonly one: Statement<[string], { hash: string }>;
  private readonly ofKind: Statement<[ArtifactKind], { hash: string }>;
  private readonly everything: Statement<[], string>;
  private readonly total: Statement<[], number>;
  private readonly drop: Statement<[string]>;

  constructor(database: Database, commits: Commits) {
    this.commits = commits;
    this.insert = database.prepare(
      `INSERT INTO artifacts (hash, kind, media_type, size_bytes, created_at)
       VALUES (@hash, @kind, @mediaType, @sizeBytes, @createdAt) ON CONFLICT (hash) DO NOTHING`,
    );
    this.one = database.prepare(`SELECT ${COLUMNS} FROM artifacts WHERE hash = ?`);
    this.ofKind = database.prepare(`SELECT ${COLUMNS} FROM artifacts WHERE kind = ? ORDER BY created_at, hash`);
    this.everything = database.prepare<[], string>('SELECT hash FROM artifacts').pluck();
    this.total = database.prepare<[], number>('SELECT coalesce(sum(size_bytes), 0) FROM artifacts').pluck();
    this.drop = database.prepare('DELETE FROM artifacts WHERE hash = ?');
  }

  /** Returns what is kept of these contents: the first row stays, whoever brings them again. */
  add(artifact: Artifact): Artifact {
    return this.commits.run(() => {
      this.insert.run(artifactSchema.parse(artifact));
      return this.get(artifact.hash)!;
    });
  }

  get(hash: string): Artifact | null {
    const row = this.one.get(hash);
    return row === undefined ? null : parseArtifact(row);
  }

  /** The oldest first. */
  list(kind: ArtifactKind): Artifact[] {
    return this.ofKind.all(kind).map(parseArtifact);
  }

  hashes(): Set<string> {
    return new Set(this.everything.all());
  }

  totalBytes(): number {
    return this.total.get() ?? 0;
  }

  /** False where there is none. Throws `conflict` where something refers to it. */
  remove(hash: string): boolean {
    try {
      return this.commits.run(() => this.drop.run(hash).changes > 0);
    } catch (error) {
      if (errorCode(error) !== 'SQLITE_CONSTRAINT_FOREIGNKEY') throw error;
      throw new WorkbenchError('conflict', `The file ${hash} is in use: delete what refers to it first.`, {
        cause: error,
      });
    }
  }
}

function parseArtifact(row: { hash: string }): Artifact {
  return parseRow(artifactSchema, row, 'artifacts', `the file ${row.hash}`);
}
