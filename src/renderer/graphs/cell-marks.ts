import { type CellDrawing, MEASURES, type Part } from './cell-drawing.ts';
import type { CellComparison } from './compare-cells.ts';
import type { Palette } from './palette.ts';
import { lookOf, RING, SIGN_SIZE, signPlaces } from './part-look.ts';
import { type Box, boxPath, circlePath, pillPath } from './pill-shape.ts';
import { outlinePath, type Point, roundedPath } from './rounded-line.ts';

/** One stroke of the brush: a path or a text. What an SVG file and a canvas both can paint. */
export type Mark =
  | {
      readonly kind: 'path';
      /** As the `d` of an SVG path. */
      readonly path: string;
      readonly fill: string;
      readonly stroke: string;
      readonly strokeWidth: number;
      readonly dashed: boolean;
    }
  | {
      readonly kind: 'text';
      readonly text: string;
      /** Middle of the text. */
      readonly x: number;
      readonly y: number;
      readonly size: number;
      readonly fill: string;
    };

export const DASH = [4, 3] as const;
export const LABEL_WEIGHT = 500;

/** A drawing as marks, from the back to the front. */
export function cellMarks(drawing: CellDrawing, palette: Palette, comparison?: CellComparison): Mark[] {
  const stroke = (live: boolean) => (live ? palette.edge : palette.line);
  const behindFirst = [...drawing.edges].sort((one, other) => Number(one.live) - Number(other.live));
  return [
    ...behindFirst.map(({ points, live }) =>
      line(roundedPath(points, MEASURES.cornerRadius, MEASURES.arrowhead / 2), stroke(live)),
    ),
    ...behindFirst.map(({ points, live }) => filled(arrowPath(points.at(-1)!), stroke(live))),
    ...drawing.joins.map(({ points, live }) => line(roundedPath(points, 0), stroke(live))),
    ...drawing.parts.flatMap((part) => partMarks(part, palette, comparison)),
    ...signMarks(drawing, palette, comparison),
  ];
}

/** The outline of a part as the `d` of an SVG path, grown on all sides by a number of pixels. */
export function partPath(part: Part, grown = 0): string {
  const box = grow(part.box, grown);
  if (part.kind === 'pill') return pillPath(part.family, box);
  return part.kind === 'circle' ? circlePath(box) : boxPath(box);
}

const grow = ({ x, y, width, height }: Box, by: number): Box => ({
  x: x - by,
  y: y - by,
  width: width + 2 * by,
  height: height + 2 * by,
});

function arrowPath({ x, y }: Point): string {
  const { arrowhead } = MEASURES;
  return outlinePath([
    { x, y },
    { x: x - arrowhead, y: y - arrowhead / 2 },
    { x: x - arrowhead, y: y + arrowhead / 2 },
  ]);
}

const line = (path: string, stroke: string): Mark => ({
  kind: 'path',
  path,
  fill: 'none',
  stroke,
  strokeWidth: 1.5,
  dashed: false,
});

const filled = (path: string, fill: string): Mark => ({
  kind: 'path',
  path,
  fill,
  stroke: 'none',
  strokeWidth: 0,
  dashed: false,
});

function partMarks(part: Part, palette: Palette, comparison: CellComparison | undefined): Mark[] {
  const look = lookOf(part, palette, comparison);
  const { x, y, width, height } = part.box;
  const ring: Mark = {
    kind: 'path',
    path: partPath(part, RING.offset + RING.width / 2),
    fill: 'none',
    stroke: palette.diff,
    strokeWidth: RING.width,
    dashed: false,
  };
  const { fill, border, borderWidth, dashed, ink } = look;
  const label = (text: string, middle: number): Mark => ({
    kind: 'text',
    text,
    x: x + width / 2,
    y: middle,
    size: MEASURES.fontSize,
    fill: ink,
  });
  return [
    { kind: 'path', path: partPath(part, -borderWidth / 2), fill, stroke: border, strokeWidth: borderWidth, dashed },
    ...(look.signs.length > 0 ? [ring] : []),
    ...(part.label === '' ? [] : [label(part.label, y + height / 2)]),
    ...(part.kind === 'output' ? [label(part.caption, y + height + MEASURES.outputLabel.height / 2)] : []),
  ];
}

function signMarks(drawing: CellDrawing, palette: Palette, comparison: CellComparison | undefined): Mark[] {
  return signPlaces(drawing, comparison).flatMap(({ sign, x, y }): Mark[] => {
    const disc = { x: x - SIGN_SIZE / 2, y: y - SIGN_SIZE / 2, width: SIGN_SIZE, height: SIGN_SIZE };
    return [
      filled(circlePath(disc), palette.diff),
      { kind: 'text', text: sign, x, y, size: MEASURES.fontSize, fill: palette.surface },
    ];
  });
}
