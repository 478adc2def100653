/** Which of the six colours of a series, from 1; see styles/tokens.css. */
export type SeriesColour = 1 | 2 | 3 | 4 | 5 | 6;
export const SERIES_COLOURS = [1, 2, 3, 4, 5, 6] as const satisfies readonly SeriesColour[];

/** Dashes by colour, so that a line is known without it (design, section 1). CSS pixels. */
const DASHES = [[], [6, 4], [2, 3], [10, 3], [6, 3, 2, 3], [1, 3]] as const;
export const dashOf = (colour: SeriesColour): readonly number[] => DASHES[colour - 1] ?? [];

/** A value, a gap (`null`: it is missing, never zero), or nothing because the x belongs to another series. */
export type ChartValue = number | null | undefined;

/** A line or dots over a shared x. */
export interface ChartSeries {
  readonly label: string;
  readonly colour: SeriesColour;
  /** `dashed` is a line beside the one it belongs to; `raw` lies beneath its smoothed line. */
  readonly kind: 'line' | 'dashed' | 'raw' | 'dots' | 'steps';
  readonly values: readonly ChartValue[];
  /** Left out: the dashes of its colour, and none for dots and steps. */
  readonly dash?: readonly number[];
  /** CSS pixels; left out: by its kind. */
  readonly width?: number;
  /** At the end of the line; left out: the label. Null: the line is in the legend instead. */
  readonly endLabel?: string | null;
  /** Neither in the legend nor at the line's end: another series stands for it. */
  readonly isSilent?: boolean;
}

/** A value that stands out, or how a line ended. */
export interface ChartMark {
  readonly kind: 'best' | 'failed' | 'pruned' | 'cancelled';
  readonly x: number;
  readonly y: number;
  readonly colour: SeriesColour;
  /** In words, beside the mark where it is the best value. */
  readonly label: string;
}

export interface ChartData {
  /** In words. */
  readonly title: string;
  /** What is drawn; while it stays the same the range of y moves only when a point leaves it. */
  readonly subject?: string;
  readonly xLabel: string;
  /** Name of x in files, with its unit; left out: `xLabel`. */
  readonly xField?: string;
  /** Ascending. */
  readonly x: readonly number[];
  /** Values of x in words; left out: the numbers. */
  readonly xWords?: (value: number) => string;
  /** The same for the axis, where less will do. */
  readonly xAxisWords?: (value: number) => string;
  /** What is planned, so that the axis stays while data come in. */
  readonly xRange: readonly [number, number];
  readonly isXLog?: boolean;
  /** What x is, so that its axis has round numbers: things that are counted, or milliseconds. */
  readonly xUnit?: 'count' | 'ms';
  readonly series: readonly ChartSeries[];
  readonly marks?: readonly ChartMark[];
  /** Short lines at the foot, such as the borders of updates. */
  readonly ticks?: { readonly label: string; readonly at: readonly number[] };
  /** Values in words, such as percent. */
  readonly words: (value: number) => string;
  /** The same for the axis, whose numbers are `step` away from one another. */
  readonly axisWords?: (value: number, step: number) => string;
  /** Steps to which the y range is rounded, in the data's unit; left out: a tenth of the spread. */
  readonly yStep?: number;
  /** What y can't leave, such as 0 to 1 for an accuracy. */
  readonly yBounds?: readonly [number, number];
  readonly isYLog?: boolean;
}

export type Range = [number, number];

const isShown = (value: ChartValue, isLog: boolean | undefined): value is number =>
  value !== null && value !== undefined && Number.isFinite(value) && (isLog !== true || value > 0);

/** Least and most of all values; null where there is none. */
function extremes({ series, isYLog }: ChartData): Range | null {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const { values } of series) {
    for (const value of values) {
      if (!isShown(value, isYLog)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return low <= high ? [low, high] : null;
}

/**
 * A range of y around all values, rounded outwards to steps, so that it moves seldom. Without any value: the bounds, or
 * 0 to 1; on a logarithmic axis 0.1 to 1.
 */
export function yRange(data: ChartData): Range {
  const { yStep, yBounds, isYLog } = data;
  const found = extremes(data);
  if (isYLog === true) return logRange(found ?? [0.1, 1]);
  const [least, most] = yBounds ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  if (found === null) return [Number.isFinite(least) ? least : 0, Number.isFinite(most) ? most : 1];
  const [low, high] = found;
  const step = yStep ?? niceStep((high - low || Math.abs(high) || 1) / 10);
  const from = Math.floor(low / step - 1e-9) * step;
  const to = Math.ceil(high / step + 1e-9) * step;
  return [Math.max(least, from), Math.min(most, to === from ? from + step : to)];
}

/** Rounded outwards to tenths of a power of ten, and at least a factor of two wide. */
function logRange([low, high]: Range): Range {
  const from = Math.floor(Math.log10(low) * 10 - 1e-9) / 10;
  const to = Math.ceil(Math.log10(high) * 10 + 1e-9) / 10;
  return [10 ** from, 10 ** Math.max(to, from + 0.3)];
}

/** The range that was there as long as no point has left it, else the one around all values. */
export function nextYRange(before: Range | null, data: ChartData): Range {
  const found = extremes(data);
  if (before === null || found === null) return yRange(data);
  const isInside = found[0] >= before[0] && found[1] <= before[1];
  return isInside && !(data.isYLog === true && before[0] <= 0) ? before : yRange(data);
}

/** 1, 2 or 5 times a power of ten, not below `rough`. */
export function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= rough * (1 - 1e-9)) ?? 10;
  return factor * power;
}
