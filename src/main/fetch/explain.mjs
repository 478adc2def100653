// @ts-check
// Plain JavaScript for the Node that the machine already has (20 or newer), without any package.
import { refusal } from './npm-package.mjs';

/**
 * An expected failure of the machine as one sentence with its remedy; a refusal stays what it is, and anything else is
 * a bug and stays as it is.
 * @param {unknown} error
 * @returns {Error}
 */
export function explain(error) {
  if (!(error instanceof Error)) return new Error(String(error));
  if (error.name === 'WorkbenchError') return error;
  if (error.name === 'AbortError') {
    return refusal('cancelled', 'Interrupted; the same command goes on from here.', error);
  }
  const { code, path: file, dest, syscall } = /** @type {NodeJS.ErrnoException & { dest?: string }} */ (error);
  const place = dest ?? file ?? 'a file';
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return refusal(
      'disk_full',
      `The disk is full (while writing ${place}): free some space, or let CELLWRIGHT_HOME point to a folder on a larger disk.`,
      error,
    );
  }
  if (code === 'EROFS' || code === 'EACCES' || code === 'EPERM') {
    return refusal(
      'read_only',
      `${place} can't be written (${code}): make the folder writable, or let CELLWRIGHT_HOME point to one that is.`,
      error,
    );
  }
  if (code === 'ENOTDIR' || code === 'EEXIST') {
    return refusal(
      'invalid_input',
      `${place} can't be made a folder (${code}): let CELLWRIGHT_HOME point to a folder that can be.`,
      error,
    );
  }
  if (code === 'ENOENT' && syscall?.startsWith('spawn')) {
    return refusal(
      'unavailable',
      `The program ${file} was not found: install it and see that it is on the PATH.`,
      error,
    );
  }
  return error;
}
