import { expect, it } from 'vitest';
import { PRESETS } from '../../src/shared/presets.ts';
import { countSubset } from '../../src/shared/subset.ts';

const part = (share: number, most: number) => ({ share, most });

it.each([
  ['quick', 300, 240, 60],
  ['quick', 50_000, 4000, 1000],
  ['paper', 50_000, 45_000, 5000],
  ['workstation', 50_000, 22_500, 5000],
] as const)(
  'the %s preset takes of %i images so many: %i train and %i score',
  (preset, images, training, validation) => {
    expect(countSubset(PRESETS[preset].config.subset, images)).toEqual({ training, validation });
  },
);

it('counts those that score first, and leaves one at least to learn from', () => {
  const all = { training: part(1, 1000), validation: part(1, 1000) };
  expect(countSubset(all, 50)).toEqual({ training: 1, validation: 49 });
  expect(countSubset(all, 2)).toEqual({ training: 1, validation: 1 });
  expect(countSubset({ training: part(0.001, 9), validation: part(0.001, 9) }, 20)).toEqual({
    training: 1,
    validation: 1,
  });
  expect(countSubset({ training: part(0.5, 1000), validation: part(0.25, 10) }, 101)).toEqual({
    training: 51,
    validation: 10,
  });
});

it('refuses a data set that can not be split, in words', () => {
  const all = { training: part(1, 10), validation: part(1, 10) };
  const refused = (images: string) =>
    expect.objectContaining({
      code: 'invalid_input',
      message: `A data set of ${images} can't be split into training and validation.`,
    });
  expect(() => countSubset(all, 1)).toThrow(refused('one training image'));
  expect(() => countSubset(all, 0)).toThrow(refused('0 training images'));
});
