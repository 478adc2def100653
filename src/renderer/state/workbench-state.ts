import type { EventPayload, WorkbenchEvent } from '../../shared/contract.ts';
import type { UpdateReport } from '../../shared/records/controller.ts';
import type { Experiment, Trial, TrialEpoch } from '../../shared/records/experiment.ts';
import type { NamedView } from '../../shared/records/leaderboard.ts';
import type { LogEntry } from '../../shared/records/log.ts';
import { isUnfinished } from '../../shared/search-state.ts';
import { byNumber } from '../../shared/trial-name.ts';
import { type RowId, type RowKey, rowKeyOf } from './row-key.ts';

export type Progress = EventPayload<'trial.progressed'>;
export type { LogEntry };

/** Newest log entries that are kept (ours). */
const LOG_LENGTH = 500;
/** Finished trials that the time left is told from (ours). */
export const RECENT_TRIALS = 20;

/** What is under way in a search; its finished trials are read by windows. */
export interface LiveTrials {
  /** Queued and running, in the order of their numbers. */
  readonly active: ReadonlyMap<RowKey, Trial>;
  /** The newest that were trained to an end or reused, at most `RECENT_TRIALS`, by number; newest last. */
  readonly recent: readonly Trial[];
}

/**
 * All that the page knows of the workbench. A map that is missing was not read yet: events about it are let go, since
 * reading it later brings them. Values are never changed in place.
 */
export interface WorkbenchState {
  readonly experiments: ReadonlyMap<number, Experiment> | null;
  /** By experiment. */
  readonly live: ReadonlyMap<number, LiveTrials>;
  /** Trials that were asked for one by one, by `trialKey`. */
  readonly trials: ReadonlyMap<string, Trial>;
  /** By `trialKey`, in order of the epochs. */
  readonly epochs: ReadonlyMap<string, readonly TrialEpoch[]>;
  /** By experiment, in order of the updates. */
  readonly updates: ReadonlyMap<number, readonly UpdateReport[]>;
  /** Of running trials, by `trialKey`. */
  readonly progress: ReadonlyMap<string, Progress>;
  /** By name. */
  readonly views: readonly NamedView[] | null;
  readonly log: readonly LogEntry[];
  /** Of the workbench's machine, as `Intl` takes it; null until it is known. */
  readonly timeZone: string | null;
}

export const EMPTY_STATE: WorkbenchState = {
  experiments: null,
  live: new Map(),
  trials: new Map(),
  epochs: new Map(),
  updates: new Map(),
  progress: new Map(),
  views: null,
  log: [],
  timeZone: null,
};

export const trialKey = (experiment: number, row: RowKey): string => `${experiment}/${row}`;

const keyOf = (row: RowId & { readonly experiment: number }): string => trialKey(row.experiment, rowKeyOf(row));

/** The state after some events, in their order. Each map is copied once, however many events change it. */
export function reduceEvents(state: WorkbenchState, events: readonly WorkbenchEvent[]): WorkbenchState {
  const draft = new Draft(state);
  for (const event of events) reduceEvent(draft, event);
  return draft.finish();
}

function reduceEvent(draft: Draft, event: WorkbenchEvent): void {
  switch (event.name) {
    case 'experiment.changed':
      if (draft.before.experiments !== null) draft.edit('experiments').set(event.payload.id, event.payload);
      return;
    case 'trial.changed':
      draft.setTrial(event.payload);
      return;
    case 'epoch.added':
      draft.addEpoch(event.payload);
      return;
    case 'controller.updated':
      draft.addUpdate(event.payload.experiment, event.payload.report);
      return;
    case 'trial.progressed':
      draft.edit('progress').set(keyOf(event.payload), event.payload);
      return;
    case 'views.changed':
      draft.setViews(event.payload);
      return;
    case 'log.added':
      draft.addLog(event.payload);
      return;
    case 'dataset.progressed':
      // Whoever shows data sets hears of it itself.
      return;
    case 'cell.labelled':
      // Labels belong to the rows of the leaderboard, which hear of them themselves.
      return;
  }
}

/** The maps of the state, writable and never null. */
type Maps = {
  [M in 'experiments' | 'live' | 'trials' | 'epochs' | 'updates' | 'progress']: NonNullable<
    WorkbenchState[M]
  > extends ReadonlyMap<infer K, infer V>
    ? Map<K, V>
    : never;
};

class Draft {
  readonly before: WorkbenchState;
  private after: WorkbenchState;
  private readonly copies: Partial<Maps> = {};

  constructor(before: WorkbenchState) {
    this.before = before;
    this.after = before;
  }

  /** A map of the state, copied at the first change. */
  edit<M extends keyof Maps>(name: M): Maps[M] {
    const known = this.copies[name];
    if (known !== undefined) return known as Maps[M];
    const copy = new Map(this.before[name] as ReadonlyMap<unknown, unknown> | null) as Maps[M];
    this.copies[name] = copy;
    this.after = { ...this.after, [name]: copy };
    return copy;
  }

  setTrial(trial: Trial): void {
    const key = keyOf(trial);
    if (this.before.trials.has(key)) this.edit('trials').set(key, trial);
    const live = this.after.live.get(trial.experiment);
    if (live !== undefined) {
      const changed = changeLive(live, trial);
      if (changed !== live) this.edit('live').set(trial.experiment, changed);
    }
    // One that stands at its start begins for the first time, or anew: what was told of it is no part of that.
    const isAtStart = trial.step === 0;
    if ((isAtStart || trial.state !== 'running') && this.after.progress.has(key)) this.edit('progress').delete(key);
    if (isAtStart && (this.after.epochs.get(key)?.length ?? 0) > 0) this.edit('epochs').set(key, []);
  }

  addEpoch(epoch: TrialEpoch): void {
    const key = keyOf(epoch);
    const known = this.after.epochs.get(key);
    if (known === undefined) return;
    // A trial that went on from a checkpoint tells an epoch again: the newer one is right.
    const epochs = [...known.filter((other) => other.epoch !== epoch.epoch), epoch];
    epochs.sort((one, other) => one.epoch - other.epoch);
    this.edit('epochs').set(key, epochs);
  }

  addUpdate(experiment: number, report: UpdateReport): void {
    const known = this.after.updates.get(experiment);
    if (known === undefined) return;
    const updates = [...known.filter((other) => other.update !== report.update), report];
    updates.sort((one, other) => one.update - other.update);
    this.edit('updates').set(experiment, updates);
  }

  setViews(views: readonly NamedView[]): void {
    if (this.before.views !== null) this.after = { ...this.after, views };
  }

  addLog(entry: LogEntry): void {
    this.after = { ...this.after, log: [...this.after.log, entry].slice(-LOG_LENGTH) };
  }

  finish(): WorkbenchState {
    return this.after;
  }
}

function changeLive(live: LiveTrials, trial: Trial): LiveTrials {
  const active = new Map(live.active);
  if (isUnfinished(trial)) return { ...live, active: active.set(rowKeyOf(trial), trial) };
  if (!active.delete(rowKeyOf(trial))) return live;
  // A cancelled trial says nothing of how long one takes.
  if (trial.state === 'cancelled') return { ...live, active };
  const recent = [...live.recent, trial].sort(byNumber);
  return { active, recent: recent.slice(-RECENT_TRIALS) };
}
