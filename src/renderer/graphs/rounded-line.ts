/** A place on a drawing, in its pixels, y downwards. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A corner of a line: where its arc begins and ends, and how it turns. */
export interface Corner {
  readonly start: Point;
  readonly end: Point;
  readonly radius: number;
  readonly clockwise: boolean;
}

/** Leaves out points at which the line goes straight on. */
export function withoutStraightPoints(points: readonly Point[]): Point[] {
  const kept: Point[] = [];
  for (const [index, point] of points.entries()) {
    const before = kept.at(-1);
    const after = points[index + 1];
    if (before !== undefined && after !== undefined && Math.abs(turn(before, point, after)) < 1e-9) continue;
    kept.push(point);
  }
  return kept;
}

/**
 * Corners of a line, one for each inner point, as Cytoscape's `round-segments` rounds them: an arc of `radius`, smaller
 * where it would use more than half of a neighbouring piece.
 */
export function cornersOf(points: readonly Point[], radius: number): Corner[] {
  return points.slice(1, -1).map((point, index): Corner => {
    const back = direction(point, points[index]!);
    const on = direction(point, points[index + 2]!);
    const between = Math.acos(Math.max(-1, Math.min(1, back.x * on.x + back.y * on.y)));
    const slope = Math.tan(between / 2);
    const reach = Math.min(radius / slope, back.length / 2, on.length / 2);
    return {
      start: { x: point.x + back.x * reach, y: point.y + back.y * reach },
      end: { x: point.x + on.x * reach, y: point.y + on.y * reach },
      radius: reach * slope,
      clockwise: back.x * on.y - back.y * on.x < 0,
    };
  });
}

/** A line with rounded corners as the `d` of an SVG path; it stops some pixels left of its end, for an arrowhead. */
export function roundedPath(points: readonly Point[], radius: number, stopsBefore = 0): string {
  const { x, y } = points.at(-1)!;
  const last = { x: x - stopsBefore, y };
  const arcs = cornersOf(points, radius).map(
    ({ start, end, radius: own, clockwise }) =>
      `L${at(start)}A${short(own)} ${short(own)} 0 0 ${+clockwise} ${at(end)}`,
  );
  return `M${at(points[0]!)}${arcs.join('')}L${at(last)}`;
}

/** A closed outline as the `d` of an SVG path. */
export function outlinePath(points: readonly Point[]): string {
  return `M${points.map(at).join('L')}Z`;
}

export const at = ({ x, y }: Point): string => `${short(x)} ${short(y)}`;

/** Two decimals at most: a hundredth of a pixel is below anything that shows. */
export const short = (value: number): string => String(Math.round(value * 100) / 100);

function turn(before: Point, point: Point, after: Point): number {
  return (point.x - before.x) * (after.y - point.y) - (point.y - before.y) * (after.x - point.x);
}

function direction(from: Point, to: Point): Point & { length: number } {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  return { x: (to.x - from.x) / length, y: (to.y - from.y) / length, length };
}
