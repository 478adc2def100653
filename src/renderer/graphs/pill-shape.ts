import type { OperationFamily } from '../../shared/search-space/operation-facts.ts';
import { at, outlinePath, type Point, short } from './rounded-line.ts';

/** Size of an operation's pill, in pixels of the drawing (design.md, section 3). */
export const PILL = { width: 70, height: 22 } as const;

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const { width: W, height: H } = PILL;
/** How far a slant, a notch or a point reaches into the pill (ours). */
const SLANT = 10;
const NOTCH = 7;
const POINT = 10;

/** Corners of the families that have any, clockwise from the upper left, in pixels from the pill's upper left. */
const OUTLINES: Readonly<Partial<Record<OperationFamily, readonly (readonly [number, number])[]>>> = {
  dilated: [
    [0, 0],
    [W, 0],
    [W - NOTCH, H / 2],
    [W, H],
    [0, H],
    [NOTCH, H / 2],
  ],
  factorised: [
    [SLANT, 0],
    [W, 0],
    [W - SLANT, H],
    [0, H],
  ],
  plain: [
    [0, 0],
    [W, 0],
    [W, H],
    [0, H],
  ],
  max_pool: [
    [POINT, 0],
    [W - POINT, 0],
    [W, H / 2],
    [W - POINT, H],
    [POINT, H],
    [0, H / 2],
  ],
  average_pool: [
    [0, 0],
    [W - POINT, 0],
    [W, H / 2],
    [W - POINT, H],
    [0, H],
  ],
};

/** Where the outline lies at half height: how far right of the box's left edge, and left of its right edge. */
const INSETS: Readonly<Record<OperationFamily, number>> = {
  separable: 0,
  dilated: NOTCH,
  factorised: SLANT / 2,
  plain: 0,
  max_pool: 0,
  average_pool: 0,
  identity: 0,
};

export const portInset = (family: OperationFamily): number => INSETS[family];

/** Corners of a family's outline in a box, or null for the two families with round ends. */
export function pillCorners(family: OperationFamily, { x, y, width, height }: Box): Point[] | null {
  const outline = OUTLINES[family];
  if (outline === undefined) return null;
  return outline.map(([dx, dy]) => ({ x: x + (dx / W) * width, y: y + (dy / H) * height }));
}

/** A pill's outline as the `d` of an SVG path. */
export function pillPath(family: OperationFamily, box: Box): string {
  const corners = pillCorners(family, box);
  return corners === null ? stadiumPath(box) : outlinePath(corners);
}

export function boxPath({ x, y, width, height }: Box): string {
  return `M${at({ x, y })}h${short(width)}v${short(height)}h${short(-width)}Z`;
}

export function circlePath({ x, y, width }: Box): string {
  const radius = width / 2;
  const arc = (dx: number) => `a${short(radius)} ${short(radius)} 0 0 1 ${short(dx)} 0`;
  return `M${at({ x, y: y + radius })}${arc(width)}${arc(-width)}Z`;
}

function stadiumPath({ x, y, width, height }: Box): string {
  const radius = height / 2;
  const arc = (dy: number) => `a${short(radius)} ${short(radius)} 0 0 1 0 ${short(dy)}`;
  const level = width - height;
  return `M${at({ x: x + radius, y })}h${short(level)}${arc(height)}h${short(-level)}${arc(-height)}Z`;
}
