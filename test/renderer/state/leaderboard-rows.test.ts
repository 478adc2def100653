import { expect, it } from 'vitest';
import { rowsToCsv } from '../../../src/renderer/state/csv.ts';
import { leaderboardRows, sortRows } from '../../../src/renderer/state/leaderboard-rows.ts';
import { parseFilter, statesIn, withStates } from '../../../src/renderer/state/trial-filter.ts';
import { makeTrial } from '../../main/terminal/records.ts';

const trials = [
  makeTrial(1, { hash: 'a', reward: 0.5, bestAccuracy: 0.6, trainableParameters: 4e6 }),
  makeTrial(2, { hash: 'b', reward: 0.7, bestAccuracy: 0.7, trainableParameters: 2e6, batch: 2 }),
  makeTrial(3, { hash: 'a', reward: 0.7, bestAccuracy: 0.8, trainableParameters: 4e6, batch: 2 }),
  makeTrial(4, { hash: 'c', state: 'failed', failure: 'out_of_memory', reward: null, bestAccuracy: null }),
  makeTrial(5, { hash: 'b', reusedFrom: 2, reward: 0.7, bestAccuracy: 0.7, trainableParameters: 2e6, batch: 3 }),
];
const numbersOf = (text: string): number[] => {
  const filter = parseFilter(text);
  if (filter.kind === 'refused') throw new Error(filter.sentence);
  return leaderboardRows(trials, 'trials')
    .filter(filter.test)
    .map(({ trial }) => trial.trial)
    .sort((one, other) => one - other);
};

it('shows one row a distinct cell: mean reward of its trainings, sample deviation, times proposed', () => {
  const rows = leaderboardRows(trials, 'cells');
  expect(rows.map(({ trial, rank, proposals }) => [trial.hash, rank, proposals])).toEqual([
    ['b', 1, 2],
    ['a', 2, 2],
    ['c', null, 1],
  ]);
  const [b, a] = rows;
  expect(a!.reward).toBeCloseTo(0.6, 12);
  // Of 0.5 and 0.7: the square root of (0.01 + 0.01) / 1.
  expect(a!.deviation).toBeCloseTo(Math.SQRT2 / 10, 12);
  expect(a!.best).toBe(0.8);
  // A reused reward is no second training.
  expect(b!.deviation).toBeNull();
});

it('ranks by reward, ties by number, and keeps rows without a reward last in either direction', () => {
  const rows = leaderboardRows(trials, 'trials');
  expect(rows.map(({ trial }) => trial.trial)).toEqual([2, 3, 5, 1, 4]);
  const upwards = sortRows(rows, { column: 'reward', isAscending: true });
  expect(upwards.map(({ trial }) => trial.trial)).toEqual([1, 2, 3, 5, 4]);
  expect(upwards.map(({ rank }) => rank)).toEqual([4, 1, 2, 3, null]);
});

it('understands conditions, units, lists, ranges and negation', () => {
  expect(numbersOf('')).toEqual([1, 2, 3, 4, 5]);
  expect(numbersOf('reward>60%')).toEqual([2, 3, 5]);
  expect(numbersOf('reward>0.6 params<3M')).toEqual([2, 5]);
  expect(numbersOf('state:completed,failed -state:completed')).toEqual([4]);
  expect(numbersOf('update:2..3')).toEqual([2, 3, 5]);
  expect(numbersOf('time<=30s trial>=4')).toEqual([4, 5]);
  // NASNet-A has separable 5x5, and no max pooling of 7x7.
  expect(numbersOf('op:sep5')).toEqual([1, 2, 3, 4, 5]);
  expect(numbersOf('op:max7')).toEqual([]);
  expect(numbersOf('hash:a')).toEqual([1, 3]);
});

it('says what a filter does not understand', () => {
  const sentence = (text: string): string => {
    const filter = parseFilter(text);
    return filter.kind === 'refused' ? filter.sentence : '';
  };
  expect(sentence('rewrad>0.5')).toContain('`rewrad` is no column');
  expect(sentence('reward>much')).toContain('`much` is no number');
  expect(sentence('state:done')).toContain('`done` is no state');
  expect(sentence('op:sep9')).toContain('`sep9` is no operation');
  expect(sentence('state>failed')).toContain('takes a colon');
  expect(sentence('hello')).toContain('no condition');
});

it('writes states into the filter and takes them out again', () => {
  expect(withStates('reward>0.5', ['failed'])).toBe('reward>0.5 state:failed');
  expect(statesIn('reward>0.5 state:failed,pruned')).toEqual(['failed', 'pruned']);
  expect(withStates('state:failed reward>0.5', [])).toBe('reward>0.5');
});

it('exports every row at full precision and defuses formulas', () => {
  const [row] = leaderboardRows([makeTrial(1, { reward: 0.1 + 0.2, origin: '=cmd()' })], 'trials');
  const [head, line] = rowsToCsv([row!]).split('\r\n');
  const column = (name: string): number => head!.split(',').indexOf(name);
  expect(line!.split(',')[column('reward')]).toBe('0.30000000000000004');
  expect(line!.split(',')[column('origin')]).toBe("'=cmd()");
});
