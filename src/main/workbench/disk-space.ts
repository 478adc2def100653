import { statfsSync } from 'node:fs';
import { WorkbenchError } from '../../shared/workbench-error.ts';

/** Bytes that stay free: two checkpoints of a large child for each of a few trainers, and the database's own. */
const LEAST_FREE_BYTES = 256 * 2 ** 20;

/** Bytes that this process may still write to the disk of a folder. */
export function freeBytesOf(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

/** Throws `disk_full` when too little is free for another trial. */
export function refuseFullDisk(folder: string, freeBytes: number): void {
  if (freeBytes >= LEAST_FREE_BYTES) return;
  throw new WorkbenchError(
    'disk_full',
    `The disk of ${folder} has ${inMegabytes(freeBytes)} MB left and a search needs ${inMegabytes(LEAST_FREE_BYTES)} ` +
      'MB: make room, then resume.',
  );
}

function inMegabytes(bytes: number): number {
  return Math.floor(bytes / 2 ** 20);
}
