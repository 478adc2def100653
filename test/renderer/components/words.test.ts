import { expect, it, onTestFinished, vi } from 'vitest';
import { bytes, moment, momentWords, roundedCount } from '../../../src/renderer/components/words.ts';

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

it.each([
  [0, '0'],
  [999, '999'],
  [1312, '1.31 k'],
  [999_600, '1.00 M'],
  [3_346_000, '3.35 M'],
  [544_300_000, '544 M'],
  [23_800_000_000, '23.8 B'],
])('writes %d with three digits: %s', (count, words) => {
  expect(roundedCount(count)).toBe(words);
});

it('writes a time by the clock of a zone, in summer as in winter', () => {
  const [winter, summer] = ['2026-01-31T23:59:07.900Z', '2026-07-31T22:30:00.000Z'];
  expect([winter, summer].map((at) => moment(at, 'Europe/Berlin'))).toEqual(['2026-02-01 00:59', '2026-08-01 00:30']);
  expect(momentWords(winter, 'America/New_York')).toBe('2026-01-31 18:59:07');
  expect(momentWords(winter, '-03:00')).toBe('2026-01-31 20:59:07');
});

it('writes a time by its own clock where it does not know the zone', () => {
  const told = vi.spyOn(console, 'info').mockReturnValue();
  onTestFinished(() => told.mockRestore());
  const at = '2026-01-31T23:59:07.000Z';
  expect(momentWords(at, 'Nowhere/Land')).toBe(momentWords(at));
  expect(told).toHaveBeenCalledOnce();
});
