import type { Experiment } from '../../shared/records/experiment.ts';
import { haveRepeatsFailed, searchState } from '../../shared/search-state.ts';
import type { Politeness } from './announcements.ts';

export interface News {
  /** A newer one of the kind `best` takes the place of one that was not said yet. */
  readonly kind: 'best' | 'state';
  readonly text: string;
  readonly politeness: Politeness;
}

/** What of a change a person who does not see the page is told: a new best, an end, a pause; never progress. */
export function newsOf(before: Experiment, after: Experiment): News[] {
  const news: News[] = [];
  const { best, config, message } = after;
  if (best !== null && (before.best === null || best.reward > before.best.reward)) {
    const text = `New best ${(best.reward * 100).toFixed(2)} percent, trial ${best.trial}`;
    news.push({ kind: 'best', text, politeness: 'polite' });
  }
  const name = config.name;
  const because = message === null ? '' : ` ${message}`;
  if (haveRepeatsFailed(before, after)) {
    const text = `Repeats in the search ${name} could not be trained.${because}`;
    news.push({ kind: 'state', text, politeness: 'assertive' });
    return news;
  }
  // Repeats of a search that rests begin and end without any news of the search.
  const state = searchState(after);
  if (state === searchState(before)) return news;
  // A search that pauses or fails by itself needs somebody.
  const politeness = message === null ? 'polite' : 'assertive';
  const text = {
    running: `The search ${name} goes on.`,
    paused: `The search ${name} is paused.${because}`,
    completed: `The search ${name} has ended.${bestWords(after)}`,
    stopped: `The search ${name} was stopped.${bestWords(after)}`,
    failed: `The search ${name} failed.${because}`,
  }[state];
  news.push({ kind: 'state', text, politeness: state === 'paused' || state === 'failed' ? politeness : 'polite' });
  return news;
}

const bestWords = ({ best }: Experiment): string =>
  best === null ? '' : ` Best ${(best.reward * 100).toFixed(2)} percent, trial ${best.trial}.`;
