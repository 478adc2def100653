import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, rm, rmdir, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Checkpoint } from '../store/checkpoints.ts';
import { errorCode } from '../store/storage-error.ts';

/** The files of a project's checkpoints, `checkpoints/<experiment>/<trial>/lease-<n>/…`. */
export class CheckpointFiles {
  private readonly projectFolder: string;
  private readonly folder: string;

  constructor(projectFolder: string) {
    this.projectFolder = projectFolder;
    this.folder = join(projectFolder, 'checkpoints');
  }

  /** Each lease writes into a folder of its own: a trainer that was given up can't spoil a file of its successor. */
  leaseFolder(experiment: number, trial: number, leaseEpoch: number): string {
    return join(this.trialFolder(experiment, trial), `lease-${leaseEpoch}`);
  }

  /** A trainer's absolute path as it is stored; throws when it lies outside. */
  toStored(file: string): string {
    const inside = relative(this.projectFolder, file);
    if (isAbsolute(inside) || inside.startsWith('..')) throw new Error(`${file} lies outside ${this.projectFolder}`);
    return inside.split(sep).join('/');
  }

  toPath(stored: string): string {
    return join(this.projectFolder, ...stored.split('/'));
  }

  /** Whether the file has the size and the hash that it was stored with. */
  async isWhole(checkpoint: Checkpoint): Promise<boolean> {
    const path = this.toPath(checkpoint.file);
    try {
      if ((await stat(path)).size !== checkpoint.sizeBytes) return false;
      const hash = createHash('sha256');
      await pipeline(createReadStream(path), hash);
      return hash.digest('hex') === checkpoint.sha256;
    } catch (error) {
      // Missing or not readable is as good as spoiled: the trial goes on from further back.
      if (errorCode(error) !== '') return false;
      throw error;
    }
  }

  async remove(stored: readonly string[]): Promise<void> {
    for (const file of stored) await rm(this.toPath(file), { force: true });
  }

  async removeTrials(experiment: number, trials: readonly number[]): Promise<void> {
    for (const trial of trials) await rm(this.trialFolder(experiment, trial), { recursive: true, force: true });
  }

  /** Deletes every file that no row knows, unfinished ones included, and folders that are empty then. */
  async sweep(known: ReadonlySet<string>): Promise<number> {
    return await this.sweepFolder(this.folder, known);
  }

  private async sweepFolder(folder: string, known: ReadonlySet<string>): Promise<number> {
    let removed = 0;
    for (const entry of await listFolder(folder)) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        removed += await this.sweepFolder(path, known);
        if ((await listFolder(path)).length === 0) await rmdir(path);
      } else if (!known.has(this.toStored(path))) {
        await rm(path, { force: true });
        removed++;
      }
    }
    return removed;
  }

  private trialFolder(experiment: number, trial: number): string {
    return join(this.folder, String(experiment), String(trial));
  }
}

async function listFolder(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}
