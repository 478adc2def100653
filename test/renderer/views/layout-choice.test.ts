import { expect, it } from 'vitest';
import { COLUMN_SHARES, searchLayout } from '../../../src/renderer/views/search/layout-choice.ts';

it('the panes of a search stand as the design has them at each size', () => {
  expect(searchLayout(1024, 700)).toBe('narrow');
  expect(searchLayout(1199, 900)).toBe('narrow');
  expect(searchLayout(1200, 900)).toBe('medium');
  expect(searchLayout(1440, 900)).toBe('medium');
  expect(searchLayout(1920, 1080)).toBe('medium');
  expect(searchLayout(2560, 1440)).toBe('wide');
  expect(searchLayout(3440, 1080)).toBe('wide');
  expect(searchLayout(3840, 2160)).toBe('vast');
});

it('columns fill the window, and at 3840 are 1400, 1240 and 1200 wide', () => {
  for (const shares of Object.values(COLUMN_SHARES)) {
    expect((shares as readonly number[]).reduce((sum, share) => sum + share, 0)).toBeCloseTo(100, 6);
  }
  const pixels = COLUMN_SHARES.vast.map((share) => (share * 3840) / 100);
  for (const [index, wanted] of [1400, 1240, 1200].entries()) expect(Math.abs(pixels[index]! - wanted)).toBeLessThan(5);
});
