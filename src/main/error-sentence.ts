import { WorkbenchError } from '../shared/workbench-error.ts';

/** What a person is told of an error. `isUnexpected` marks a bug of ours. */
export function errorSentence(error: unknown): { sentence: string; isUnexpected: boolean } {
  if (error instanceof WorkbenchError) return { sentence: error.message, isUnexpected: false };
  const system = explainSystemError(error);
  if (system) return { sentence: system, isUnexpected: false };
  const message = error instanceof Error ? error.message : String(error);
  return { sentence: `Something went wrong inside Cellwright: ${message}`, isUnexpected: true };
}

/** Failures of the machine that no room turned into a sentence of its own. */
function explainSystemError(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error)) return null;
  const place = 'path' in error && typeof error.path === 'string' ? ` at ${error.path}` : '';
  switch (error.code) {
    case 'ENOSPC':
    case 'SQLITE_FULL':
      return `The disk is full${place}: free some space and try again; nothing that was saved is lost.`;
    case 'EACCES':
    case 'EPERM':
      return `No permission to write${place}: choose another folder or change its permissions.`;
    case 'EROFS':
    case 'SQLITE_READONLY':
      return `Read-only${place}: choose a folder that can be written to.`;
    case 'EMFILE':
    case 'ENFILE':
      return 'Too many open files: raise the limit (ulimit -n) and try again.';
    default:
      return null;
  }
}
