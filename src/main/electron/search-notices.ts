import type { Experiment } from '../../shared/records/experiment.ts';
import { finishedTrials, haveRepeatsFailed, searchState } from '../../shared/search-state.ts';
import { spanWords } from '../../shared/span-words.ts';
import { trialName } from '../../shared/trial-name.ts';

export interface Notice {
  readonly experiment: number;
  readonly title: string;
  readonly body: string;
}

/** What the system tells when a search ends, fails or pauses by itself; null for all else, a person's own wish above all. */
export function noticeOf(before: Experiment | undefined, after: Experiment): Notice | null {
  if (before === undefined) return null;
  const about = { experiment: after.id };
  const { name } = after.config;
  if (haveRepeatsFailed(before, after)) {
    return { ...about, title: `${name}: repeats could not be trained`, body: after.message ?? '' };
  }
  if (searchState(before) !== 'running') return null;
  switch (searchState(after)) {
    case 'running':
      return null;
    case 'completed':
      return { ...about, title: `${name}: the search ended`, body: resultOf(after) };
    case 'failed':
      return { ...about, title: `${name}: the search failed`, body: after.message ?? 'The log tells why.' };
    case 'paused':
      // A pause that somebody asked for carries no sentence.
      return after.message === null ? null : { ...about, title: `${name} is paused`, body: after.message };
    case 'stopped':
      return null;
  }
}

function resultOf(experiment: Experiment): string {
  const { runningMs, best } = experiment;
  const trials = finishedTrials(experiment);
  const told = `${trials} ${trials === 1 ? 'trial' : 'trials'} in ${spanWords(runningMs)}.`;
  if (best === null) return `${told} No trial has a reward.`;
  return `${told} Best ${(100 * best.reward).toFixed(2)} %, trial ${trialName(best)}.`;
}
