import type { ChartMark } from './chart-data.ts';
import { MARK_SIZE } from './chart-style.ts';

/** Baseline of a mark's value: above the mark, or below it where the chart ends. CSS pixels, downwards. */
export const markLabelY = (y: number, top: number): number => (y - top < 24 ? y + 20 : y - 11);

/** Half of a value's text. CSS pixels. */
const ROOM = 32;

/** Where a value's text is anchored, so that it stays between the axis and the labels at the lines' ends. CSS pixels. */
export function markLabelAnchor(
  x: number,
  { left, right }: { left: number; right: number },
): 'start' | 'middle' | 'end' {
  if (right - x < ROOM) return 'end';
  return x - left < ROOM ? 'start' : 'middle';
}

/** The icon of an end stands behind the last point, where a best value may be as well. CSS pixels. */
export const markOffset = ({ kind }: Pick<ChartMark, 'kind'>): number => (kind === 'best' ? 0 : MARK_SIZE / 2 + 4);
