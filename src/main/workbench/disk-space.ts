import { statfsSync } from 'node:fs';
import { WorkbenchError } from '../../shared/workbench-error.ts';

/** Bytes that stay free: two checkpoints of a large child for each of a few trainers, and the database's own. */
export const LEAST_FREE_BYTES = 256 * 2 ** 20;

/** Throws `disk_full` when the disk of a folder has less than `least` bytes left. */
export function refuseFullDisk(folder: string, least: number): void {
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  if (free >= least) return;
  throw new WorkbenchError(
    'disk_full',
    `The disk of ${folder} has ${inMegabytes(free)} MB left and a search needs ${inMegabytes(least)} MB: ` +
      'make room, then resume.',
  );
}

function inMegabytes(bytes: number): number {
  return Math.floor(bytes / 2 ** 20);
}
