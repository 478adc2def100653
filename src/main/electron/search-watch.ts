import type { WorkbenchEvent } from '../../shared/contract.ts';
import type { Experiment, Trial } from '../../shared/records/experiment.ts';
import { trialName } from '../../shared/trial-name.ts';
import type { Workbench } from '../workbench/workbench.ts';
import { type Notice, noticeOf } from './search-notices.ts';

/** Electron's `powerSaveBlocker`, as far as it is used. */
export interface PowerSaveBlocker {
  start(type: 'prevent-app-suspension'): number;
  stop(id: number): unknown;
}

/** A search in motion, with the names of the trials that are in training, by their numbers. */
export interface SearchInMotion {
  readonly experiment: Experiment;
  readonly trials: readonly string[];
}

/** Follows a project's searches: keeps the machine awake while one trains, and tells what a person should hear of. */
export class SearchWatch {
  private readonly experiments = new Map<number, Experiment>();
  /** Runs of trials in training by their names, by experiment. */
  private readonly training = new Map<number, Map<string, Trial>>();
  private readonly blocker: PowerSaveBlocker;
  private readonly notify: (notice: Notice) => void;
  private readonly unsubscribe: () => void;
  /** Of the block that is on. */
  private block: number | null = null;

  constructor(workbench: Workbench, outlets: { blocker: PowerSaveBlocker; notify: (notice: Notice) => void }) {
    this.blocker = outlets.blocker;
    this.notify = outlets.notify;
    const { events } = workbench;
    const { position, unsubscribe } = events.subscribe(null, () => undefined);
    unsubscribe();
    // From the start of the workbench on: what went on by itself after a crash began before anybody could watch.
    const start = { ...position, sequence: 0 };
    this.unsubscribe = events.subscribe(start, (_position, event) => this.note(event)).unsubscribe;
  }

  inMotion(): SearchInMotion[] {
    return [...this.experiments.values()]
      .map((experiment) => ({
        experiment,
        trials: [...(this.training.get(experiment.id)?.values() ?? [])]
          .sort((a, b) => a.trial - b.trial || a.run - b.run)
          .map(trialName),
      }))
      .filter(({ experiment, trials }) => experiment.state === 'running' || trials.length > 0);
  }

  close(): void {
    this.unsubscribe();
    this.experiments.clear();
    this.training.clear();
    this.keepAwake();
  }

  private note(event: WorkbenchEvent): void {
    if (event.name === 'experiment.changed') {
      const { payload } = event;
      const notice = noticeOf(this.experiments.get(payload.id), payload);
      this.experiments.set(payload.id, payload);
      if (notice) this.notify(notice);
    } else if (event.name === 'trial.changed') {
      const { payload } = event;
      const { experiment, state } = payload;
      const training = this.training.get(experiment) ?? new Map<string, Trial>();
      this.training.set(experiment, training);
      if (state === 'running') training.set(trialName(payload), payload);
      else training.delete(trialName(payload));
    } else {
      return;
    }
    this.keepAwake();
  }

  private keepAwake(): void {
    const wanted = this.inMotion().length > 0;
    if (wanted) this.block ??= this.blocker.start('prevent-app-suspension');
    else if (this.block !== null) {
      this.blocker.stop(this.block);
      this.block = null;
    }
  }
}
