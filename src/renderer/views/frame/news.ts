import type { Experiment } from '../../../shared/records/experiment.ts';
import { finishedTrials, haveRepeatsFailed, searchState } from '../../../shared/search-state.ts';
import { spanWords } from '../../../shared/span-words.ts';
import { trialName } from '../../../shared/trial-name.ts';
import { percent, plural } from '../../components/words.ts';
import type { Politeness } from '../../state/announcements.ts';

export interface News {
  /** A newer one of the kind `best` takes the place of one that was not said yet. */
  readonly kind: 'best' | 'state' | 'end';
  readonly text: string;
  readonly politeness: Politeness;
}

/** What of a change a person who does not see the page is told: a new best, an end, a pause; never progress. */
export function newsOf(before: Experiment, after: Experiment): News[] {
  const news: News[] = [];
  const { best, config, message } = after;
  if (best !== null && (before.best === null || best.reward > before.best.reward)) {
    const text = `New best ${(best.reward * 100).toFixed(2)} percent, trial ${trialName(best)}`;
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
    completed: endSentence(after),
    stopped: `The search ${name} was stopped.${bestWords(after)}`,
    failed: `The search ${name} failed.${because}`,
  }[state];
  news.push({
    kind: state === 'completed' ? 'end' : 'state',
    text,
    politeness: state === 'paused' || state === 'failed' ? politeness : 'polite',
  });
  return news;
}

function endSentence(after: Experiment): string {
  const trials = plural(finishedTrials(after), 'trial');
  const head = `The search ${after.config.name} ended: ${trials} in ${spanWords(after.runningMs)}.`;
  if (after.best === null) return `${head} No trial has a reward; the leaderboard says why.`;
  const best = `Best ${percent(after.best.reward)}, trial ${trialName(after.best)}.`;
  return `${head} ${best} This is a search score; train the cell in full to know its accuracy.`;
}

const bestWords = ({ best }: Experiment): string =>
  best === null ? '' : ` Best ${(best.reward * 100).toFixed(2)} percent, trial ${trialName(best)}.`;
