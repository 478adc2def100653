import type { ChartMark } from './chart-data.ts';
import { MARK_SIZE } from './chart-style.ts';

/** Baseline of a mark's value: above the mark, or below it where the chart ends. CSS pixels, downwards. */
export const markLabelY = (y: number, top: number): number => (y - top < 24 ? y + 20 : y - 11);

/** Where a value's text is anchored, so that it stays left of the labels at the lines' ends. CSS pixels. */
export const markLabelAnchor = (x: number, right: number): 'middle' | 'end' => (right - x < 32 ? 'end' : 'middle');

/** The icon of an end stands behind the last point, where a best value may be as well. CSS pixels. */
export const markOffset = ({ kind }: Pick<ChartMark, 'kind'>): number => (kind === 'best' ? 0 : MARK_SIZE / 2 + 4);
