import type { WorkbenchEvent } from '../../shared/contract.ts';
import type { Trial } from '../../shared/records/experiment.ts';
import type { CellLabels } from '../../shared/records/leaderboard.ts';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import {
  addRows,
  freshWindow,
  type LeaderboardAnswer,
  type LeaderboardQuery,
  type LeaderboardRow,
  missingPages,
  PAGE_ROWS,
  pagesOf,
  patchRows,
  type RowWindow,
  refreshValues,
  rowAt,
} from './leaderboard-window.ts';
import { parseRowKey, type RowKey, rowKeyOf } from './row-key.ts';
import type { Session } from './session.ts';

/** The order of rows changes at most this often. Milliseconds (design). */
const ORDER_EVERY_MS = 1_000;
/** While the order is held, values that only the store can tell are read this often. Milliseconds (ours). */
const VALUES_EVERY_MS = 2_000;
/** Rows read beyond what is in view, on both sides (ours). */
const MARGIN_ROWS = 25;
/** Queries whose rows are kept for a way back (ours). */
const KEPT_QUERIES = 6;
/** Most rows of one reading (contract). */
const MOST_ROWS = 1_000;

export interface LeaderboardSnapshot {
  /** What `window` answers: the query before, until the first rows of the new one are here. */
  readonly query: LeaderboardQuery | null;
  readonly window: RowWindow | null;
  /** Trials that finished since the order was read. */
  readonly waiting: number;
  /** The cell whose trials stand below its row, and these trials; null while none is opened. */
  readonly opened: { readonly hash: string; readonly window: RowWindow } | null;
  readonly error: WorkbenchError | null;
}

/**
 * The rows of a leaderboard as windows around what is in view. Values follow the events at once. The order is read at most
 * once a second, and not while it is held, except that `settle` and `admit` bring it up to date there and then.
 */
export class LeaderboardSource {
  private readonly session: Session;
  private readonly experiment: number;
  private readonly listeners = new Set<() => void>();
  private readonly kept = new Map<string, RowWindow>();
  private snapshot: LeaderboardSnapshot = { query: null, window: null, waiting: 0, opened: null, error: null };
  /** What should be shown. */
  private query: LeaderboardQuery | null = null;
  private visible = { from: 0, to: PAGE_ROWS - 1 };
  private isHeld = false;
  /** Something happened since the last reading. */
  private isDirty = false;
  /** A newer order was read and not shown, as the order was held. */
  private isBehind = false;
  /** The next order is shown even if it is held. */
  private isAdmitting = false;
  private readonly finished = new Set<RowKey>();
  private reading: { readonly query: LeaderboardQuery; readonly done: Promise<void>; abort: AbortController } | null =
    null;
  private isFilling = false;
  /** The cell that was opened last, and whether its trials may have changed since they were read. */
  private opening: { readonly hash: string | null; isStale: boolean } = { hash: null, isStale: false };
  private isRefreshing = false;
  private readAt = Number.NEGATIVE_INFINITY;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(session: Session, experiment: number) {
    this.session = session;
    this.experiment = experiment;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly getSnapshot = (): LeaderboardSnapshot => this.snapshot;

  /** Follows the events until the returned function is called. */
  open(): () => void {
    const stop = this.session.listen({
      events: (events) => this.receive(events),
      afresh: () => this.readAgain(),
      connected: () => {
        if (this.snapshot.error !== null) this.readAgain();
      },
    });
    this.schedule();
    return () => {
      stop();
      clearTimeout(this.timer);
      this.timer = undefined;
    };
  }

  /** Another list: its rows are shown as soon as they are here, from the top. */
  setQuery(query: LeaderboardQuery): void {
    if (this.query !== null && sameQuery(this.query, query)) return;
    if (this.snapshot.query !== null && this.snapshot.window !== null) {
      this.keep(this.snapshot.query, this.snapshot.window);
    }
    this.query = query;
    this.visible = { from: 0, to: PAGE_ROWS - 1 };
    this.isAdmitting = true;
    const known = this.kept.get(queryKey(query));
    if (known !== undefined) this.set({ query, window: known, error: null });
    void this.read();
  }

  /** Rows that are in view now, both ends counted. */
  show(from: number, to: number): void {
    this.visible = { from: Math.max(0, from - MARGIN_ROWS), to: to + MARGIN_ROWS };
    void this.fill();
  }

  hold(isHeld: boolean): void {
    if (this.isHeld === isHeld) return;
    this.isHeld = isHeld;
    this.schedule();
  }

  isOrderHeld(): boolean {
    return this.isHeld;
  }

  /** Shows the trials of a cell below its row; null closes them. */
  async openCell(hash: string | null): Promise<void> {
    const opening = { hash, isStale: false };
    this.opening = opening;
    if (hash === null) return this.set({ opened: null });
    const { query } = this.snapshot;
    try {
      const answer = await this.readCell(hash);
      // Another press, or another list, came first.
      if (this.opening !== opening || this.snapshot.query !== query || query?.mode !== 'cells') return;
      this.session.flush();
      this.set({ opened: { hash, window: freshWindow(answer, 0) } });
      await this.refreshOpened();
    } catch (error) {
      if (this.opening === opening) this.fail(error);
    }
  }

  /** All trials of a cell, by number. */
  private async readCell(hash: string): Promise<LeaderboardAnswer> {
    const isTrash = this.snapshot.query?.isTrash ?? false;
    const sort = { column: 'trial', isAscending: true } as const;
    const query: LeaderboardQuery = { mode: 'trials', filter: `hash:${hash}`, sort, isTrash };
    const first = await this.ask(query, 0, MOST_ROWS);
    const rows = [...first.rows];
    while (rows.length < first.total) {
      const more = await this.ask(query, rows.length, MOST_ROWS);
      // One went into the trash or came out of it: the parts don't fit together.
      if (more.total !== first.total) return await this.readCell(hash);
      if (more.rows.length === 0) break;
      rows.push(...more.rows);
    }
    return { ...first, total: rows.length, rows };
  }

  /** Reads an opened cell again, one reading at a time, until nothing was told of it meanwhile. */
  private async refreshOpened(): Promise<void> {
    if (this.isRefreshing) return;
    this.isRefreshing = true;
    try {
      for (;;) {
        const { opening } = this;
        if (this.snapshot.opened === null || this.snapshot.opened.hash !== opening.hash || !opening.isStale) return;
        opening.isStale = false;
        const answer = await this.readCell(opening.hash);
        if (this.opening !== opening) continue;
        this.session.flush();
        const { opened } = this.snapshot;
        if (opened !== null) this.set({ opened: { ...opened, window: freshWindow(answer, 0, opened.window) } });
      }
    } finally {
      this.isRefreshing = false;
    }
  }

  /** Brings the order up to date, held or not. Resolves when the rows are there, or could not be read. */
  async settle(): Promise<void> {
    // A reading that is under way may be older than what was just told.
    await this.reading?.done;
    this.isAdmitting = true;
    await this.read();
  }

  /** Lets the new results in. */
  readonly admit = (): Promise<void> => this.settle();

  /** A row of what is shown, wherever it stands; undefined beyond the end. */
  async rowAt(index: number): Promise<LeaderboardRow | undefined> {
    return (await this.rowsBetween(index, index))[0];
  }

  /** Rows of what is shown, both ends counted; those not in view are read. */
  async rowsBetween(from: number, to: number): Promise<LeaderboardRow[]> {
    const { query, window } = this.snapshot;
    if (query === null || window === null) return [];
    const end = Math.min(to, window.total - 1);
    const known: LeaderboardRow[] = [];
    for (let index = from; index <= end; index++) {
      const row = rowAt(window, index);
      if (row === undefined) break;
      known.push(row);
    }
    while (from + known.length <= end) {
      const offset = from + known.length;
      const { rows } = await this.ask(query, offset, Math.min(MOST_ROWS, end - offset + 1));
      if (rows.length === 0) break;
      known.push(...rows);
    }
    return known;
  }

  /** All trials of some rows: a cell's are those that its row stands for. */
  async trialsOf(rows: readonly LeaderboardRow[]): Promise<Trial[]> {
    const isSingle = (row: LeaderboardRow): boolean => row.trials === 1;
    const trials = rows.filter(isSingle).map(({ trial }) => trial);
    for (const row of rows) {
      if (isSingle(row)) continue;
      const { rows: parts } = await this.readCell(row.trial.hash);
      trials.push(...parts.map(({ trial }) => trial));
    }
    return [...new Map(trials.map((trial) => [rowKeyOf(trial), trial])).values()];
  }

  /** Where a trial, or its cell, stands in what is shown; null where the filter hides it. */
  async find(row: RowKey): Promise<number | null> {
    const { query } = this.snapshot;
    if (query === null) return null;
    const asked = { experiment: this.experiment, ...query, ...parseRowKey(row) };
    return (await this.session.call('leaderboard.find', asked)).index;
  }

  ask(query: LeaderboardQuery, offset: number, limit: number, signal?: AbortSignal): Promise<LeaderboardAnswer> {
    return this.session.call('leaderboard.read', { experiment: this.experiment, ...query, offset, limit }, signal);
  }

  private receive(events: readonly WorkbenchEvent[]): void {
    const trials = new Map<RowKey, Trial>();
    const labels = new Map<string, CellLabels>();
    for (const { name, payload } of events) {
      if (name === 'trial.changed' && payload.experiment === this.experiment) {
        trials.set(rowKeyOf(payload), payload);
        if (payload.finishedAt !== null && payload.trashedAt === null) this.finished.add(rowKeyOf(payload));
      } else if (name === 'cell.labelled' && payload.experiment === this.experiment) {
        labels.set(payload.hash, payload.labels);
      }
    }
    if (trials.size === 0 && labels.size === 0) return;
    this.isDirty = true;
    if ([...trials.values()].some(({ hash }) => hash === this.opening.hash)) this.opening.isStale = true;
    const { window, opened } = this.snapshot;
    this.set({
      window: window === null ? null : patchRows(window, trials, labels),
      opened: opened === null ? null : { ...opened, window: patchRows(opened.window, trials, labels) },
      waiting: this.finished.size,
    });
    this.schedule();
  }

  private readAgain(): void {
    this.isDirty = true;
    this.opening.isStale = true;
    void this.read();
  }

  /** Reads the rows in view in their order now. */
  private read(): Promise<void> {
    const { query } = this;
    if (query === null) return Promise.resolve();
    if (this.reading !== null) {
      if (this.reading.query === query) return this.reading.done;
      this.reading.abort.abort();
    }
    clearTimeout(this.timer);
    this.timer = undefined;
    this.isDirty = false;
    this.readAt = performance.now();
    const abort = new AbortController();
    const reading = { query, abort, done: this.readVisible(query, abort.signal) };
    this.reading = reading;
    void reading.done.finally(() => {
      if (this.reading === reading) this.reading = null;
      this.schedule();
    });
    return reading.done;
  }

  private async readVisible(query: LeaderboardQuery, signal: AbortSignal): Promise<void> {
    const { first, last } = pagesOf(this.visible.from, this.visible.to);
    const limit = Math.min(MOST_ROWS, (last - first + 1) * PAGE_ROWS);
    try {
      const answer = await this.ask(query, first * PAGE_ROWS, limit, signal);
      if (signal.aborted) return;
      // What happened before the answer is part of it, and must not be laid over it.
      this.session.flush();
      this.take(query, answer, first);
    } catch (error) {
      if (signal.aborted) return;
      // Rows that are seen keep their order when the next reading succeeds.
      if (this.snapshot.query !== null && sameQuery(this.snapshot.query, query)) this.isAdmitting = false;
      this.fail(error);
    }
  }

  private fail(error: unknown): void {
    this.set({ error: error instanceof WorkbenchError ? error : new WorkbenchError('internal', String(error)) });
  }

  private take(query: LeaderboardQuery, answer: LeaderboardAnswer, firstPage: number): void {
    const { window } = this.snapshot;
    const isSame = this.snapshot.query !== null && sameQuery(this.snapshot.query, query) && window !== null;
    if (isSame && this.isHeld && !this.isAdmitting) {
      this.isBehind = true;
      this.set({ window: refreshValues(window, query.mode, answer), error: null });
      return;
    }
    this.isAdmitting = false;
    this.isBehind = false;
    this.finished.clear();
    const opened = isSame ? this.snapshot.opened : null;
    this.set({ query, window: freshWindow(answer, firstPage, window), waiting: 0, opened, error: null });
    void this.fill();
    void this.refreshOpened().catch((error: unknown) => this.fail(error));
  }

  /** Reads what is in view and was not read yet, as long as there is some. */
  private async fill(): Promise<void> {
    if (this.isFilling) return;
    this.isFilling = true;
    try {
      for (;;) {
        const { query, window } = this.snapshot;
        if (query === null || window === null || query !== this.query) return;
        const missing = missingPages(window, this.visible.from, this.visible.to);
        if (missing === null) return;
        const limit = Math.min(MOST_ROWS, (missing.last - missing.first + 1) * PAGE_ROWS);
        const answer = await this.ask(query, missing.first * PAGE_ROWS, limit);
        this.session.flush();
        // Another order may have come meanwhile: then these rows belong to it as well, as both are of now.
        if (this.snapshot.query !== query || this.snapshot.window === null) continue;
        if (answer.rows.length === 0) return;
        this.set({ window: addRows(this.snapshot.window, answer, missing.first, pagesOf(this.visible.from, 0).first) });
      }
    } catch (error) {
      this.fail(error);
    } finally {
      this.isFilling = false;
    }
  }

  private schedule(): void {
    const isDue = this.isDirty || (this.isBehind && !this.isHeld);
    if (!isDue || this.timer !== undefined || this.reading !== null || this.query === null) return;
    const every = this.isHeld ? VALUES_EVERY_MS : ORDER_EVERY_MS;
    const wait = Math.max(0, this.readAt + every - performance.now());
    this.timer = setTimeout(() => {
      this.timer = undefined;
      void this.read();
    }, wait);
  }

  private keep(query: LeaderboardQuery, window: RowWindow): void {
    const key = queryKey(query);
    this.kept.delete(key);
    const first = window.pages.get(0);
    if (first === undefined) return;
    this.kept.set(key, { ...window, pages: new Map([[0, first]]) });
    const [oldest] = this.kept.keys();
    if (this.kept.size > KEPT_QUERIES && oldest !== undefined) this.kept.delete(oldest);
  }

  private set(change: Partial<LeaderboardSnapshot>): void {
    const names = Object.keys(change) as (keyof LeaderboardSnapshot)[];
    if (names.every((name) => change[name] === this.snapshot[name])) return;
    this.snapshot = { ...this.snapshot, ...change };
    for (const listener of this.listeners) listener();
  }
}

const queryKey = ({ mode, filter, sort, isTrash }: LeaderboardQuery): string =>
  [mode, sort.column, sort.isAscending, isTrash, filter].join(' ');

const sameQuery = (one: LeaderboardQuery, other: LeaderboardQuery): boolean => queryKey(one) === queryKey(other);
