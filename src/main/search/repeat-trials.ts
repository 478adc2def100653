import { deriveSeed } from '../../shared/random.ts';
import type { Trial } from '../../shared/records/experiment.ts';
import { isUnfinished } from '../../shared/search-state.ts';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import type { Store } from '../store/store.ts';
import type { NewTrial } from '../store/trials.ts';
import type { SearchTools } from './search-context.ts';

export interface RepeatRequest {
  readonly experiment: number;
  readonly trial: number;
  readonly times: number;
}

/** Throws `conflict` for a trial that is not finished yet. */
export function refuseUnfinished({ experiment, trial, state }: Trial): void {
  if (state !== 'queued' && state !== 'running') return;
  throw new WorkbenchError(
    'conflict',
    `Trial ${trial} of experiment ${experiment} is ${state}: it can be repeated when it is finished.`,
  );
}

/**
 * Stores further trainings of a trial's architecture and returns their numbers. Each has a seed of its own in the
 * experiment's seed tree, below the trial that was repeated first; a repeat of a repeat is one of that trial's.
 */
export function repeatTrials({ store, clock }: SearchTools, { experiment, trial, times }: RepeatRequest): number[] {
  return store.transaction(() => {
    const asked = store.trials.get(experiment, trial);
    const source = asked.batch === null && asked.parent !== null ? store.trials.get(experiment, asked.parent) : asked;
    const { seed } = store.experiments.get(experiment).config;
    const before = store.trials.repeats(experiment).filter(({ parent }) => parent === source.trial).length;
    const first = store.trials.nextNumber(experiment);
    const queuedAt = clock.now().toISOString();
    const repeats = Array.from({ length: times }, (_, index): NewTrial => {
      const { architecture, hash, trainableParameters, totalParameters, multiplyAdds } = source;
      return {
        experiment,
        trial: first + index,
        batch: null,
        architecture,
        hash,
        origin: `repeat of ${source.trial}`,
        parent: source.trial,
        logProbability: null,
        // From the source's own seed, which does not depend on how trials are numbered.
        seed: deriveSeed(seed, 'repeat', source.seed, before + index + 1),
        trainableParameters,
        totalParameters,
        multiplyAdds,
        queuedAt,
      };
    });
    store.trials.add(repeats);
    store.experiments.note(experiment);
    return repeats.map(({ trial: number }) => number);
  });
}

/** Numbers of the repeats that are queued or running. */
export function unfinishedRepeats({ trials }: Store, experiment: number): number[] {
  return trials
    .repeats(experiment)
    .filter(isUnfinished)
    .map(({ trial }) => trial);
}
