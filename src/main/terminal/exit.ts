import { constants } from 'node:os';
import { WorkbenchError, type WorkbenchErrorCode } from '../../shared/workbench-error.ts';

export const EXIT = {
  done: 0,
  /** It was asked for rightly and did not work. */
  failure: 1,
  /** It was asked for wrongly: a command, an option, a value, a name. */
  usage: 2,
} as const;

const EXIT_OF_ERROR: Record<WorkbenchErrorCode, number> = {
  invalid_input: EXIT.usage,
  not_found: EXIT.usage,
  conflict: EXIT.failure,
  corrupt: EXIT.failure,
  newer_version: EXIT.failure,
  read_only: EXIT.failure,
  disk_full: EXIT.failure,
  unavailable: EXIT.failure,
  cancelled: exitOfSignal('SIGINT'),
  internal: EXIT.failure,
};

/** As shells count an end by a signal: 128 and its number, so 130 for Ctrl-C. */
export function exitOfSignal(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}

/** A command that ends with another exit code than 0 after it has said everything itself. */
export class CommandEnd extends Error {
  readonly exitCode: number;

  constructor(exitCode: number) {
    super(`exit ${exitCode}`);
    this.exitCode = exitCode;
  }
}

/** What a person is told of an error, and the exit code. `isUnexpected` marks a bug of ours. */
export function explainError(error: unknown): { sentence: string; exitCode: number; isUnexpected: boolean } {
  if (error instanceof WorkbenchError) {
    return { sentence: error.message, exitCode: EXIT_OF_ERROR[error.code], isUnexpected: false };
  }
  const system = explainSystemError(error);
  if (system) return { sentence: system, exitCode: EXIT.failure, isUnexpected: false };
  const message = error instanceof Error ? error.message : String(error);
  const sentence = `Something went wrong inside Cellwright: ${message}`;
  return { sentence, exitCode: EXIT.failure, isUnexpected: true };
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
