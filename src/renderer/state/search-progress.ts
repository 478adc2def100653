import type { Experiment, Trial } from '../../shared/records/experiment.ts';
import { finishedTrials } from '../../shared/search-state.ts';
import { rowKeyOf } from './row-key.ts';
import type { LiveTrials, Progress } from './workbench-state.ts';

/** How long something still takes, and how many trials that rests on. */
export interface TimeLeft {
  readonly ms: number;
  readonly trials: number;
}

/**
 * How long the rest of a search takes: what is left of its trials, each as long as the last ones took on average, less what
 * its own running ones have done; repeats are none of its trials. Null before any has been trained, and while there are
 * repeats alone.
 */
export function searchTimeLeft(
  experiment: Experiment,
  { active, recent }: LiveTrials,
  running: readonly Progress[],
): TimeLeft | null {
  const { budget, trialsAtOnce } = experiment.config;
  const total = recent.reduce((sum, { durationMs }) => sum + durationMs, 0);
  if (total === 0 || experiment.restsAs !== null) return null;
  const own = running.filter((progress) => active.get(rowKeyOf(progress))?.purpose !== 'repeat');
  const done = own.reduce((sum, progress) => sum + progressPart(progress), 0);
  const left = Math.max(0, budget.trials - finishedTrials(experiment) - done);
  const byTrials = (left * total) / recent.length / trialsAtOnce;
  const byLimit =
    budget.timeLimitMs === 0 ? Number.POSITIVE_INFINITY : Math.max(0, budget.timeLimitMs - experiment.runningMs);
  return { ms: Math.min(byTrials, byLimit), trials: recent.length };
}

/** Part of a trial that is done, 0 to 1. */
export function trialPart({ step, steps }: Trial, progress: Progress | undefined): number {
  if (progress !== undefined && progress.steps > 0) return progressPart(progress);
  return steps > 0 ? step / steps : 0;
}

const progressPart = ({ step, steps }: Progress): number => (steps > 0 ? Math.min(1, step / steps) : 0);

/** Where a running trial stands at the levels below the search; times in milliseconds, validation not counted. */
export interface TrialLevels {
  readonly trial: { readonly part: number; readonly leftMs: number };
  readonly epoch: { readonly part: number; readonly leftMs: number };
}

export function trialLevels(progress: Progress): TrialLevels {
  const { step, steps, epoch, epochs, stepMs } = progress;
  const stepsOfEpoch = epochs > 0 ? steps / epochs : steps;
  const stepInEpoch = Math.min(stepsOfEpoch, Math.max(0, step - (epoch - 1) * stepsOfEpoch));
  return {
    trial: { part: progressPart(progress), leftMs: Math.max(0, steps - step) * stepMs },
    epoch: {
      part: stepsOfEpoch > 0 ? stepInEpoch / stepsOfEpoch : 0,
      leftMs: (stepsOfEpoch - stepInEpoch) * stepMs,
    },
  };
}
