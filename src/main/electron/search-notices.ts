import type { Experiment } from '../../shared/records/experiment.ts';
import { haveRepeatsFailed, searchState } from '../../shared/search-state.ts';

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

function resultOf({ counts, runningMs, best }: Experiment): string {
  const trials = counts.completed + counts.failed + counts.pruned;
  const told = `${trials} ${trials === 1 ? 'trial' : 'trials'} in ${duration(runningMs)}.`;
  if (best === null) return `${told} No trial has a reward.`;
  return `${told} Best ${(100 * best.reward).toFixed(2)} %, trial ${best.trial}.`;
}

function duration(milliseconds: number): string {
  const minutes = Math.floor(milliseconds / 60_000);
  if (minutes === 0) return `${Math.round(milliseconds / 1_000)} s`;
  const hours = Math.floor(minutes / 60);
  return hours === 0 ? `${minutes} min` : `${hours} h ${minutes % 60} min`;
}
