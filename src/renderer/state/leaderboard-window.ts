import type { ProcedureOutput } from '../../shared/contract.ts';
import type { Trial } from '../../shared/records/experiment.ts';
import type {
  CellLabels,
  LeaderboardMode,
  LeaderboardQuery,
  LeaderboardRow,
} from '../../shared/records/leaderboard.ts';
import { type RowKey, rowKeyOf } from './row-key.ts';

export type { LeaderboardMode, LeaderboardQuery, LeaderboardRow };
export type LeaderboardAnswer = ProcedureOutput<'leaderboard.read'>;

/** Rows that are read at once (ours: two screens full; at eight blocks a row is 4 kB, and twice as many are felt). */
export const PAGE_ROWS = 50;
/** Pages that are kept; the ones farthest from what is in view go first (ours: about 10 MB at eight blocks). */
export const KEPT_PAGES = 24;

/** The part of an ordered list that was read. Values are never changed in place. */
export interface RowWindow {
  /** Rows of the whole list. */
  readonly total: number;
  readonly counts: LeaderboardAnswer['counts'];
  /** By number of the page, from 0. */
  readonly pages: ReadonlyMap<number, readonly LeaderboardRow[]>;
}

export function rowAt({ pages }: RowWindow, index: number): LeaderboardRow | undefined {
  return pages.get(Math.floor(index / PAGE_ROWS))?.[index % PAGE_ROWS];
}

/** Names a row for as long as the experiment lasts. */
export const keyIn = (mode: LeaderboardMode, { trial }: { readonly trial: PlacedTrial }): string =>
  mode === 'cells' ? trial.hash : rowKeyOf(trial);

/** As much of a trial as tells where it stands. */
export type PlacedTrial = Pick<Trial, 'trial' | 'run' | 'hash'>;

/** Where a trial, or its cell, stands among the rows that were read; null where it is not among them. */
export function findRow(window: RowWindow, mode: LeaderboardMode, trial: PlacedTrial): number | null {
  const key = keyIn(mode, { trial });
  for (const [page, rows] of window.pages) {
    const place = rows.findIndex((row) => keyIn(mode, row) === key);
    if (place >= 0) return page * PAGE_ROWS + place;
  }
  return null;
}

/** Pages from the first to the last row, both counted; none where there are no rows. */
export function pagesOf(from: number, to: number): { readonly first: number; readonly last: number } {
  return { first: Math.floor(Math.max(0, from) / PAGE_ROWS), last: Math.floor(Math.max(0, to) / PAGE_ROWS) };
}

/** Pages of a span that were not read and that the list has. */
export function missingPages(window: RowWindow, from: number, to: number): { first: number; last: number } | null {
  const end = Math.min(to, window.total - 1);
  const missing: number[] = [];
  const { first, last } = pagesOf(from, end);
  for (let page = first; page <= last && end >= 0; page++) if (!window.pages.has(page)) missing.push(page);
  const [start] = missing;
  return start === undefined ? null : { first: start, last: missing.at(-1) ?? start };
}

/** A new order: the rows that were just read, and nothing of the old ones but those that are the same still. */
export function freshWindow(answer: LeaderboardAnswer, firstPage: number, before: RowWindow | null = null): RowWindow {
  const rows = before === null ? answer.rows : keepEqual(before, answer.rows);
  return { total: answer.total, counts: answer.counts, pages: split(rows, firstPage) };
}

/** Rows that did not change stay the same objects, and so need not be drawn again. */
function keepEqual(before: RowWindow, rows: readonly LeaderboardRow[]): readonly LeaderboardRow[] {
  const known = new Map<RowKey, LeaderboardRow>();
  for (const page of before.pages.values()) for (const row of page) known.set(rowKeyOf(row.trial), row);
  return rows.map((row) => {
    const old = known.get(rowKeyOf(row.trial));
    if (old === undefined || old.trial.hash !== row.trial.hash) return row;
    // Equal hashes mean isomorphic cells; a trial's own never change.
    const trial = { ...row.trial, architecture: old.trial.architecture };
    const kept = isSame(old.trial, trial) ? { ...row, trial: old.trial } : { ...row, trial };
    const labels =
      isSame(old.labels, { ...row.labels, tags: old.labels.tags }) &&
      String(old.labels.tags) === String(row.labels.tags);
    const next = labels ? { ...kept, labels: old.labels } : kept;
    return isSame(old, next) ? old : next;
  });
}

/** Whether all values of two objects of one kind are identical. */
function isSame<T extends object>(one: T, other: T): boolean {
  return (Object.keys(other) as (keyof T)[]).every((key) => one[key] === other[key]);
}

/** More rows of the same list; `near` is the page in view. */
export function addRows(window: RowWindow, answer: LeaderboardAnswer, firstPage: number, near: number): RowWindow {
  const pages = new Map([...window.pages, ...split(answer.rows, firstPage)]);
  const byDistance = [...pages.keys()].sort((one, other) => Math.abs(other - near) - Math.abs(one - near));
  for (const page of byDistance.slice(0, Math.max(0, pages.size - KEPT_PAGES))) pages.delete(page);
  return { total: answer.total, counts: answer.counts, pages };
}

function split(rows: readonly LeaderboardRow[], firstPage: number): Map<number, readonly LeaderboardRow[]> {
  const pages = new Map<number, readonly LeaderboardRow[]>();
  for (let start = 0; start < rows.length; start += PAGE_ROWS) {
    pages.set(firstPage + start / PAGE_ROWS, rows.slice(start, start + PAGE_ROWS));
  }
  return pages;
}

/** Newer values in the order that is shown, whatever order they came in. */
export function refreshValues(window: RowWindow, mode: LeaderboardMode, answer: LeaderboardAnswer): RowWindow {
  const newer = new Map(keepEqual(window, answer.rows).map((row) => [keyIn(mode, row), row]));
  return { ...mapRows(window, (row) => newer.get(keyIn(mode, row)) ?? row), counts: answer.counts };
}

/** Rows with what was just told of their trials and cells; their order stays. */
export function patchRows(
  window: RowWindow,
  trials: ReadonlyMap<RowKey, Trial>,
  labels: ReadonlyMap<string, CellLabels>,
): RowWindow {
  if (trials.size === 0 && labels.size === 0) return window;
  return mapRows(window, (row) => {
    const trial = trials.get(rowKeyOf(row.trial));
    const label = labels.get(row.trial.hash);
    if (trial === undefined && label === undefined) return row;
    const patched = trial === undefined ? row : withTrial(row, trial);
    return label === undefined ? patched : { ...patched, labels: label };
  });
}

/** A cell's mean over several trainings is the store's to tell. */
function withTrial(row: LeaderboardRow, trial: Trial): LeaderboardRow {
  if (row.trials > 1) return { ...row, trial };
  return { ...row, trial, reward: trial.reward, best: trial.bestAccuracy, bestEpoch: trial.bestEpoch };
}

function mapRows(window: RowWindow, change: (row: LeaderboardRow) => LeaderboardRow): RowWindow {
  let pages: Map<number, readonly LeaderboardRow[]> | undefined;
  for (const [page, rows] of window.pages) {
    let changed: LeaderboardRow[] | undefined;
    for (const [index, row] of rows.entries()) {
      const next = change(row);
      if (next === row) continue;
      changed ??= [...rows];
      changed[index] = next;
    }
    if (changed === undefined) continue;
    pages ??= new Map(window.pages);
    pages.set(page, changed);
  }
  return pages === undefined ? window : { ...window, pages };
}

/** What the list shows at one place: a row of the window, or a trial of the cell that is opened. */
export type ListItem =
  | { readonly kind: 'row'; readonly index: number; readonly row: LeaderboardRow | undefined }
  | { readonly kind: 'part'; readonly row: LeaderboardRow | undefined };

/** The rows with the trials of one opened cell below its own; places count from 0. */
export class ItemList {
  readonly count: number;
  /** Of the opened cell; null where there is none among the rows. */
  readonly openIndex: number | null;
  private readonly window: RowWindow;
  private readonly parts: RowWindow | null;

  constructor(window: RowWindow, opened: { readonly hash: string; readonly window: RowWindow } | null) {
    this.window = window;
    this.openIndex = opened === null ? null : findRow(window, 'cells', { trial: 0, run: 1, hash: opened.hash });
    this.parts = this.openIndex === null || opened === null ? null : opened.window;
    this.count = window.total + (this.parts?.total ?? 0);
  }

  at(item: number): ListItem {
    const { openIndex, parts } = this;
    if (openIndex !== null && parts !== null && item > openIndex) {
      const part = item - openIndex - 1;
      if (part < parts.total) return { kind: 'part', row: rowAt(parts, part) };
      return this.row(item - parts.total);
    }
    return this.row(item);
  }

  /** Where a row of the window stands. */
  itemOf(index: number): number {
    return this.openIndex !== null && index > this.openIndex ? index + (this.parts?.total ?? 0) : index;
  }

  /** First place below some rows that go; with an opened cell go all its trials. */
  below(from: number, to: number): number {
    const { openIndex, parts } = this;
    if (openIndex === null || parts === null || openIndex < from || openIndex > to) return to + 1;
    return Math.max(to, openIndex + parts.total) + 1;
  }

  /**
   * Where a trial stands: its own line, else its cell's; null where neither was read. The trial that the cell's row shows
   * has both: `isPart` asks for its own.
   */
  find(mode: LeaderboardMode, trial: PlacedTrial, isPart = false): number | null {
    const index = findRow(this.window, mode, trial);
    if (this.parts !== null && this.openIndex !== null && index === this.openIndex) {
      const part = findRow(this.parts, 'trials', trial);
      const own = rowAt(this.window, index);
      if (part !== null && (isPart || own === undefined || rowKeyOf(own.trial) !== rowKeyOf(trial)))
        return index + 1 + part;
    }
    return index === null ? null : this.itemOf(index);
  }

  private row(index: number): ListItem {
    return { kind: 'row', index, row: rowAt(this.window, index) };
  }
}
