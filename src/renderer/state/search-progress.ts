import type { Experiment, Trial } from '../../shared/records/experiment.ts';
import type { Progress } from './workbench-state.ts';

/** Trials that count towards the budget: a cancelled one is replaced by a new proposal. */
export function finishedTrials({ counts }: Experiment): number {
  return counts.completed + counts.failed + counts.pruned;
}

/** Finished trials that the time left is told from (ours). */
const RECENT_TRIALS = 20;

/** How long the rest of a search takes, from its last trials, in milliseconds; null before any has finished. */
export function timeLeftMs(experiment: Experiment, trials: Iterable<Trial>): number | null {
  const { budget, trialsAtOnce } = experiment.config;
  const times = [...trials]
    .filter(({ finishedAt, durationMs }) => finishedAt !== null && durationMs > 0)
    .sort((one, other) => Date.parse(other.finishedAt ?? '') - Date.parse(one.finishedAt ?? ''))
    .slice(0, RECENT_TRIALS)
    .map(({ durationMs }) => durationMs);
  if (times.length === 0) return null;
  const mean = times.reduce((sum, ms) => sum + ms, 0) / times.length;
  const left = Math.max(0, budget.trials - finishedTrials(experiment));
  const byTrials = (left * mean) / trialsAtOnce;
  if (budget.timeLimitMs === 0) return byTrials;
  return Math.min(byTrials, Math.max(0, budget.timeLimitMs - experiment.runningMs));
}

/** Part of a trial that is done, 0 to 1. */
export function trialPart({ step, steps }: Trial, progress: Progress | undefined): number {
  if (progress !== undefined && progress.steps > 0) return progress.step / progress.steps;
  return steps > 0 ? step / steps : 0;
}
