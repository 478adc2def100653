import type { FileHandle } from 'node:fs/promises';
import type { Artifact, ArtifactKind } from '../../shared/records/artifact.ts';
import type { ArtifactFiles, FileIdentity } from './artifact-files.ts';

/** Everything that is kept is bytes to us; what they mean, their reader finds out. */
const BYTES = 'application/octet-stream';

/** What the store knows of artifacts. */
export interface ArtifactRows {
  add(artifact: Artifact): Artifact;
  get(hash: string): Artifact | null;
  remove(hash: string): boolean;
  hashes(): ReadonlySet<string>;
}

/** The files that a project keeps by their contents: a file is on the disk before its row, and its row goes first. */
export class ProjectArtifacts {
  private readonly rows: ArtifactRows;
  private readonly files: ArtifactFiles;
  private readonly now: () => Date;

  constructor(rows: ArtifactRows, files: ArtifactFiles, now: () => Date) {
    this.rows = rows;
    this.files = files;
    this.now = now;
  }

  /** Takes over a file that a trainer wrote, after a look at all of it. Throws what `ArtifactFiles.adopt` throws. */
  async adopt(kind: ArtifactKind, file: string, identity: FileIdentity): Promise<Artifact> {
    return await this.files.adopt(file, identity, (found) => this.note(kind, found));
  }

  /** Keeps what a client sends, once all of it is there. Throws what `ArtifactFiles.receive` throws. */
  async receive(stream: AsyncIterable<Uint8Array>, limitBytes: number): Promise<Artifact> {
    return await this.files.receive(stream, limitBytes, (identity) => this.note('upload', identity));
  }

  /** Opens a kept file, which the caller closes; null where there is none. Throws `corrupt` for a damaged one. */
  async open(hash: string): Promise<{ artifact: Artifact; file: FileHandle } | null> {
    const artifact = this.rows.get(hash);
    return artifact && { artifact, file: await this.files.open(artifact) };
  }

  /** False where there is none. Throws `conflict` where something refers to it. */
  remove(hash: string): boolean {
    const isGone = this.rows.remove(hash);
    if (isGone) this.files.remove(hash);
    return isGone;
  }

  /** Deletes the files that no row knows, and tells how many. For the opening of a project. */
  async sweep(): Promise<{ files: number; bytes: number }> {
    return await this.files.sweep(this.rows.hashes());
  }

  private note(kind: ArtifactKind, { hash, sizeBytes }: FileIdentity): Artifact {
    return this.rows.add({ hash, kind, mediaType: BYTES, sizeBytes, createdAt: this.now().toISOString() });
  }
}
