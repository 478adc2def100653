import { describe, expect, it } from 'vitest';
import {
  formatAbout,
  formatBytes,
  formatCount,
  formatDuration,
  formatPercent,
  formatPlural,
  formatSpan,
} from '../../../src/main/terminal/format.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

describe('numbers for people', () => {
  it('writes a reward as a percentage with two decimals, and a missing one as a dash', () => {
    expect([formatPercent(0.612), formatPercent(1), formatPercent(0), formatPercent(null)]).toEqual([
      '61.20',
      '100.00',
      '0.00',
      '–',
    ]);
  });

  it.each([
    [0, '0'],
    [812, '812'],
    [999, '999'],
    [1000, '1.00 k'],
    [9_994, '9.99 k'],
    [9_996, '10.0 k'],
    [99_960, '100 k'],
    [999_499, '999 k'],
    [999_600, '1.00 M'],
    [3_346_538, '3.35 M'],
    [544_333_312, '544 M'],
    [23_783_414_658, '23.8 B'],
    [1.5e15, '1500 T'],
  ])('writes %d in three digits as %s', (count, text) => {
    expect(formatCount(count)).toBe(text);
  });

  it.each([
    [27 * SECOND, '0:27'],
    [59.6 * SECOND, '1:00'],
    [94 * SECOND, '1:34'],
    [125 * MINUTE, '2 h 05'],
    [HOUR - SECOND, '59:59'],
    [HOUR - 1, '1 h 00'],
  ])('writes a time of %d ms as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it.each([
    [300, '1 s'],
    [40 * SECOND, '40 s'],
    [59.9 * SECOND, '1 min'],
    [192 * MINUTE, '3 h 12 min'],
    [3 * HOUR, '3 h'],
  ])('writes %d ms in a sentence as %s', (ms, text) => {
    expect(formatSpan(ms)).toBe(text);
  });

  it.each([
    [0, 'about 5 s'],
    [21 * SECOND, 'about 20 s'],
    [58 * SECOND, 'about 1 min'],
    [12 * MINUTE, 'about 12 min'],
    [2.5 * HOUR, 'about 2.5 h'],
    [5 * HOUR, 'about 5 h'],
    [70 * HOUR, 'about 3 days'],
  ])('says that %d ms left are %s', (ms, text) => {
    expect(formatAbout(ms)).toBe(text);
  });

  it('writes bytes with their unit, giga and not billion', () => {
    expect([formatBytes(999), formatBytes(3_350_000), formatBytes(1.2e9)]).toEqual(['999 bytes', '3.35 MB', '1.20 GB']);
  });

  it('counts one trial in the singular', () => {
    expect([formatPlural(1, 'trial'), formatPlural(0, 'trial'), formatPlural(20_000, 'trial')]).toEqual([
      '1 trial',
      '0 trials',
      '20,000 trials',
    ]);
  });
});
