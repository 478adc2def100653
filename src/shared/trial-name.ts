import type { Trial } from './records/experiment.ts';

/** How a run of a trial is called: "17", and "17·2" for the second one, which a person asked for. */
export function trialName({ trial, run }: Pick<Trial, 'trial' | 'run'>): string {
  return run === 1 ? String(trial) : `${trial}·${run}`;
}
