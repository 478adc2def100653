import type { Trial } from './records/experiment.ts';

type TrialRun = Pick<Trial, 'trial' | 'run'>;

/** How a run of a trial is called: "17", and "17·2" for the second one, which a person asked for. */
export function trialName({ trial, run }: TrialRun): string {
  return run === 1 ? String(trial) : `${trial}·${run}`;
}

/** In the order of their numbers. */
export function byNumber(one: TrialRun, other: TrialRun): number {
  return one.trial - other.trial || one.run - other.run;
}
