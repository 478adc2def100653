import type { ChartValue } from './chart-data.ts';

/**
 * Indices of the values that no line reaches, as they have a gap or nothing on both sides: the only epoch of a trial, or
 * one between two losses that are no number. On a logarithmic axis what is not above zero is a gap.
 */
export function isolatedPoints(values: readonly ChartValue[], isLog: boolean): number[] {
  const isolated: number[] = [];
  // The last value that was seen, and whether a line came to it.
  let last: { readonly index: number; readonly isReached: boolean } | null = null;
  const close = (): void => {
    if (last !== null && !last.isReached) isolated.push(last.index);
    last = null;
  };
  for (const [index, value] of values.entries()) {
    if (value === undefined) continue;
    if (value === null || !Number.isFinite(value) || (isLog && value <= 0)) close();
    else last = { index, isReached: last !== null };
  }
  close();
  return isolated;
}
