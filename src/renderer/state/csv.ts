import type { LeaderboardRow } from './leaderboard-rows.ts';

const COLUMNS: readonly (readonly [string, (row: LeaderboardRow) => string | number | null])[] = [
  ['rank', ({ rank }) => rank],
  ['trial', ({ trial }) => trial.trial],
  ['state', ({ trial }) => trial.state],
  ['reward', ({ reward }) => reward],
  ['reward_deviation', ({ deviation }) => deviation],
  ['best_accuracy', ({ best }) => best],
  ['best_epoch', ({ trial }) => trial.bestEpoch],
  ['trainable_parameters', ({ trial }) => trial.trainableParameters],
  ['multiply_adds', ({ trial }) => trial.multiplyAdds],
  ['duration_ms', ({ trial }) => trial.durationMs],
  ['origin', ({ trial }) => trial.origin],
  ['proposals', ({ proposals }) => proposals],
  ['failure', ({ trial }) => trial.failure],
  ['hash', ({ trial }) => trial.hash],
  ['seed', ({ trial }) => trial.seed],
  ['attempts', ({ trial }) => trial.attempts],
  ['started_at', ({ trial }) => trial.startedAt],
  ['finished_at', ({ trial }) => trial.finishedAt],
  ['architecture', ({ trial }) => JSON.stringify(trial.architecture)],
];

/** Rows as CSV: fractions at full precision, milliseconds, ISO times, one header row, UTF-8. */
export function rowsToCsv(rows: readonly LeaderboardRow[]): string {
  const lines = [COLUMNS.map(([name]) => name), ...rows.map((row) => COLUMNS.map(([, read]) => field(read(row))))];
  return `${lines.map((line) => line.join(',')).join('\r\n')}\r\n`;
}

/** A spreadsheet must not take a text for a formula. */
function field(value: string | number | null): string {
  if (typeof value !== 'string') return value === null ? '' : String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
