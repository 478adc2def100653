import { expect, it } from 'vitest';
import { newsOf } from '../../../src/renderer/views/frame/news.ts';
import { resumedSentence } from '../../../src/renderer/views/frame/resumed-words.ts';
import { experimentFromPreset } from '../../../src/shared/presets.ts';
import type { Experiment } from '../../../src/shared/records/experiment.ts';

const BEFORE: Experiment = {
  id: 1,
  config: experimentFromPreset('quick', { dataset: 'cifar10', name: 'first' }),
  state: 'running',
  restsAs: null,
  message: null,
  createdAt: '2026-01-01T00:00:00.000Z',
  finishedAt: null,
  runningMs: 0,
  overheadMs: 0,
  counts: { queued: 0, running: 1, completed: 3, failed: 0, pruned: 0, cancelled: 0 },
  trashed: 0,
  repeats: { queued: 0, running: 0 },
  lastTrial: 4,
  twinOf: null,
  best: { trial: 2, run: 1, reward: 0.6 },
};
const after = (change: Partial<Experiment>): Experiment => ({ ...BEFORE, ...change });
const told = (change: Partial<Experiment>): string[] => newsOf(BEFORE, after(change)).map(({ text }) => text);

it('a new best is told with its trial; progress and a lesser best are not', () => {
  expect(told({ best: { trial: 402, run: 3, reward: 0.6231 } })).toEqual(['New best 62.31 percent, trial 402·3']);
  expect(told({ counts: { ...BEFORE.counts, completed: 4 }, runningMs: 1000 })).toEqual([]);
  // The best was put into the trash.
  expect(told({ best: { trial: 1, run: 1, reward: 0.5 } })).toEqual([]);
  expect(told({ best: null })).toEqual([]);
});

it('ends and pauses are told; one that needs somebody is told at once', () => {
  expect(told({ state: 'completed', runningMs: 11_520_000, counts: { ...BEFORE.counts, completed: 500 } })).toEqual([
    'The search first ended: 500 trials in 3 h 12 min. Best 60.00 %, trial 2. This is a search score; train the cell in full to know its accuracy.',
  ]);
  expect(told({ state: 'completed', best: null })).toEqual([
    'The search first ended: 3 trials in 0 s. No trial has a reward; the leaderboard says why.',
  ]);
  expect(newsOf(BEFORE, after({ state: 'paused' }))[0]?.politeness).toBe('polite');
  const full = newsOf(BEFORE, after({ state: 'paused', message: 'Disk full: 0.3 GB free.' }));
  expect(full[0]).toMatchObject({
    politeness: 'assertive',
    text: 'The search first is paused. Disk full: 0.3 GB free.',
  });
});

it('repeats of a search that rests are no news of the search, unless they could not be trained', () => {
  const rested = after({ state: 'completed', message: null });
  const repeating = after({ state: 'running', restsAs: 'completed' });
  expect(newsOf(rested, repeating)).toEqual([]);
  expect(newsOf(repeating, rested)).toEqual([]);
  expect(newsOf(repeating, { ...rested, message: 'No trainer starts.' })).toEqual([
    {
      kind: 'state',
      politeness: 'assertive',
      text: 'Repeats in the search first could not be trained. No trainer starts.',
    },
  ]);
  const paused = after({ state: 'running', restsAs: 'paused' });
  expect(newsOf(paused, after({ state: 'running' })).map(({ text }) => text)).toEqual(['The search first goes on.']);
  expect(newsOf(paused, after({ state: 'stopped' })).map(({ text }) => text)).toEqual([
    'The search first was stopped. Best 60.00 percent, trial 2.',
  ]);
});

it('the banner after a crash names the trials and where they go on', () => {
  const at = (trial: number, epoch: number, run = 1) => ({ experiment: 1, trial, run, epoch });
  expect(resumedSentence([at(13, 1), at(13, 2, 2)])).toBe(
    '2 trials were interrupted and go on (13 at epoch 1, 13·2 at epoch 2).',
  );
  expect(resumedSentence([at(13, 0)])).toBe('1 trial was interrupted and goes on (13 at epoch 0).');
  expect(resumedSentence([1, 2, 3, 4, 5, 6].map((trial) => at(trial, 1)))).toContain('4 at epoch 1, and 2 more)');
});
