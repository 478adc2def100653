/** A line or dots over a shared x; `null` is a gap, never zero. */
export interface ChartSeries {
  readonly label: string;
  /** Which of the six colours and dashes of a series, from 1; see styles/tokens.css. */
  readonly colour: 1 | 2 | 3 | 4 | 5 | 6;
  readonly kind: 'line' | 'dashed' | 'dots' | 'steps';
  readonly values: readonly (number | null)[];
}

export interface ChartData {
  /** In words. */
  readonly title: string;
  readonly xLabel: string;
  readonly x: readonly number[];
  /** Values of x in words; left out: the numbers. */
  readonly xWords?: (value: number) => string;
  /** What is planned, so that the axis stays while data come in. */
  readonly xRange: readonly [number, number];
  readonly series: readonly ChartSeries[];
  /** Values in words, such as percent. */
  readonly words: (value: number) => string;
  /** The same for the axis, where less will do. */
  readonly axisWords?: (value: number) => string;
  /** Steps to which the y range is rounded, in the data's unit; left out: a tenth of the spread. */
  readonly yStep?: number;
  /** What y can't leave, such as 0 to 1 for an accuracy. */
  readonly yBounds?: readonly [number, number];
}

/**
 * A range of y around all values, rounded outwards to steps, so that it moves seldom. Without any value: the bounds, or
 * 0 to 1.
 */
export function yRange({ series, yStep, yBounds }: ChartData): [number, number] {
  const values = series.flatMap((one) => one.values.filter((value) => value !== null && Number.isFinite(value)));
  const [least, most] = yBounds ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  if (values.length === 0) return [Number.isFinite(least) ? least : 0, Number.isFinite(most) ? most : 1];
  const numbers = values as number[];
  const low = Math.min(...numbers);
  const high = Math.max(...numbers);
  const step = yStep ?? niceStep((high - low || Math.abs(high) || 1) / 10);
  const from = Math.floor(low / step - 1e-9) * step;
  const to = Math.ceil(high / step + 1e-9) * step;
  return [Math.max(least, from), Math.min(most, to === from ? from + step : to)];
}

/** 1, 2 or 5 times a power of ten, not below `rough`. */
function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= rough * (1 - 1e-9)) ?? 10;
  return factor * power;
}
