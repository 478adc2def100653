import { describe, expect, it } from 'vitest';
import { bar, sparkline } from '../../../src/main/terminal/sparkline.ts';

describe('curves and bars in one line', () => {
  it('draws the lowest and the highest value at the ends of the scale, and a gap where one is missing', () => {
    expect(sparkline([0, null, 7, 3.5], 10)).toBe('▁ █▅');
    expect(sparkline([0, Number.NaN, 1], 10)).toBe('▁ █');
  });

  it('draws a constant in the middle and nothing of nothing', () => {
    expect(sparkline([2, 2], 10)).toBe('▅▅');
    expect(sparkline([], 10)).toBe('');
  });

  it('averages a longer series in groups that leave no value out', () => {
    const rising = Array.from({ length: 1000 }, (_, index) => index);
    expect(sparkline(rising, 8)).toBe('▁▂▃▄▅▆▇█');
  });

  it('fills a bar by its fraction and never beyond its ends', () => {
    expect([bar(0, 4), bar(0.5, 4), bar(1, 4), bar(7, 4), bar(-1, 4)]).toEqual([
      '░░░░',
      '▓▓░░',
      '▓▓▓▓',
      '▓▓▓▓',
      '░░░░',
    ]);
  });
});
