import { expect, it } from 'vitest';
import { stopQuestion } from '../../../src/renderer/views/search/stop-words.ts';
import type { Experiment } from '../../../src/shared/records/experiment.ts';
import { makeExperiment } from '../../main/terminal/records.ts';

const NONE = makeExperiment().counts;
const sentence = (changes: Partial<Experiment>): string => stopQuestion(makeExperiment(changes)).sentence;

it('counts the repeats under way apart from the trials', () => {
  const counts = { ...NONE, running: 1, queued: 1, completed: 1 };
  const end = "1 finished trial stays. A stopped search can't go on; pause it if it should.";
  expect(sentence({ counts })).toBe(`2 trials under way will end without a reward. ${end}`);
  expect(sentence({ counts, repeats: { queued: 2, running: 1 } })).toBe(
    `2 trials and 3 repeats under way will end without a reward. ${end}`,
  );
  expect(sentence({ counts: { ...NONE, completed: 1 }, repeats: { queued: 0, running: 1 } })).toBe(
    `1 repeat under way will end without a reward. ${end}`,
  );
  expect(sentence({ counts: { ...NONE, completed: 1 } })).toBe(end);
});

it('asks for the repeats alone where the search has ended', () => {
  const repeats = { queued: 1, running: 1 };
  // One that failed keeps what it had saved.
  const counts = { ...NONE, completed: 1, queued: 2 };
  expect(stopQuestion(makeExperiment({ restsAs: 'failed', counts, repeats }))).toEqual({
    title: 'Stop these repeats?',
    sentence: '2 repeats under way will end without a reward. The search itself and its trials stay as they are.',
    action: 'Stop repeats',
  });
  expect(stopQuestion(makeExperiment({ restsAs: 'paused', repeats })).title).toBe('Stop this search for good?');
});
