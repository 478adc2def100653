import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useSearchParams } from 'wouter';
import {
  LEADERBOARD_MODES,
  type LeaderboardMode,
  SORT_COLUMNS,
  type Sort,
  type SortColumn,
} from '../../../shared/records/leaderboard.ts';
import { type RowKey, readRowKey } from '../../state/row-key.ts';

export const SEARCH_TABS = ['cell', 'curves', 'scatter', 'operations', 'controller'] as const;
export type SearchTab = (typeof SEARCH_TABS)[number];

/** What the address tells of the screen. */
export interface SearchView {
  readonly mode: LeaderboardMode;
  readonly sort: Sort;
  readonly filter: string;
  /** Names of the shown columns in their order; empty for those that fit the width. */
  readonly columns: readonly string[];
  /** The trash instead of the leaderboard. */
  readonly isTrash: boolean;
  /** The selected row; null: the best one. */
  readonly trial: RowKey | null;
  readonly tab: SearchTab;
  /** Rows that are marked for compare, in the order they were marked. */
  readonly compare: readonly RowKey[];
}

/** Cells that can be compared at once (design). */
export const MOST_COMPARED = 6;

/** `3,7.2` as rows, each once. */
export function readCompared(text: string | null): RowKey[] {
  const rows = (text ?? '')
    .split(',')
    .map(readRowKey)
    .filter((row) => row !== null);
  return [...new Set(rows)].slice(0, MOST_COMPARED);
}

/** Characters (contract). */
const LONGEST_FILTER = 2_000;

export const DEFAULT_SORT: Sort = { column: 'reward', isAscending: false };

export function readView(params: URLSearchParams): SearchView {
  const [column, direction] = (params.get('sort') ?? '').split(':');
  const known = SORT_COLUMNS.find((name) => name === column);
  return {
    mode: LEADERBOARD_MODES.find((mode) => mode === params.get('mode')) ?? 'cells',
    sort: known === undefined ? DEFAULT_SORT : { column: known, isAscending: direction === 'up' },
    filter: (params.get('filter') ?? '').slice(0, LONGEST_FILTER),
    columns: [...new Set((params.get('columns') ?? '').split(',').filter((name) => name !== ''))],
    isTrash: params.get('trash') === 'yes',
    trial: readRowKey(params.get('trial')),
    tab: SEARCH_TABS.find((tab) => tab === params.get('tab')) ?? 'curves',
    compare: readCompared(params.get('compare')),
  };
}

/**
 * The address's parameters with this view: only what differs from the screen as it opens. Parameters that belong to others
 * stay as they are.
 */
export function writeView(params: URLSearchParams, view: SearchView): URLSearchParams {
  const { mode, sort, filter, columns, isTrash, trial, tab, compare } = view;
  const isDefaultSort = sort.column === DEFAULT_SORT.column && !sort.isAscending;
  const values: Readonly<Record<string, string | null>> = {
    mode: mode === 'cells' ? null : mode,
    sort: isDefaultSort ? null : `${sort.column}:${sort.isAscending ? 'up' : 'down'}`,
    filter: filter === '' ? null : filter,
    columns: columns.length === 0 ? null : columns.join(','),
    trash: isTrash ? 'yes' : null,
    trial,
    tab: tab === 'curves' ? null : tab,
    compare: compare.length === 0 ? null : compare.join(','),
  };
  const written = new URLSearchParams(params);
  for (const [name, value] of Object.entries(values)) {
    if (value === null) written.delete(name);
    else written.set(name, value);
  }
  return written;
}

/** Columns whose first press sorts upwards: what is read from its beginning, and what is better when small. */
const ASCENDING_FIRST: readonly SortColumn[] = ['trial', 'params', 'madds', 'state', 'origin', 'hash', 'note'];

/** Another sort by a press on a head, then the other way round. */
export function nextSort(sort: Sort, column: SortColumn): Sort {
  if (sort.column === column) return { column, isAscending: !sort.isAscending };
  return { column, isAscending: ASCENDING_FIRST.includes(column) };
}

export const compareAddress = (experiment: number, rows: readonly RowKey[]): string =>
  `/experiments/${experiment}/compare?trials=${rows.join(',')}`;

/** Marks a row for compare, or takes the mark off; a seventh mark is not taken. */
export function toggleCompared(compare: readonly RowKey[], row: RowKey): readonly RowKey[] {
  if (compare.includes(row)) return compare.filter((other) => other !== row);
  return compare.length < MOST_COMPARED ? [...compare, row] : compare;
}

/** Browsers refuse more than 200 changes of the address in 10 s: so many at once, and then so many a second (ours). */
const WRITES_AT_ONCE = 40;
const WRITES_A_SECOND = 8;

/** Lets so many changes of the address through that no browser refuses one. */
class WriteBudget {
  private left = WRITES_AT_ONCE;
  private at = performance.now();

  /** Milliseconds until the next write may be made; 0 takes it. */
  take(): number {
    const now = performance.now();
    this.left = Math.min(WRITES_AT_ONCE, this.left + ((now - this.at) / 1000) * WRITES_A_SECOND);
    this.at = now;
    if (this.left < 1) return 1000 / WRITES_A_SECOND;
    this.left--;
    return 0;
  }
}

/** The screen's part of the address, and a way to change some of it in place. Changes show at once. */
export function useSearchView(): readonly [SearchView, (change: Partial<SearchView>) => void] {
  const [params, setParams] = useSearchParams();
  // What is not in the address yet, while it changes faster than a browser allows: a key held down.
  const [pending, setPending] = useState<Partial<SearchView> | null>(null);
  const waiting = useRef<{ part: Partial<SearchView>; timer: ReturnType<typeof setTimeout> } | null>(null);
  const budget = useRef(new WriteBudget());
  const write = useCallback(
    (part: Partial<SearchView>) => setParams((now) => writeView(now, { ...readView(now), ...part }), { replace: true }),
    [setParams],
  );
  const change = useCallback(
    (part: Partial<SearchView>): void => {
      if (waiting.current !== null) {
        waiting.current.part = { ...waiting.current.part, ...part };
        setPending(waiting.current.part);
        return;
      }
      const wait = budget.current.take();
      if (wait === 0) {
        write(part);
        return;
      }
      const timer = setTimeout(() => {
        const { part: last } = waiting.current ?? { part: {} };
        waiting.current = null;
        write(last);
        setPending(null);
      }, wait);
      waiting.current = { part, timer };
      setPending(part);
    },
    [write],
  );
  useEffect(() => () => clearTimeout(waiting.current?.timer), []);
  const read = useMemo(() => ({ ...readView(params), ...pending }), [params, pending]);
  const known = useRef(read);
  known.current = keepKnown(known.current, read);
  return [known.current, change];
}

/** A view whose equal parts are those of the view before: what did not change need not be drawn again. */
export function keepKnown(before: SearchView, view: SearchView): SearchView {
  const isSameSort = before.sort.column === view.sort.column && before.sort.isAscending === view.sort.isAscending;
  const kept: SearchView = {
    ...view,
    sort: isSameSort ? before.sort : view.sort,
    columns: before.columns.join() === view.columns.join() ? before.columns : view.columns,
    compare: before.compare.join() === view.compare.join() ? before.compare : view.compare,
  };
  return (Object.keys(kept) as (keyof SearchView)[]).every((name) => kept[name] === before[name]) ? before : kept;
}
