import type { EdgeDefinition, ElementDefinition, NodeDefinition } from 'cytoscape';
import { type CellDrawing, type DrawnEdge, type DrawnJoin, MEASURES, type Part } from './cell-drawing.ts';
import type { CellComparison } from './compare-cells.ts';
import type { Palette } from './palette.ts';
import { lookOf, signPlaces } from './part-look.ts';
import type { Box } from './pill-shape.ts';
import { cornersOf, type Point } from './rounded-line.ts';

/** A drawing as Cytoscape's elements, with positions (layout `preset`) and colours as data. */
export function cytoscapeElements(
  drawing: CellDrawing,
  palette: Palette,
  comparison?: CellComparison,
): ElementDefinition[] {
  const middles = new Map(drawing.parts.map(({ id, box }) => [id, middleOf(box)]));
  return [
    ...drawing.parts.map((part) => partNode(part, palette, comparison)),
    ...drawing.parts.flatMap((part) => (part.kind === 'output' ? [captionNode(part.caption, part.box, palette)] : [])),
    ...signPlaces(drawing, comparison).map(({ id, sign, x, y }) => signNode(id, sign, { x, y })),
    ...[...drawing.edges, ...drawing.joins].map((line) =>
      lineEdge(line, middles.get(line.source)!, middles.get(line.target)!),
    ),
  ];
}

const middleOf = ({ x, y, width, height }: Box): Point => ({ x: x + width / 2, y: y + height / 2 });

function partNode(part: Part, palette: Palette, comparison: CellComparison | undefined): NodeDefinition {
  const { fill, border, borderWidth, dashed, ink, signs } = lookOf(part, palette, comparison);
  const shape = part.kind === 'pill' ? part.family : part.kind;
  return {
    group: 'nodes',
    classes: ['part', shape, dashed ? 'dashed' : '', signs.length > 0 ? 'differs' : ''].join(' '),
    data: {
      id: part.id,
      label: part.label,
      width: part.box.width,
      height: part.box.height,
      fill,
      // A border of width 0 still needs a colour that Cytoscape knows.
      border: border === 'none' ? fill : border,
      borderWidth,
      ink,
    },
    position: middleOf(part.box),
  };
}

function captionNode(label: string, { x, y, width, height }: Box, palette: Palette): NodeDefinition {
  const position = { x: x + width / 2, y: y + height + MEASURES.outputLabel.height / 2 };
  return { group: 'nodes', classes: 'caption', data: { id: 'caption', label, ink: palette.text }, position };
}

function signNode(id: string, label: string, position: Point): NodeDefinition {
  return { group: 'nodes', classes: 'sign', data: { id, label }, position };
}

/**
 * A line with its bends. Cytoscape wants them relative to the straight line between its two ends: how far along
 * (weight, a share) and how far beside it (distance, in pixels).
 */
function lineEdge(line: DrawnEdge | DrawnJoin, sourceMiddle: Point, targetMiddle: Point): EdgeDefinition {
  const { id, source, target, points, live } = line;
  const [start, end] = [points[0]!, points.at(-1)!];
  const along = { x: end.x - start.x, y: end.y - start.y };
  const length = Math.hypot(along.x, along.y);
  const bends = points.slice(1, -1).map(({ x, y }) => ({
    weight: ((x - start.x) * along.x + (y - start.y) * along.y) / length ** 2,
    distance: ((y - start.y) * along.x - (x - start.x) * along.y) / length,
  }));
  const isEdge = 'state' in line;
  return {
    group: 'edges',
    classes: [isEdge ? 'arrow' : 'join', bends.length > 0 ? 'bent' : '', live ? '' : 'muted'].join(' '),
    data: {
      id,
      source,
      target,
      from: offset(start, sourceMiddle),
      to: offset(end, targetMiddle),
      weights: bends.map(({ weight }) => weight),
      distances: bends.map(({ distance }) => distance),
      radii: cornersOf(points, MEASURES.cornerRadius).map(({ radius }) => radius),
    },
  };
}

/** An end of an edge as Cytoscape takes it: pixels from the middle of the node. */
const offset = (end: Point, middle: Point): string => `${end.x - middle.x}px ${end.y - middle.y}px`;
