import { deriveSeed } from '../../shared/random.ts';
import type { Trial } from '../../shared/records/experiment.ts';
import { isUnfinished } from '../../shared/search-state.ts';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import type { Store } from '../store/store.ts';
import type { SearchTools } from './search-context.ts';

export interface RepeatRequest {
  readonly experiment: number;
  readonly trial: number;
  readonly times: number;
}

/** Throws `conflict` for a trial that is not finished yet. */
export function refuseUnfinished(trial: Trial): void {
  if (!isUnfinished(trial)) return;
  throw new WorkbenchError(
    'conflict',
    `Trial ${trial.trial} of experiment ${trial.experiment} is ${trial.state}: it can be repeated when it is finished.`,
  );
}

/**
 * Stores further runs of a trial and returns their numbers. Each has a seed of its own in the experiment's seed tree,
 * below the trial's. (In a project of schema 1 or 2 a repeat may be a trial: its repeats are runs of the trial that it
 * repeats, and its seed counts among theirs.)
 */
export function repeatTrials({ store, clock }: SearchTools, request: RepeatRequest): Trial[] {
  const { experiment, trial, times } = request;
  return store.transaction(() => {
    const asked = store.trials.get(experiment, trial);
    const source = asked.purpose === 'repeat' && asked.parent !== null ? asked.parent : trial;
    const { seed: own, architecture } = store.trials.get(experiment, source);
    const { seed } = store.experiments.get(experiment).config;
    const before = store.trials.countRepeats(experiment, source);
    const queuedAt = clock.now().toISOString();
    const spec = store.runs.spec(store.rows.idOf(experiment, source));
    const made = Array.from({ length: times }, (_, index) => {
      // From the source's own seed, which does not depend on how trials are numbered.
      const next = deriveSeed(seed, 'repeat', own, before + index + 1);
      return store.trials.addRepeat(experiment, source, { ...spec, architecture, seed: next } as typeof spec, queuedAt);
    });
    store.experiments.note(experiment);
    return made.map((run) => store.trials.get(experiment, source, run));
  });
}

/** Ids of the repeats that are queued or running. */
export function unfinishedRepeats({ trials, rows }: Store, experiment: number): number[] {
  return trials.unfinishedRepeats(experiment).map(({ trial, run }) => rows.idOf(experiment, trial, run));
}
