import { existsSync, statfsSync, statSync } from 'node:fs';
import path from 'node:path';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import { formatBytes } from '../fetch/progress.mjs';

/** The nearest folder above that exists. */
function existing(folder: string): string {
  return existsSync(folder) || path.dirname(folder) === folder ? folder : existing(path.dirname(folder));
}

/** Size and free space of the disk that a folder is on, or will be on; bytes. */
export function diskSpace(folder: string): { totalBytes: number; freeBytes: number } {
  const { blocks, bavail, bsize } = statfsSync(existing(folder));
  return { totalBytes: blocks * bsize, freeBytes: bavail * bsize };
}

/**
 * Refuses what can't fit, before any of it is fetched: needs on the same disk add up.
 * @param free free bytes where a folder is; the disk's own unless a test says otherwise
 */
export function checkSpace(
  needs: readonly { readonly folder: string; readonly bytes: number }[],
  free: (folder: string) => number = (folder) => diskSpace(folder).freeBytes,
): void {
  const disks = new Map<number, { folder: string; bytes: number }>();
  for (const { folder, bytes } of needs) {
    const disk = statSync(existing(folder)).dev;
    const sum = disks.get(disk) ?? { folder, bytes: 0 };
    disks.set(disk, { folder: sum.folder, bytes: sum.bytes + bytes });
  }
  for (const { folder, bytes } of disks.values()) {
    const freeBytes = free(folder);
    if (freeBytes >= bytes) continue;
    throw new WorkbenchError(
      'disk_full',
      `Set-up needs ${formatBytes(bytes)} on the disk of ${folder} and ${formatBytes(freeBytes)} are free: free some space, or let CELLWRIGHT_HOME point to a folder on a larger disk.`,
    );
  }
}
