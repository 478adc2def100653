import type { EventPayload, WorkbenchEvent } from '../../shared/contract.ts';
import type { UpdateReport } from '../../shared/records/controller.ts';
import type { Experiment, Trial, TrialEpoch } from '../../shared/records/experiment.ts';

export type Progress = EventPayload<'trial.progressed'>;
export type LogEntry = EventPayload<'log.added'>;

/** Newest log entries that are kept (ours). */
const LOG_LENGTH = 500;

/**
 * All that the page knows of the workbench. A map that is missing was not read yet: events about it are let go, since
 * reading it later brings them. Values are never changed in place.
 */
export interface WorkbenchState {
  readonly experiments: ReadonlyMap<number, Experiment> | null;
  /** By experiment, then by trial. */
  readonly trials: ReadonlyMap<number, ReadonlyMap<number, Trial>>;
  /** By `trialKey`, in order of the epochs. */
  readonly epochs: ReadonlyMap<string, readonly TrialEpoch[]>;
  /** By experiment, in order of the updates. */
  readonly updates: ReadonlyMap<number, readonly UpdateReport[]>;
  /** Of running trials, by `trialKey`. */
  readonly progress: ReadonlyMap<string, Progress>;
  readonly log: readonly LogEntry[];
}

export const EMPTY_STATE: WorkbenchState = {
  experiments: null,
  trials: new Map(),
  epochs: new Map(),
  updates: new Map(),
  progress: new Map(),
  log: [],
};

export const trialKey = (experiment: number, trial: number): string => `${experiment}/${trial}`;

/** The state after some events, in their order. Each map is copied once, however many events change it. */
export function reduceEvents(state: WorkbenchState, events: readonly WorkbenchEvent[]): WorkbenchState {
  const draft = new Draft(state);
  for (const event of events) reduceEvent(draft, event);
  return draft.finish();
}

function reduceEvent(draft: Draft, event: WorkbenchEvent): void {
  switch (event.name) {
    case 'experiment.changed':
      if (draft.before.experiments !== null) draft.experiments().set(event.payload.id, event.payload);
      return;
    case 'trial.changed': {
      const { experiment, trial, state } = event.payload;
      draft.trials(experiment)?.set(trial, event.payload);
      if (state !== 'running') draft.forgetProgress(trialKey(experiment, trial));
      return;
    }
    case 'epoch.added':
      draft.addEpoch(event.payload);
      return;
    case 'controller.updated':
      draft.addUpdate(event.payload.experiment, event.payload.report);
      return;
    case 'trial.progressed':
      draft.setProgress(event.payload);
      return;
    case 'log.added':
      draft.addLog(event.payload);
  }
}

class Draft {
  readonly before: WorkbenchState;
  private after: WorkbenchState;
  private readonly copiedTrials = new Map<number, Map<number, Trial>>();
  private copiedExperiments: Map<number, Experiment> | undefined;
  private copiedProgress: Map<string, Progress> | undefined;

  constructor(before: WorkbenchState) {
    this.before = before;
    this.after = before;
  }

  experiments(): Map<number, Experiment> {
    this.copiedExperiments ??= new Map(this.before.experiments ?? []);
    return this.copiedExperiments;
  }

  trials(experiment: number): Map<number, Trial> | undefined {
    const copied = this.copiedTrials.get(experiment);
    if (copied !== undefined) return copied;
    const known = this.before.trials.get(experiment);
    if (known === undefined) return undefined;
    const copy = new Map(known);
    this.copiedTrials.set(experiment, copy);
    return copy;
  }

  addEpoch(epoch: TrialEpoch): void {
    const key = trialKey(epoch.experiment, epoch.trial);
    const known = this.after.epochs.get(key);
    if (known === undefined) return;
    // A trial that went on from a checkpoint tells an epoch again: the newer one is right.
    const epochs = [...known.filter((other) => other.epoch !== epoch.epoch), epoch];
    epochs.sort((one, other) => one.epoch - other.epoch);
    this.after = { ...this.after, epochs: new Map(this.after.epochs).set(key, epochs) };
  }

  addUpdate(experiment: number, report: UpdateReport): void {
    const known = this.after.updates.get(experiment);
    if (known === undefined) return;
    const updates = [...known.filter((other) => other.update !== report.update), report];
    updates.sort((one, other) => one.update - other.update);
    this.after = { ...this.after, updates: new Map(this.after.updates).set(experiment, updates) };
  }

  setProgress(progress: Progress): void {
    this.copiedProgress ??= new Map(this.before.progress);
    this.copiedProgress.set(trialKey(progress.experiment, progress.trial), progress);
  }

  forgetProgress(key: string): void {
    if (!(this.copiedProgress ?? this.before.progress).has(key)) return;
    this.copiedProgress ??= new Map(this.before.progress);
    this.copiedProgress.delete(key);
  }

  addLog(entry: LogEntry): void {
    this.after = { ...this.after, log: [...this.after.log, entry].slice(-LOG_LENGTH) };
  }

  finish(): WorkbenchState {
    let { trials } = this.after;
    if (this.copiedTrials.size > 0) trials = new Map([...trials, ...this.copiedTrials]);
    const experiments = this.copiedExperiments ?? this.after.experiments;
    const progress = this.copiedProgress ?? this.after.progress;
    const isSame =
      trials === this.after.trials && experiments === this.after.experiments && progress === this.after.progress;
    return isSame ? this.after : { ...this.after, trials, experiments, progress };
  }
}
