import { expect, it } from 'vitest';
import { aboutSpan } from '../../../src/renderer/components/words.ts';
import { rowKeyOf } from '../../../src/renderer/state/row-key.ts';
import { searchTimeLeft, trialLevels } from '../../../src/renderer/state/search-progress.ts';
import { experimentFromPreset } from '../../../src/shared/presets.ts';
import type { Experiment, Trial } from '../../../src/shared/records/experiment.ts';
import { trialRecord } from '../views/trial-record.ts';

const config = experimentFromPreset('quick', { dataset: 'cifar10', trials: 100 });
function experiment(
  change: Partial<Experiment> = {},
  limits: Partial<Experiment['config']['budget']> = {},
): Experiment {
  return {
    id: 1,
    config: { ...config, trialsAtOnce: 2, budget: { ...config.budget, ...limits } },
    state: 'running',
    restsAs: null,
    message: null,
    createdAt: '2026-01-01T00:00:00.000Z',
    finishedAt: null,
    runningMs: 600_000,
    overheadMs: 0,
    counts: { queued: 0, running: 2, completed: 35, failed: 3, pruned: 2, cancelled: 7 },
    trashed: 0,
    repeats: { queued: 0, running: 0 },
    lastTrial: 49,
    twinOf: null,
    best: null,
    ...change,
  };
}
const progress = (step: number, epoch: number, trial = 41, run = 1) => ({
  experiment: 1,
  trial,
  run,
  epoch,
  epochs: 2,
  step,
  steps: 200,
  stepMs: 50,
  loss: 1,
});

/** Trials 41 and 42 run, 41 for the second time as well, 43 is a repeat of an older project, and the last finished ones took so long. */
const live = (...durationsMs: readonly number[]) => {
  const running = (changes: Partial<Trial>): Trial => trialRecord({ ...changes, state: 'running' });
  const repeat = { purpose: 'repeat', batch: null } as const;
  const active = [
    running({ trial: 41 }),
    running({ trial: 42 }),
    running({ trial: 41, run: 2, parent: 41, ...repeat }),
    running({ trial: 43, parent: 3, ...repeat }),
  ];
  return {
    active: new Map(active.map((trial) => [rowKeyOf(trial), trial])),
    recent: durationsMs.map((durationMs) => trialRecord({ durationMs })),
  };
};

it('the rest of a search takes its last trials’ mean time for each trial that is left, less what runs has done', () => {
  const trials = live(20_000, 40_000);
  // 60 trials are left; cancelled ones are replaced and don't count. Two at once.
  expect(searchTimeLeft(experiment(), trials, [])).toEqual({ ms: 60 * 15_000, trials: 2 });
  expect(searchTimeLeft(experiment(), trials, [progress(100, 1), progress(150, 2, 42)])?.ms).toBeCloseTo(
    58.75 * 15_000,
    6,
  );
});

it('what a running repeat has done takes nothing off the rest of its search', () => {
  const trials = live(30_000);
  expect(searchTimeLeft(experiment(), trials, [progress(150, 2, 43)])?.ms).toBe(60 * 15_000);
  expect(searchTimeLeft(experiment(), trials, [progress(150, 2, 41, 2)])?.ms).toBe(60 * 15_000);
  expect(searchTimeLeft(experiment(), trials, [progress(100, 1), progress(150, 2, 43)])?.ms).toBe(59.5 * 15_000);
});

it('a search that rests while repeats are trained has no time left', () => {
  const resting = experiment({ restsAs: 'stopped' });
  expect(searchTimeLeft(resting, live(30_000), [progress(150, 2, 43)])).toBeNull();
});

it('a reused reward took no time, and a search of which nothing was trained has no time left to tell', () => {
  expect(searchTimeLeft(experiment(), live(0, 30_000), [])?.ms).toBe((60 * 15_000) / 2);
  expect(searchTimeLeft(experiment(), live(), [])).toBeNull();
  expect(searchTimeLeft(experiment(), live(0), [])).toBeNull();
});

it('a time limit ends a search sooner', () => {
  const soon = experiment({}, { timeLimitMs: 700_000 });
  expect(searchTimeLeft(soon, live(30_000), [])?.ms).toBe(100_000);
});

it('a running trial stands at a part of itself and of its epoch', () => {
  expect(trialLevels(progress(150, 2))).toEqual({
    trial: { part: 0.75, leftMs: 2_500 },
    epoch: { part: 0.5, leftMs: 2_500 },
  });
  expect(trialLevels(progress(100, 1))).toEqual({
    trial: { part: 0.5, leftMs: 5_000 },
    epoch: { part: 1, leftMs: 0 },
  });
});

it('a time left is as coarse as it is known', () => {
  expect([3_000, 22_000, 12 * 60_000, 95 * 60_000, 30 * 3_600_000, 4 * 86_400_000].map(aboutSpan)).toEqual([
    'about 5 s',
    'about 20 s',
    'about 12 min',
    'about 1.6 h',
    'about 30 h',
    'about 4 days',
  ]);
});
