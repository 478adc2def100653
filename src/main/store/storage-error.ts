import { WorkbenchError } from '../../shared/workbench-error.ts';

/** The code of a SQLite or file-system error, such as `SQLITE_FULL` or `ENOSPC`; empty when there is none. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** Turns what the disk can do to us into a sentence; everything else is returned as it is. */
export function explainStorageError(error: unknown, place: string): unknown {
  const code = errorCode(error);
  if (code === 'SQLITE_FULL' || code === 'ENOSPC' || code === 'EDQUOT') {
    return new WorkbenchError('disk_full', `The disk of ${place} is full: make room, then go on.`, { cause: error });
  }
  if (code.startsWith('SQLITE_READONLY') || code === 'EROFS' || code === 'EACCES' || code === 'EPERM') {
    return new WorkbenchError('read_only', `${place} can't be written: allow it, or choose another project folder.`, {
      cause: error,
    });
  }
  // A file that cannot be opened for writing: the folder's permissions, as SQLite tells them.
  if (code.startsWith('SQLITE_CANTOPEN')) {
    return new WorkbenchError(
      'read_only',
      `Files in ${place} can't be opened for writing: allow it, or choose another project folder.`,
      { cause: error },
    );
  }
  // A write that failed for want of space is reported as an I/O error where the file system refuses late.
  if (code === 'SQLITE_IOERR_WRITE' || code === 'SQLITE_IOERR_FSYNC' || code === 'SQLITE_IOERR_SHMSIZE') {
    return new WorkbenchError('disk_full', `${place} could not be written: look at the disk's space and state.`, {
      cause: error,
    });
  }
  if (isDamage(error)) {
    return new WorkbenchError('corrupt', `The database in ${place} is damaged.`, { cause: error });
  }
  return error;
}

/** Whether SQLite says that a file is not a sound database. */
export function isDamage(error: unknown): boolean {
  const code = errorCode(error);
  return code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB';
}
