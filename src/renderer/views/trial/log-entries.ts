import type { LogEntry } from '../../../shared/records/log.ts';

/** What was stored and what came since, each entry once, oldest first. */
export function mergedLog(stored: readonly LogEntry[], live: readonly LogEntry[]): LogEntry[] {
  const byText = new Map([...stored, ...live].map((entry) => [keyOf(entry), entry]));
  return [...byText.values()].sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
}

const keyOf = ({ at, level, experiment, trial, message }: LogEntry): string =>
  [at, level, experiment, trial, message].join(' ');
