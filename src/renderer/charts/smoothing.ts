import type { ChartValue } from './chart-data.ts';

/** Largest smoothing that is offered (design, section 5). */
export const MOST_SMOOTHING = 0.95;

/**
 * An exponential moving average, corrected for its begin as in Adam: the first value stays as it is. Weight 0 changes
 * nothing; gaps stay gaps and the average goes on after them.
 */
export function smoothed(values: readonly ChartValue[], weight: number): ChartValue[] {
  if (weight === 0) return [...values];
  let sum = 0;
  let mass = 0;
  return values.map((value) => {
    if (typeof value !== 'number' || !Number.isFinite(value)) return value;
    sum = weight * sum + (1 - weight) * value;
    mass = weight * mass + (1 - weight);
    return sum / mass;
  });
}
