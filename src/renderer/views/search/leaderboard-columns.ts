import type { LeaderboardRow, SortColumn } from '../../../shared/records/leaderboard.ts';
import { trialName } from '../../../shared/trial-name.ts';
import { duration, FAILURE_WORDS, percentDigits, roundedCount } from '../../components/words.ts';
import { thumbnailSummary } from '../../graphs/thumbnail-summary.ts';

export const COLUMN_IDS = [
  'rank',
  'cell',
  'reduction',
  'reward',
  'best',
  'params',
  'madds',
  'time',
  'state',
  'origin',
  'times',
  'trial',
  'update',
  'star',
  'note',
  'tags',
  'hash',
  'seed',
  'attempts',
  'started',
] as const;
export type ColumnId = (typeof COLUMN_IDS)[number];

export interface Column {
  readonly id: ColumnId;
  /** In the head. */
  readonly head: string;
  /** In the list of columns, and for screen readers. */
  readonly title: string;
  readonly sort: SortColumn | null;
  /** The filter's field of the same meaning. */
  readonly field: string | null;
  /** Least width in pixels, and the share of what is left over; 0 keeps the width. */
  readonly width: number;
  readonly share: number;
  readonly isNumber: boolean;
  /** As a text: what is copied. */
  readonly text: (row: LeaderboardRow) => string;
}

const number = (value: number | null, write: (value: number) => string): string => (value === null ? '' : write(value));

export const COLUMNS: Readonly<Record<ColumnId, Column>> = {
  rank: { ...numbers('rank', '#', 'Rank', 48, 'reward', ({ rank }) => number(rank, String)), field: null },
  cell: picture('cell', 'cell', 'Normal cell', ({ trial }) => thumbnailSummary(trial.architecture.normal)),
  reduction: picture('reduction', 'reduction', 'Reduction cell', ({ trial }) =>
    thumbnailSummary(trial.architecture.reduction, 'reduction'),
  ),
  reward: numbers('reward', 'reward %', 'Reward', 92, 'reward', ({ reward }) => number(reward, percentDigits)),
  best: numbers('best', 'best %', 'Best accuracy at any epoch', 72, 'best', ({ best }) => number(best, percentDigits)),
  params: numbers('params', 'params', 'Parameters', 76, 'params', ({ trial }) =>
    roundedCount(trial.trainableParameters),
  ),
  madds: numbers('madds', 'mult-adds', 'Multiply-adds', 84, 'madds', ({ trial }) => roundedCount(trial.multiplyAdds)),
  time: numbers('time', 'time', 'Training time', 66, 'time', ({ trial }) =>
    trial.durationMs > 0 ? duration(trial.durationMs) : '',
  ),
  state: words('state', 'state', 'State', 110, 2, stateWords),
  origin: words('origin', 'origin', 'Origin', 84, 1.2, originWords),
  times: numbers('times', '×', 'Times proposed', 40, 'times', ({ proposals }) =>
    proposals > 1 ? String(proposals) : '',
  ),
  trial: numbers('trial', 'trial', 'Trial number', 66, 'trial', ({ trial }) => trialName(trial)),
  update: numbers('update', 'update', 'Update', 72, 'update', ({ trial }) => number(trial.batch, String)),
  star: words('star', 'star', 'Star', 52, 0, ({ labels }) => (labels.isStarred ? 'starred' : '')),
  note: words('note', 'note', 'Note', 120, 1.5, ({ labels }) => labels.note),
  tags: words('tags', 'tags', 'Tags', 96, 1, ({ labels }) => labels.tags.join(', ')),
  hash: words('hash', 'hash', 'Hash', 104, 0, ({ trial }) => trial.hash),
  seed: numbers('seed', 'seed', 'Seed', 104, 'seed', ({ trial }) => String(trial.seed)),
  attempts: numbers('attempts', 'attempts', 'Attempts', 80, 'attempts', ({ trial }) => String(trial.attempts)),
  // Shown in the workbench's time zone; what is copied leaves the page, and needs a zone of its own.
  started: words('started', 'started', 'Started', 132, 0, ({ trial }) => trial.startedAt ?? ''),
};

function numbers(
  id: ColumnId,
  head: string,
  title: string,
  width: number,
  sort: SortColumn,
  text: Column['text'],
): Column {
  return { id, head, title, sort, field: id, width, share: 0, isNumber: true, text };
}

function words(
  id: ColumnId & (SortColumn | 'tags'),
  head: string,
  title: string,
  width: number,
  share: number,
  text: Column['text'],
): Column {
  return {
    id,
    head,
    title,
    sort: id === 'tags' ? null : id,
    field: id === 'tags' ? 'tag' : id,
    width,
    share,
    isNumber: false,
    text,
  };
}

function picture(id: ColumnId, head: string, title: string, text: Column['text']): Column {
  return { id, head, title, sort: null, field: null, width: 128, share: 0, isNumber: false, text };
}

export function stateWords({ trial: { state, failure } }: LeaderboardRow): string {
  return failure === null ? state : `${state}: ${FAILURE_WORDS[failure]}`;
}

export function originWords({ trial }: LeaderboardRow): string {
  return trial.reusedFrom === null ? trial.origin : `reused from ${trial.reusedFrom}`;
}

/** A table narrower than this shows states as icons. Pixels (ours). */
export const NARROW_WIDTH = 600;

/** Columns of a table that nobody chose, by its width in pixels and whether the window is wide (design). */
export function defaultColumns(width: number, isWideWindow: boolean): readonly ColumnId[] {
  if (width < NARROW_WIDTH) return ['rank', 'cell', 'reward', 'params', 'time', 'state'];
  if (width < 810) return ['rank', 'cell', 'reward', 'best', 'params', 'time', 'state'];
  const all = ['rank', 'cell', 'reward', 'best', 'params', 'madds', 'time', 'state', 'origin', 'times'] as const;
  return isWideWindow ? ['rank', 'cell', 'reduction', ...all.slice(2)] : all;
}

/** Columns as the address names them; names that are none are let go. */
export function chosenColumns(names: readonly string[], otherwise: readonly ColumnId[]): readonly Column[] {
  const known = names.filter((name): name is ColumnId => COLUMN_IDS.some((id) => id === name));
  return (known.length === 0 ? otherwise : known).map((id) => COLUMNS[id]);
}

export interface ColumnLayout {
  readonly columns: readonly Column[];
  /** For `grid-template-columns`. */
  readonly template: string;
  /** Least width of a row in pixels. */
  readonly width: number;
  /** States are icons only. */
  readonly isShort: boolean;
}

/** Together they fit into the least width of a pane, 440. Pixels (ours). */
const NARROW_WIDTHS: Partial<Readonly<Record<ColumnId, number>>> = {
  rank: 48,
  reward: 84,
  params: 70,
  time: 58,
  state: 40,
};

/** Widths of the columns. In a narrow table the state is an icon, and the cell takes what is left. */
export function layOut(columns: readonly Column[], isNarrow: boolean): ColumnLayout {
  const sizes = columns.map(({ id, width, share }) => {
    if (!isNarrow) return { width, share };
    return { width: NARROW_WIDTHS[id] ?? width, share: id === 'cell' ? 1 : 0 };
  });
  // Something must take what is left over, else the last column would stand in the middle.
  const isRigid = sizes.every(({ share }) => share === 0);
  const template = sizes.map(({ width, share }, index) => {
    const grows = share > 0 ? share : isRigid && index === sizes.length - 1 ? 1 : 0;
    return grows === 0 ? `${width}px` : `minmax(${width}px, ${grows}fr)`;
  });
  return {
    columns,
    template: template.join(' '),
    width: sizes.reduce((sum, { width }) => sum + width, 8),
    isShort: isNarrow,
  };
}
