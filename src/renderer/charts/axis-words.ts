import type { ChartData } from './chart-data.ts';

/** More would not fit beside the axis (ours). */
const MOST_DECIMALS = 9;

/** A number of an axis with as many decimals as tell it from its neighbours, which are `step` away. */
export function stepNumber(value: number, step: number): string {
  return value.toFixed(decimalsOf(step));
}

/** A fraction in percent in the same way: `60 %`, `99.95 %`. */
export function stepPercent(fraction: number, step: number): string {
  return `${(fraction * 100).toFixed(decimalsOf(step * 100))} %`;
}

/** Of steps of 1, 2 or 5 times a power of ten. */
function decimalsOf(step: number): number {
  const decimals = -Math.floor(Math.log10(step) + 1e-9);
  return Math.min(MOST_DECIMALS, Math.max(0, decimals));
}

/** The numbers of the axis of y in words; on a logarithmic one their distances differ, and each is as short as it can be. */
export function axisLabels({ axisWords, words, isYLog }: ChartData, ticks: readonly number[]): string[] {
  if (axisWords === undefined) return ticks.map((tick) => words(tick));
  const step = leastGap(ticks);
  return ticks.map((tick) => (isYLog === true ? withoutZeros(axisWords(tick, step)) : axisWords(tick, step)));
}

/** Between neighbours; of a number that stands alone a thousandth of itself. */
function leastGap(ticks: readonly number[]): number {
  const gaps = ticks.slice(1).map((tick, index) => tick - (ticks[index] ?? 0));
  return gaps.length === 0 ? Math.abs(ticks[0] ?? 0) / 1_000 || 1 : Math.min(...gaps);
}

/** `20.0 k` as `20 k`. */
export const withoutZeros = (words: string): string =>
  words.replace(/(\.\d*?)0+(?= |$)/, '$1').replace(/\.(?= |$)/, '');
