import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { readdir, rm, rmdir, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { KeptWeights, Lease } from '../../shared/records/run.ts';
import type { Checkpoint } from '../store/checkpoints.ts';
import { errorCode } from '../store/storage-error.ts';

/**
 * The files of a project's checkpoints, `checkpoints/run-<id>/lease-<n>/…`. Projects of schema 1 and 2 have theirs in
 * `checkpoints/<experiment>/<trial>/lease-<n>/…`; those that are needed are found by their rows.
 */
export class CheckpointFiles {
  private readonly projectFolder: string;
  private readonly folder: string;

  constructor(projectFolder: string) {
    this.projectFolder = projectFolder;
    this.folder = join(projectFolder, 'checkpoints');
  }

  /** Each lease writes into a folder of its own: a trainer that was given up can't spoil a file of its successor. */
  leaseFolder({ run, epoch }: Lease): string {
    return join(this.runFolder(run), `lease-${epoch}`);
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

  /** Files of the weights of a run, under whichever lease they were written; the newest lease's first. */
  async written(run: number, { name, sizeBytes }: Pick<KeptWeights, 'name' | 'sizeBytes'>): Promise<string[]> {
    const folders = (await listFolder(this.runFolder(run))).filter((entry) => entry.isDirectory());
    const leases = folders.map((entry) => Number(entry.name.slice('lease-'.length))).toSorted((a, b) => b - a);
    const files = leases.map((epoch) => join(this.leaseFolder({ run, epoch }), name));
    return files.filter((file) => statSync(file, { throwIfNoEntry: false })?.size === sizeBytes);
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
      // Missing or not readable is as good as spoiled: the run goes on from further back.
      if (errorCode(error) !== '') return false;
      throw error;
    }
  }

  async remove(stored: readonly string[]): Promise<void> {
    for (const file of stored) await rm(this.toPath(file), { force: true });
  }

  /** Deletes all that is left of runs that are over, and files elsewhere that their rows named. */
  async removeRuns(runs: readonly number[], stored: readonly string[] = []): Promise<void> {
    await this.remove(stored);
    for (const run of runs) await rm(this.runFolder(run), { recursive: true, force: true });
  }

  /**
   * Deletes every file that no row knows, unfinished ones included, and folders that are empty then. Weights that an
   * unfinished run wrote stay: they may be those of its best epoch.
   */
  async sweep(known: ReadonlySet<string>, unfinished: ReadonlySet<number>): Promise<number> {
    const isNeeded = (stored: string): boolean => {
      const run = /^checkpoints\/run-(\d+)\/lease-\d+\/weights-\d+\.safetensors$/.exec(stored)?.[1];
      return known.has(stored) || (run !== undefined && unfinished.has(Number(run)));
    };
    return await this.sweepFolder(this.folder, isNeeded);
  }

  private async sweepFolder(folder: string, isNeeded: (stored: string) => boolean): Promise<number> {
    let removed = 0;
    for (const entry of await listFolder(folder)) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        removed += await this.sweepFolder(path, isNeeded);
        if ((await listFolder(path)).length === 0) await rmdir(path);
      } else if (!isNeeded(this.toStored(path))) {
        await rm(path, { force: true });
        removed++;
      }
    }
    return removed;
  }

  private runFolder(run: number): string {
    return join(this.folder, `run-${run}`);
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
