import type { CellDrawing } from '../../../src/renderer/graphs/cell-drawing.ts';
import type { Box } from '../../../src/renderer/graphs/pill-shape.ts';
import type { Point } from '../../../src/renderer/graphs/rounded-line.ts';

/** Whether a piece of a line touches a box that is a little smaller than itself; Liang and Barsky's clipping. */
function crosses(from: Point, to: Point, { x, y, width, height }: Box): boolean {
  const slack = 0.01;
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  let [enter, leave] = [0, 1];
  for (const [step, room] of [
    [-dx, from.x - (x + slack)],
    [dx, x + width - slack - from.x],
    [-dy, from.y - (y + slack)],
    [dy, y + height - slack - from.y],
  ] as const) {
    if (step === 0 && room < 0) return false;
    if (step < 0) enter = Math.max(enter, room / step);
    if (step > 0) leave = Math.min(leave, room / step);
  }
  return enter < leave;
}

/** Edges that run through a part which they neither leave nor enter. */
export function foreignCrossings({ edges, parts }: CellDrawing): string[] {
  return edges.flatMap(({ id, source, target, points }) =>
    parts
      // A rounded corner cuts inside the bends, so a line without corners that stays out is out altogether.
      .filter((part) => part.id !== source && part.id !== target)
      .filter(({ box }) => points.slice(1).some((to, index) => crosses(points[index]!, to, box)))
      .map((part) => `${id} crosses ${part.id}`),
  );
}

/** Pairs of parts that cover one another. */
export function overlaps(parts: readonly { readonly id: string; readonly box: Box }[]): string[] {
  return parts.flatMap((one, index) =>
    parts
      .slice(index + 1)
      .filter(
        ({ box }) =>
          box.x < one.box.x + one.box.width &&
          one.box.x < box.x + box.width &&
          box.y < one.box.y + one.box.height &&
          one.box.y < box.y + box.height,
      )
      .map((other) => `${one.id} and ${other.id}`),
  );
}
