import { expect, it } from 'vitest';
import { goesOnSentence, pausedSentence } from '../../../src/main/terminal/unfinished.ts';
import type { Experiment } from '../../../src/shared/records/experiment.ts';
import { makeExperiment } from './records.ts';

const NONE = makeExperiment().counts;
const withTrials = (counts: Partial<Experiment['counts']>, repeats: Partial<Experiment['repeats']> = {}): Experiment =>
  makeExperiment({ counts: { ...NONE, completed: 3, ...counts }, repeats: { queued: 0, running: 0, ...repeats } });

it('names the repeats that a killed workbench had in training beside the trials', () => {
  const end = (experiment: Experiment): string => goesOnSentence(experiment).replace(/^.* goes on /, '');
  expect(end(withTrials({}))).toBe('after 3 of 6 trials.');
  expect(end(withTrials({ running: 1 }))).toBe('after 3 of 6 trials; 1 interrupted trial from the last checkpoint.');
  expect(end(withTrials({}, { running: 1, queued: 4 }))).toBe(
    'after 3 of 6 trials; 1 interrupted repeat from the last checkpoint.',
  );
  expect(end(withTrials({ running: 2 }, { running: 2 }))).toBe(
    'after 3 of 6 trials; 2 interrupted trials and 2 interrupted repeats from the last checkpoint.',
  );
});

it('tells that repeats were saved as well, or alone', () => {
  expect(pausedSentence(withTrials({}))).toBe('Paused after 3 of 6 trials.');
  const saved = (experiment: Experiment): string =>
    pausedSentence(experiment).replace('Paused after 3 of 6 trials. ', '');
  expect(saved(withTrials({ queued: 2 }))).toBe('Running trials were saved and go on when you resume.');
  expect(saved(withTrials({}, { queued: 1 }))).toBe('Running repeats were saved and go on when you resume.');
  expect(saved(withTrials({ queued: 1 }, { queued: 1 }))).toBe(
    'Running trials and repeats were saved and go on when you resume.',
  );
});
