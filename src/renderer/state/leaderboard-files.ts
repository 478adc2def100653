import type { ProcedureRequest } from '../../shared/contract.ts';
import type { LeaderboardQuery, LeaderboardRow } from '../../shared/records/leaderboard.ts';
import { keyIn } from './leaderboard-window.ts';
import type { Session } from './session.ts';

export const FILE_KINDS = ['csv', 'json'] as const;
export type FileKind = (typeof FILE_KINDS)[number];

const COLUMNS: readonly (readonly [string, (row: LeaderboardRow) => string | number | boolean | null])[] = [
  ['rank', ({ rank }) => rank],
  ['trial', ({ trial }) => trial.trial],
  ['run', ({ trial }) => trial.run],
  ['state', ({ trial }) => trial.state],
  ['reward', ({ reward }) => reward],
  ['reward_deviation', ({ deviation }) => deviation],
  ['best_accuracy', ({ best }) => best],
  ['best_epoch', ({ bestEpoch }) => bestEpoch],
  ['trainable_parameters', ({ trial }) => trial.trainableParameters],
  ['multiply_adds', ({ trial }) => trial.multiplyAdds],
  ['duration_ms', ({ trial }) => trial.durationMs],
  ['origin', ({ trial }) => trial.origin],
  ['reused_from', ({ trial }) => trial.reusedFrom],
  ['proposals', ({ proposals }) => proposals],
  ['trials', ({ trials }) => trials],
  ['failure', ({ trial }) => trial.failure],
  ['message', ({ trial }) => trial.message],
  ['hash', ({ trial }) => trial.hash],
  ['seed', ({ trial }) => trial.seed],
  ['attempts', ({ trial }) => trial.attempts],
  ['started_at', ({ trial }) => trial.startedAt],
  ['finished_at', ({ trial }) => trial.finishedAt],
  ['starred', ({ labels }) => labels.isStarred],
  ['tags', ({ labels }) => labels.tags.join(';')],
  ['note', ({ labels }) => labels.note],
  ['architecture', ({ trial }) => JSON.stringify(trial.architecture)],
];

export const CSV_HEAD = `${COLUMNS.map(([name]) => name).join(',')}\r\n`;

/** Rows as CSV without the head: fractions at full precision, milliseconds, ISO times, UTF-8. */
export function csvLines(rows: readonly LeaderboardRow[]): string {
  return rows.map((row) => `${COLUMNS.map(([, read]) => field(read(row))).join(',')}\r\n`).join('');
}

export const rowsToCsv = (rows: readonly LeaderboardRow[]): string => CSV_HEAD + csvLines(rows);

/** A spreadsheet must not take a text for a formula. */
function field(value: string | number | boolean | null): string {
  if (typeof value !== 'string') return value === null ? '' : String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Rows as lines of tab-separated values, as they are read: what a spreadsheet takes from the clipboard. */
export function rowsToTsv(
  rows: readonly LeaderboardRow[],
  columns: readonly { readonly title: string; readonly text: (row: LeaderboardRow) => string }[],
): string {
  const clean = (text: string): string => text.replace(/[\t\r\n]+/g, ' ').replace(/^(?=[=+@-])/, "'");
  const lines = [columns.map(({ title }) => title), ...rows.map((row) => columns.map(({ text }) => clean(text(row))))];
  return `${lines.map((line) => line.join('\t')).join('\n')}\n`;
}

/** Rows that are read at once (contract's most). */
const ROWS_AT_ONCE = 1_000;
/** A search that goes on can move rows between two readings; so often it is tried to read them all alike (ours). */
const TRIES = 4;

export interface ExportedFile {
  readonly parts: readonly string[];
  /** Rows in the file, and rows there are without the filter. */
  readonly rows: number;
  readonly all: number;
}

/** Exactly the rows that a query lets through, in its order, as the text of a file. `progress` gets parts of 1. */
export async function exportRows(
  session: Pick<Session, 'call'>,
  experiment: number,
  query: LeaderboardQuery,
  kind: FileKind,
  progress: (part: number) => void,
): Promise<ExportedFile> {
  const read = (offset: number, limit: number, changes: Partial<ProcedureRequest<'leaderboard.read'>> = {}) =>
    session.call('leaderboard.read', { experiment, ...query, offset, limit, ...changes });
  const { total: all } = await read(0, 1, { filter: '' });
  for (let attempt = 1; ; attempt++) {
    const seen = new Set<string>();
    const parts: string[] = [];
    let total = 0;
    for (let offset = 0; offset === 0 || offset < total; offset += ROWS_AT_ONCE) {
      const answer = await read(offset, ROWS_AT_ONCE);
      total = answer.total;
      const fresh = answer.rows.filter((row) => !seen.has(keyIn(query.mode, row)));
      for (const row of fresh) seen.add(keyIn(query.mode, row));
      if (fresh.length > 0) parts.push(kind === 'csv' ? csvLines(fresh) : jsonLines(fresh));
      progress(total === 0 ? 1 : Math.min(1, (offset + answer.rows.length) / total));
    }
    if (seen.size === total || attempt === TRIES) return { parts: frame(kind, parts), rows: seen.size, all };
  }
}

const jsonLines = (rows: readonly LeaderboardRow[]): string =>
  rows.map((row) => `  ${JSON.stringify(row)}`).join(',\n');

function frame(kind: FileKind, parts: readonly string[]): string[] {
  if (kind === 'csv') return [CSV_HEAD, ...parts];
  return ['[\n', parts.join(',\n'), '\n]\n'];
}
