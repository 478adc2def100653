import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import SQLite, { type Database } from 'better-sqlite3';
import { onTestFinished } from 'vitest';
import { ArtifactFiles } from '../../../src/main/artifacts/artifact-files.ts';
import { ProjectArtifacts } from '../../../src/main/artifacts/project-artifacts.ts';
import { Artifacts } from '../../../src/main/store/artifacts.ts';
import { Commits } from '../../../src/main/store/commits.ts';
import { ARTIFACTS } from '../../../src/main/store/migrations/artifacts.ts';
import { scratchFolder } from '../workbench/small-project.ts';

export interface ArtifactSetting {
  /** The project's. */
  readonly folder: string;
  readonly database: Database;
  readonly rows: Artifacts;
  readonly files: ArtifactFiles;
  readonly artifacts: ProjectArtifacts;
  /** Names of all files below `artifacts`. */
  list(): string[];
}

/** A database with the table, and files in a project's folder. Call `remove` at the end. */
export function makeArtifacts(): ArtifactSetting & { remove: () => void } {
  const { folder, remove } = scratchFolder();
  const database = new SQLite(':memory:');
  database.pragma('foreign_keys = ON');
  database.exec(ARTIFACTS);
  const rows = new Artifacts(database, new Commits(database, () => undefined));
  const files = new ArtifactFiles(folder);
  const artifacts = new ProjectArtifacts(rows, files, () => new Date('2030-01-02T03:04:05.678Z'));
  const list = () => listFiles(join(folder, 'artifacts'));
  const end = () => {
    database.close();
    remove();
  };
  return { folder, database, rows, files, artifacts, list, remove: end };
}

/** The same, gone when the test is. */
export function openArtifacts(): ArtifactSetting {
  const { remove, ...setting } = makeArtifacts();
  onTestFinished(remove);
  return setting;
}

function listFiles(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  } catch {
    return [];
  }
}

export function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A stream of these pieces. */
export async function* streamOf(...pieces: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield typeof piece === 'string' ? Buffer.from(piece) : piece;
}
