/** Middle value; of an even number the mean of the two middle ones. Throws on an empty list. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  if (upper === undefined) throw new RangeError('The median of nothing was asked for.');
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}

export interface Estimate {
  readonly median: number;
  /** 95 % interval of the median, from order statistics: no assumption on how the values are distributed. */
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

/** Median of paired ratios with its 95 % interval (binomial order statistics; the whole range below six pairs). */
export function estimateMedian(values: readonly number[]): Estimate {
  const sorted = [...values].sort((a, b) => a - b);
  const count = sorted.length;
  let rank = 0;
  let tail = 0.5 ** count;
  let term = tail;
  while (tail <= 0.025 && rank < count / 2) {
    rank++;
    term *= (count - rank + 1) / rank;
    tail += term;
  }
  const index = Math.max(rank - 1, 0);
  return { median: median(sorted), low: sorted[index] ?? 0, high: sorted[count - 1 - index] ?? 0, count };
}

/** Least-squares slope of `values` over their index. */
export function slope(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let above = 0;
  let below = 0;
  for (const [index, value] of values.entries()) {
    above += (index - middle) * (value - mean);
    below += (index - middle) ** 2;
  }
  return below === 0 ? 0 : above / below;
}
