import type { Experiment, ExperimentState, Trial } from './records/experiment.ts';

/** The state of the search itself, whatever repeats are trained beside it. */
export function searchState({ state, restsAs }: Pick<Experiment, 'state' | 'restsAs'>): ExperimentState {
  return restsAs ?? state;
}

/** Repeats that rest by themselves leave a sentence; the search rests as before, so there is no other news of it. */
export function haveRepeatsFailed(before: Experiment, after: Experiment): boolean {
  const isOver = before.restsAs !== null && after.restsAs === null && after.state === before.restsAs;
  return isOver && after.message !== null && after.message !== before.message;
}

/** Trials that count towards the budget: a cancelled one is replaced by a new proposal. */
export function finishedTrials({ counts }: Pick<Experiment, 'counts'>): number {
  return counts.completed + counts.failed + counts.pruned;
}

/** A trial that has no end yet. */
export function isUnfinished({ state }: Pick<Trial, 'state'>): boolean {
  return state === 'queued' || state === 'running';
}
