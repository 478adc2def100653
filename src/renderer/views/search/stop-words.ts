import type { Experiment } from '../../../shared/records/experiment.ts';
import { finishedTrials } from '../../../shared/search-state.ts';
import { plural } from '../../components/words.ts';

/** What is asked before a search, or the repeats of one that had ended, are stopped. */
export function stopQuestion(experiment: Experiment): { title: string; sentence: string; action: string } {
  const { restsAs, counts, repeats } = experiment;
  const trials = countOf(counts.queued + counts.running, 'trial');
  const asked = countOf(repeats.queued + repeats.running, 'repeat');
  if (restsAs !== null && restsAs !== 'paused') {
    const sentence = `${lostSentence(asked)}The search itself and its trials stay as they are.`;
    return { title: 'Stop these repeats?', sentence, action: 'Stop repeats' };
  }
  const done = finishedTrials(experiment);
  const kept = `${plural(done, 'finished trial')} ${done === 1 ? 'stays' : 'stay'}. `;
  const sentence = `${lostSentence([...trials, ...asked])}${kept}A stopped search can't go on; pause it if it should.`;
  return { title: 'Stop this search for good?', sentence, action: 'Stop search' };
}

/** In words, or nothing. */
function countOf(count: number, noun: string): string[] {
  return count === 0 ? [] : [plural(count, noun)];
}

/** With a space behind it, where there is anything to lose. */
function lostSentence(under: readonly string[]): string {
  return under.length === 0 ? '' : `${under.join(' and ')} under way will end without a reward. `;
}
