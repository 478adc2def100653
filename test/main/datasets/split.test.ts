import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { splitTrainingImages } from '../../../src/main/datasets/split.ts';

it('takes the asked numbers of different images, none for both parts', () => {
  const sizes = fc.record({
    trainingImages: fc.integer({ min: 1, max: 200 }),
    validationImages: fc.integer({ min: 1, max: 200 }),
    spare: fc.integer({ min: 0, max: 200 }),
    seed: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
  });
  fc.assert(
    fc.property(sizes, ({ trainingImages, validationImages, spare, seed }) => {
      const available = trainingImages + validationImages + spare;
      const { training, validation } = splitTrainingImages({ available, trainingImages, validationImages, seed });
      const all = [...training, ...validation];
      expect([training.length, validation.length]).toEqual([trainingImages, validationImages]);
      expect(new Set(all).size).toBe(all.length);
      expect(all.every((index) => index < available)).toBe(true);
    }),
  );
});

it('depends on nothing but its arguments, and the validation images not on how many train', () => {
  const request = { available: 50_000, trainingImages: 45_000, validationImages: 5_000, seed: 7 };
  expect(splitTrainingImages(request)).toEqual(splitTrainingImages(request));
  const fewer = splitTrainingImages({ ...request, trainingImages: 4_000 });
  expect(fewer.validation).toEqual(splitTrainingImages(request).validation);
  expect(splitTrainingImages({ ...request, seed: 8 }).validation).not.toEqual(fewer.validation);
});

it('is the same split in every version: a stored experiment would otherwise score on images that it trained on', () => {
  const { training, validation } = splitTrainingImages({
    available: 50_000,
    trainingImages: 45_000,
    validationImages: 5_000,
    seed: 1,
  });
  // Computed apart, in Python with integers of any size, from the description of the generator and of Fisher-Yates.
  const hash = createHash('sha256').update(new Uint8Array(validation.buffer)).update(new Uint8Array(training.buffer));
  expect(hash.digest('hex')).toBe('fac5f2917035a98af27124904ab721aadca1bfc8957b296d294b43fdb69c7b4c');
});

it('refuses more images than there are, and parts without an image', () => {
  const request = { available: 100, trainingImages: 90, validationImages: 10, seed: 1 };
  expect(splitTrainingImages(request).training).toHaveLength(90);
  const more = () => splitTrainingImages({ ...request, validationImages: 11 });
  expect(more).toThrow('90 training and 11 validation images are 101, but the data set has 100');
  for (const validationImages of [0, -1, 1.5, Number.NaN]) {
    expect(() => splitTrainingImages({ ...request, validationImages })).toThrow('at least one image');
  }
});
