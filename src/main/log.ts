import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { inspect } from 'node:util';

export type LogLevel = 'info' | 'warn' | 'error';

/** What an entry of the log is about. */
export interface LogSubject {
  readonly experiment: number;
  /** Null for the search as a whole. */
  readonly trial: number | null;
}

/** Tells the person something: it is stored, shown and written into the log. */
export type Tell = (level: LogLevel, message: string, about?: LogSubject) => void;

/** What happened, for the person who looks for a cause later. */
export interface Log {
  write(level: LogLevel, message: string, details?: unknown): void;
}

/** A log file grows to this size, then it takes the place of the one before. */
const LARGEST_BYTES = 8 * 2 ** 20;

/** Appends one JSON object a line: `at`, `level`, `message`, and `details` with the whole error where there is one. */
export function fileLog(file: string, now: () => Date): Log {
  return {
    write: (level, message, details) => {
      const entry = { at: now().toISOString(), level, message, details: details && inspect(details, { depth: 6 }) };
      try {
        mkdirSync(dirname(file), { recursive: true });
        if (sizeOf(file) > LARGEST_BYTES) renameSync(file, `${file}.1`);
        appendFileSync(file, `${JSON.stringify(entry)}\n`);
      } catch (error) {
        // A full disk must not stop what the log is about; standard error is what is left.
        process.stderr.write(`The log ${file} can't be written (${String(error)}): ${JSON.stringify(entry)}\n`);
      }
    },
  };
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
