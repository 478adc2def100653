import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'wouter';
import {
  LEADERBOARD_MODES,
  type LeaderboardMode,
  SORT_COLUMNS,
  type Sort,
  type SortColumn,
} from '../../state/leaderboard-rows.ts';

export const SEARCH_TABS = ['cell', 'curves', 'scatter', 'operations', 'controller'] as const;
export type SearchTab = (typeof SEARCH_TABS)[number];

/** What the address tells of the screen. */
export interface SearchView {
  readonly mode: LeaderboardMode;
  readonly sort: Sort;
  readonly filter: string;
  /** Number of the selected trial; null: the best one. */
  readonly trial: number | null;
  readonly tab: SearchTab;
  /** Trials that are marked for compare, in the order they were marked. */
  readonly compare: readonly number[];
}

/** Cells that can be compared at once (design). */
export const MOST_COMPARED = 6;

/** `3,7` as numbers of trials, each once. */
export function readTrialNumbers(text: string | null): number[] {
  const numbers = (text ?? '')
    .split(',')
    .map(Number)
    .filter((number) => Number.isInteger(number) && number > 0);
  return [...new Set(numbers)].slice(0, MOST_COMPARED);
}

const DEFAULT_SORT: Sort = { column: 'reward', isAscending: false };

export function readView(params: URLSearchParams): SearchView {
  const [column, direction] = (params.get('sort') ?? '').split(':');
  const known = SORT_COLUMNS.find((name) => name === column);
  const trial = Number(params.get('trial'));
  return {
    mode: LEADERBOARD_MODES.find((mode) => mode === params.get('mode')) ?? 'cells',
    sort: known === undefined ? DEFAULT_SORT : { column: known, isAscending: direction === 'up' },
    filter: params.get('filter') ?? '',
    trial: Number.isInteger(trial) && trial > 0 ? trial : null,
    tab: SEARCH_TABS.find((tab) => tab === params.get('tab')) ?? 'curves',
    compare: readTrialNumbers(params.get('compare')),
  };
}

/** Only what differs from the screen as it opens. */
export function writeView({ mode, sort, filter, trial, tab, compare }: SearchView): Record<string, string> {
  const isDefaultSort = sort.column === DEFAULT_SORT.column && !sort.isAscending;
  return {
    ...(mode === 'cells' ? {} : { mode }),
    ...(isDefaultSort ? {} : { sort: `${sort.column}:${sort.isAscending ? 'up' : 'down'}` }),
    ...(filter === '' ? {} : { filter }),
    ...(trial === null ? {} : { trial: String(trial) }),
    ...(tab === 'curves' ? {} : { tab }),
    ...(compare.length === 0 ? {} : { compare: compare.join(',') }),
  };
}

/** Another sort by a press on a head: the best first, then the other way round. */
export function nextSort(sort: Sort, column: SortColumn): Sort {
  if (sort.column === column) return { column, isAscending: !sort.isAscending };
  return { column, isAscending: column === 'trial' || column === 'rank' };
}

export const compareAddress = (experiment: number, trials: readonly number[]): string =>
  `/experiments/${experiment}/compare?trials=${trials.join(',')}`;

/** Marks a trial for compare, or takes the mark off; a seventh mark is not taken. */
export function toggleCompared(compare: readonly number[], trial: number): readonly number[] {
  if (compare.includes(trial)) return compare.filter((other) => other !== trial);
  return compare.length < MOST_COMPARED ? [...compare, trial] : compare;
}

/** The screen's part of the address, and a way to change some of it in place. */
export function useSearchView(): readonly [SearchView, (change: Partial<SearchView>) => void] {
  const [params, setParams] = useSearchParams();
  const view = useMemo(() => readView(params), [params]);
  const change = useCallback(
    (part: Partial<SearchView>) =>
      setParams((now) => new URLSearchParams(writeView({ ...readView(now), ...part })), { replace: true }),
    [setParams],
  );
  return [view, change];
}
