import { useCallback, useMemo, useRef, useState } from 'react';
import type { Trial } from '../../../shared/records/experiment.ts';
import type { LeaderboardRow } from '../../../shared/records/leaderboard.ts';
import { WorkbenchError } from '../../../shared/workbench-error.ts';
import type { LeaderboardSource } from '../../state/leaderboard-source.ts';
import { ItemList } from '../../state/leaderboard-window.ts';
import { trialOf } from '../../state/resource.ts';
import { type RowKey, rowKeyOf } from '../../state/row-key.ts';
import { useSession } from '../../state/use-workbench.ts';
import { trialKey } from '../../state/workbench-state.ts';
import type { SearchView } from './search-view.ts';

export interface RowSelection {
  /** Place of the selected row; null while it is not among the rows that were read. */
  readonly cursor: number | null;
  /** Places from the first to the last row that Shift chose; null for the selected row alone. */
  readonly range: { readonly from: number; readonly to: number } | null;
  /** Selects the row at a place, which `place` tells from the present one and the last one; `scroll` brings it into view. */
  move(place: (now: number, last: number) => number, isExtending: boolean, scroll: (item: number) => void): void;
  /** The selected rows in their order, once all that was pressed has moved on. */
  rows(): Promise<LeaderboardRow[]>;
  /** The trial of the selected row; the address's, where no row shows it. */
  trial(): Promise<Trial | null>;
  /** Selects the row below the selected ones, else the one above: for rows that are about to go. */
  leave(): Promise<void>;
}

/**
 * Which rows are selected. The address names the row; the selection follows it, never the place. Keys pressed faster than
 * rows are read move on from the place they are at.
 */
export function useRowSelection(
  source: LeaderboardSource,
  items: ItemList | null,
  selected: Trial | null,
  view: SearchView,
  onChange: (change: Partial<SearchView>) => void,
): RowSelection {
  const session = useSession();
  const [anchor, setAnchor] = useState<number | null>(null);
  // The trial that was chosen below its cell's row, which may show the same one.
  const [part, setPart] = useState<RowKey | null>(null);
  const partNow = useRef<RowKey | null>(null);
  const partAt = useCallback((row: RowKey | null): void => {
    partNow.current = row;
    setPart(row);
  }, []);
  const found = useMemo(
    () => (items === null || selected === null ? null : items.find(view.mode, selected, part === rowKeyOf(selected))),
    [items, selected, view.mode, part],
  );
  // Ahead of what is drawn, while keys come faster.
  const ahead = useRef<{ item: number; row: RowKey | null; at: number } | null>(null);
  if (isOver(ahead.current, selected)) ahead.current = null;
  const anchorNow = useRef<number | null>(null);
  const anchorAt = useCallback((item: number | null): void => {
    anchorNow.current = item;
    setAnchor(item);
  }, []);
  const queue = useRef(Promise.resolve());
  const latest = useRef({ found, selected, mode: view.mode });
  latest.current = { found, selected, mode: view.mode };

  const choose = useCallback(
    (row: LeaderboardRow): void => {
      const { trial } = row;
      const chosen = rowKeyOf(trial);
      const key = trialKey(trial.experiment, chosen);
      session.know(trialOf(trial.experiment, chosen), (state) => ({
        ...state,
        trials: new Map(state.trials).set(key, trial),
      }));
      onChange({ trial: chosen });
    },
    [session, onChange],
  );

  const move = useCallback(
    (place: (now: number, last: number) => number, isExtending: boolean, scroll: (item: number) => void): void => {
      // One after the other: each goes on from where the one before it ended.
      queue.current = queue.current.then(go).catch(() => {
        ahead.current = null;
      });
      async function go(): Promise<void> {
        const list = itemsOf(source);
        if (list === null || list.count === 0) return;
        const now = ahead.current?.item ?? (await placeNow(source, list, latest.current, partNow.current));
        const item = Math.min(list.count - 1, Math.max(0, place(now, list.count - 1)));
        if (!isExtending) anchorAt(null);
        else if (anchorNow.current === null) anchorAt(Math.max(0, now));
        const reached = { item, row: null as RowKey | null, at: performance.now() };
        ahead.current = reached;
        scroll(item);
        const row = await rowOf(source, list, item);
        const chosenPart = partOf(list, item, row);
        const chosen = row === undefined ? null : rowKeyOf(row.trial);
        const isSame = chosen === keyOfSelected(latest.current.selected) && chosenPart === partNow.current;
        partAt(chosenPart);
        if (row === undefined || isSame) ahead.current = null;
        else reached.row = chosen;
        if (row !== undefined) choose(row);
      }
    },
    [source, choose, anchorAt, partAt],
  );

  const cursor = ahead.current?.item ?? found;
  const range =
    anchor === null || cursor === null ? null : { from: Math.min(anchor, cursor), to: Math.max(anchor, cursor) };
  const span = useCallback(async (): Promise<{ from: number; to: number } | null> => {
    await queue.current;
    const now = ahead.current?.item ?? latest.current.found;
    const start = anchorNow.current ?? now;
    return now === null || start === null ? null : { from: Math.min(start, now), to: Math.max(start, now) };
  }, []);
  const rows = useCallback(async (): Promise<LeaderboardRow[]> => {
    const chosen = await span();
    return chosen === null ? [] : rowsOf(source, chosen.from, chosen.to);
  }, [source, span]);
  const trial = useCallback(async (): Promise<Trial | null> => {
    await queue.current;
    const now = ahead.current?.item ?? latest.current.found;
    const [row] = now === null ? [] : await rowsOf(source, now, now);
    return row?.trial ?? latest.current.selected;
  }, [source]);
  const leave = useCallback(async (): Promise<void> => {
    const chosen = await span();
    const list = itemsOf(source);
    anchorAt(null);
    ahead.current = null;
    if (chosen === null || list === null) return onChange({ trial: null });
    const below = list.below(chosen.from, chosen.to);
    const next = below < list.count ? below : chosen.from - 1;
    const row = next < 0 ? undefined : await rowOf(source, list, next);
    partAt(partOf(list, next, row));
    if (row === undefined) onChange({ trial: null });
    else choose(row);
  }, [source, span, anchorAt, partAt, onChange, choose]);
  return { cursor, range, move, rows, trial, leave };
}

/** A row's key where it is one of an opened cell's. */
function partOf(list: ItemList, item: number, row: LeaderboardRow | undefined): RowKey | null {
  return row === undefined || item < 0 || list.at(item).kind === 'row' ? null : rowKeyOf(row.trial);
}

/** A place ahead is caught up with soon; after that somebody else chose the row. Milliseconds (ours). */
const AHEAD_MS = 1_000;

const keyOfSelected = (selected: Trial | null): RowKey | null => (selected === null ? null : rowKeyOf(selected));

function isOver(ahead: { row: RowKey | null; at: number } | null, selected: Trial | null): boolean {
  if (ahead === null || ahead.row === null) return false;
  return ahead.row === keyOfSelected(selected) || performance.now() - ahead.at > AHEAD_MS;
}

/** As the source has them now, which may be newer than what is drawn. */
function itemsOf(source: LeaderboardSource): ItemList | null {
  const { window, opened } = source.getSnapshot();
  return window === null ? null : new ItemList(window, opened);
}

/** -1 where nothing is selected: the first step down reaches the first row. */
async function placeNow(
  source: LeaderboardSource,
  list: ItemList,
  { selected, mode }: { readonly selected: Trial | null; readonly mode: SearchView['mode'] },
  part: RowKey | null,
): Promise<number> {
  if (selected === null) return -1;
  const known = list.find(mode, selected, part === rowKeyOf(selected));
  if (known !== null) return known;
  const index = await source.find(rowKeyOf(selected)).catch((error: unknown) => {
    // The trash has no row of a trial outside it, nor the other way round.
    if (error instanceof WorkbenchError && error.code === 'not_found') return null;
    throw error;
  });
  return index === null ? -1 : list.itemOf(index);
}

async function rowsOf(source: LeaderboardSource, first: number, last: number): Promise<LeaderboardRow[]> {
  const list = itemsOf(source);
  if (list === null) return [];
  if (list.openIndex === null) return source.rowsBetween(first, last);
  const rows: LeaderboardRow[] = [];
  for (let item = first; item <= last; item++) {
    const row = await rowOf(source, list, item);
    if (row !== undefined) rows.push(row);
  }
  return rows;
}

async function rowOf(source: LeaderboardSource, list: ItemList, item: number): Promise<LeaderboardRow | undefined> {
  const at = list.at(item);
  return at.row ?? (at.kind === 'row' ? await source.rowAt(at.index) : undefined);
}
