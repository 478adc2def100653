import { expect, it } from 'vitest';
import { subsetSentence } from '../../../src/renderer/views/home/subset-words.ts';
import { PRESETS } from '../../../src/shared/presets.ts';

const on = (train: number): string => subsetSentence(PRESETS.quick.config.subset, { counts: { train, test: 0 } });

it('a preset tells what it takes of a large data set', () => {
  expect(on(50_000)).toBe('Here 4,000 training and 1,000 validation images.');
});

it('a preset tells how it fits itself to a data set that is smaller than its limits, and why', () => {
  expect(on(300)).toBe('Here 240 training and 60 validation images: this data set has no more than 300.');
  expect(on(4_999)).toContain('this data set has no more than 4,999');
  expect(on(2)).toBe('Here 1 training and 1 validation image: this data set has no more than 2.');
  expect(on(1)).toMatch(/cannot be split/);
});
