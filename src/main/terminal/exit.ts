import { constants } from 'node:os';
import { WorkbenchError, type WorkbenchErrorCode } from '../../shared/workbench-error.ts';
import { errorSentence } from '../error-sentence.ts';

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
  const exitCode = error instanceof WorkbenchError ? EXIT_OF_ERROR[error.code] : EXIT.failure;
  return { ...errorSentence(error), exitCode };
}
