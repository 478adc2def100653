import { type Axis, axisPart, axisValue } from './chart-axis.ts';

/** Where a chart's lines are drawn, in CSS pixels of its box, and what they span. */
export interface PlotGeometry {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly x: Axis;
  readonly y: Axis;
}

export const isSameGeometry = (one: PlotGeometry | null, other: PlotGeometry): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

/** Pixels of some points within the plot, y downwards. */
export function pixelsOf(
  { width, height, x, y }: PlotGeometry,
  xs: readonly number[],
  ys: readonly number[],
): { readonly x: Float32Array; readonly y: Float32Array } {
  return {
    x: Float32Array.from(xs, (value) => axisPart(x, value) * width),
    y: Float32Array.from(ys, (value) => (1 - axisPart(y, value)) * height),
  };
}

/** Index of the point that is nearest to a place, at most `within` pixels away; −1 for none. */
export function nearestPoint(
  points: { readonly x: Float32Array; readonly y: Float32Array },
  at: { readonly x: number; readonly y: number },
  within: number,
): number {
  let nearest = -1;
  let least = within * within;
  for (let index = 0; index < points.x.length; index++) {
    const dx = points.x[index]! - at.x;
    const dy = points.y[index]! - at.y;
    const distance = dx * dx + dy * dy;
    if (distance > least) continue;
    least = distance;
    nearest = index;
  }
  return nearest;
}

/** The values at a place of the plot. */
export function valuesAt({ width, height, x, y }: PlotGeometry, at: { readonly x: number; readonly y: number }) {
  return { x: axisValue(x, at.x / width), y: axisValue(y, 1 - at.y / height) };
}
