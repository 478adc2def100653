import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { WorkbenchError } from '../shared/workbench-error.ts';
import { flushFolder } from './flush-to-disk.ts';

export interface WrittenFile {
  /** Absolute. */
  readonly file: string;
  readonly sizeBytes: number;
  /** Of the whole file, lower-case hexadecimal. */
  readonly sha256: string;
}

/**
 * Writes a file into a folder that exists, whole or not at all: temporary file, fsync, rename, fsync of the folder. A
 * file of that name is replaced. Throws `disk_full` and `read_only`, and leaves nothing behind then.
 */
export function writeWholeFile(file: string, parts: readonly Uint8Array[]): WrittenFile {
  const target = path.resolve(file);
  const folder = path.dirname(target);
  const temporary = path.join(folder, `.${path.basename(target)}.${process.pid}.tmp`);
  try {
    rmSync(temporary, { force: true });
    writeDurably(temporary, parts);
    renameSync(temporary, target);
    flushFolder(folder);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw explainWriteError(error, folder);
  }
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for (const part of parts) {
    hash.update(part);
    sizeBytes += part.length;
  }
  return { file: target, sizeBytes, sha256: hash.digest('hex') };
}

function writeDurably(file: string, parts: readonly Uint8Array[]): void {
  const handle = openSync(file, 'wx', 0o600);
  try {
    for (const part of parts) for (let at = 0; at < part.length; ) at += writeSync(handle, part, at);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** A sentence for what a disk refuses; every other error as it is. */
export function explainWriteError(error: unknown, folder: string): unknown {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  const options = { cause: error };
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new WorkbenchError('disk_full', `The disk of ${folder} is full: make room, then go on.`, options);
  }
  if (code === 'EROFS' || code === 'EACCES' || code === 'EPERM') {
    return new WorkbenchError('read_only', `Files can't be written to ${folder}: make it writable.`, options);
  }
  return error;
}
