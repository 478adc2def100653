import type { Trial } from '../../shared/records/experiment.ts';
import { trialName } from '../../shared/trial-name.ts';
import { formatCount, formatDuration, formatPercent } from './format.ts';
import type { Output } from './output.ts';
import { failureWords } from './progress-view.ts';
import { type Column, drawTable } from './table.ts';
import { printable } from './text.ts';

/** One row of `leaderboard --json`. */
export interface LeaderboardRow {
  readonly trial: number;
  /** 1 for the trial's own, from 2 for its repeats. */
  readonly run: number;
  readonly reward: number | null;
  readonly state: Trial['state'];
  readonly hash: string;
  /** Trainable. */
  readonly parameters: number;
  readonly multiplyAdds: number;
  readonly architecture: Trial['architecture'];
}

export function leaderboardRow(trial: Trial): LeaderboardRow {
  const { reward, state, hash, trainableParameters: parameters, multiplyAdds, architecture } = trial;
  return { trial: trial.trial, run: trial.run, reward, state, hash, parameters, multiplyAdds, architecture };
}

const COLUMNS: readonly Column[] = [
  { head: '#', align: 'right', leaveOut: 0 },
  { head: 'trial', align: 'right', leaveOut: 0 },
  { head: 'reward %', align: 'right', leaveOut: 0 },
  { head: 'best %', align: 'right', leaveOut: 3 },
  { head: 'params', align: 'right', leaveOut: 2 },
  { head: 'mult-adds', align: 'right', leaveOut: 4 },
  { head: 'time', align: 'right', leaveOut: 5 },
  { head: 'state', align: 'left', leaveOut: 0, shrinkTo: 9 },
  { head: 'origin', align: 'left', leaveOut: 6, shrinkTo: 12 },
];

/** The table of ranked trials; `firstRank` is the rank of the first. */
export function leaderboardLines(output: Output, trials: readonly Trial[], firstRank = 1): string[] {
  const state = { completed: output.paint('green'), failed: output.paint('red'), running: output.paint('cyan') };
  const dim = output.paint('dim');
  const rows = trials.map((trial, index) => [
    { text: trial.reward === null ? '–' : String(firstRank + index) },
    { text: trialName(trial) },
    { text: formatPercent(trial.reward), paint: index + firstRank === 1 ? output.paint('bold') : undefined },
    { text: formatPercent(trial.bestAccuracy) },
    { text: formatCount(trial.trainableParameters) },
    { text: formatCount(trial.multiplyAdds) },
    { text: trial.durationMs > 0 ? formatDuration(trial.durationMs) : '–' },
    { text: stateWords(trial), paint: trial.state in state ? state[trial.state as keyof typeof state] : dim },
    { text: printable(trial.origin) },
  ]);
  const cells = rows.map((row) => row.map(({ text, paint }) => (paint ? { text, paint } : { text })));
  return drawTable(COLUMNS, cells, output.width, output.paint('dim'));
}

function stateWords(trial: Trial): string {
  if (trial.state === 'failed') return `failed: ${failureWords(trial)}`;
  return trial.reusedFrom === null ? trial.state : `reused from ${trial.reusedFrom}`;
}

const CSV_COLUMNS = [
  'rank',
  'trial',
  'run',
  'state',
  'reward',
  'bestAccuracy',
  'bestEpoch',
  'trainableParameters',
  'totalParameters',
  'multiplyAdds',
  'durationMs',
  'origin',
  'hash',
  'reusedFrom',
  'failure',
  'message',
  'seed',
  'queuedAt',
  'startedAt',
  'finishedAt',
  'architecture',
] as const;

/** The leaderboard as a file (RFC 4180): fractions, milliseconds and ISO times in full. */
export function leaderboardCsv(trials: readonly Trial[]): string {
  const rows = trials.map((trial, index) =>
    CSV_COLUMNS.map((column) => {
      if (column === 'rank') return trial.reward === null ? '' : String(index + 1);
      if (column === 'architecture') return csvField(JSON.stringify(trial.architecture));
      return csvField(trial[column] === null ? '' : String(trial[column]));
    }).join(','),
  );
  return [CSV_COLUMNS.join(','), ...rows, ''].join('\r\n');
}

/** A leading sign would make a spreadsheet run the text as a formula. */
function csvField(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
