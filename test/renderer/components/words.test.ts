import { expect, it } from 'vitest';
import { bytes } from '../../../src/renderer/components/words.ts';

it.each([
  [0, '0 bytes'],
  [999, '999 bytes'],
  [1000, '1.00 kB'],
  [3_346_538, '3.35 MB'],
  [999_499, '999 kB'],
  [999_500, '1.00 MB'],
  [999_499_999, '999 MB'],
  [999_500_000, '1.00 GB'],
  [999_990_000, '1.00 GB'],
  [999_999_999_999, '1.00 TB'],
  [999_990_000_000_000, '1000 TB'],
  [1_234_000_000_000_000, '1230 TB'],
])('writes %d bytes as %s', (count, words) => {
  expect(bytes(count)).toBe(words);
});
