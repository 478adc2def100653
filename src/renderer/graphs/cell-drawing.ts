import type { Block, Cell, Combination, Operation } from '../../shared/records/architecture.ts';
import { CELL_INPUTS, liveStates } from '../../shared/search-space/live-blocks.ts';
import {
  COMBINATION_SIGNS,
  OPERATION_FACTS,
  type OperationFamily,
  stateLabel,
} from '../../shared/search-space/operation-facts.ts';
import type { Side } from '../../shared/search-space/plan.ts';
import { type LayeredCell, type LayerNode, layerCell, type Route } from './cell-layers.ts';
import { placeNodes, type Spacing } from './layer-placement.ts';
import { type Box, PILL, portInset } from './pill-shape.ts';
import { type Point, withoutStraightPoints } from './rounded-line.ts';

/** Measures of a drawing, in its pixels (design.md, section 3; those marked are ours). */
export const MEASURES = {
  pillGap: 4,
  /** Ours: between the pills and the circle of a block. */
  circleGap: 10,
  circle: 18,
  layerGap: 30,
  blockGap: 14,
  /** Ours: between two lanes. */
  laneGap: 10,
  input: { width: 44, height: 22 },
  output: 28,
  /** Level piece at both ends of what an edge crosses between two layers. */
  levelPiece: 8,
  cornerRadius: 10,
  arrowhead: 6,
  fontSize: 12,
  /** Ours: half the width that the label below the output takes, and the height that it takes. */
  outputLabel: { halfWidth: 20, height: 18 },
} as const;

const BLOCK_HEIGHT = 2 * PILL.height + MEASURES.pillGap;
const BLOCK_WIDTH = PILL.width + MEASURES.circleGap + MEASURES.circle;
const PORT_OFFSET = (PILL.height + MEASURES.pillGap) / 2;

/** Names a part of a drawing: `state 0` or `state 1` an input, `block 2 left`, `block 2` its circle, `output`. */
export type PartId = string;
export const inputPart = (state: number): PartId => `state ${state}`;
export const pillPart = (block: number, side: Side): PartId => `block ${block} ${side}`;
export const circlePart = (block: number): PartId => `block ${block}`;
export const OUTPUT_PART: PartId = 'output';
/** The part that a hidden state leaves from. */
export const statePart = (state: number): PartId =>
  state < CELL_INPUTS ? inputPart(state) : circlePart(state - CELL_INPUTS);

interface DrawnPart {
  readonly id: PartId;
  readonly box: Box;
  /** Layer from the left: 0 the inputs. */
  readonly layer: number;
  /** Whether the output depends on it: dead blocks are drawn muted (ours: what is not built is seen, not hidden). */
  readonly live: boolean;
}

export interface DrawnInput extends DrawnPart {
  readonly kind: 'input';
  readonly state: 0 | 1;
  readonly label: string;
}

export interface DrawnPill extends DrawnPart {
  readonly kind: 'pill';
  /** Index in `Cell.blocks`. */
  readonly block: number;
  readonly side: Side;
  readonly operation: Operation;
  readonly family: OperationFamily;
  readonly label: string;
}

export interface DrawnCircle extends DrawnPart {
  readonly kind: 'circle';
  readonly block: number;
  readonly combine: Combination;
  readonly label: string;
}

export interface DrawnOutput extends DrawnPart {
  readonly kind: 'output';
  /** Stands in the square: how many states it joins; empty for one. */
  readonly label: string;
  /** Stands below the square. */
  readonly caption: string;
}

export type Part = DrawnInput | DrawnPill | DrawnCircle | DrawnOutput;

/** A line from what makes a hidden state to what reads it. Corners are rounded with `MEASURES.cornerRadius`. */
export interface DrawnEdge {
  readonly id: string;
  readonly state: number;
  readonly source: PartId;
  readonly target: PartId;
  readonly points: readonly Point[];
  readonly live: boolean;
}

/** The short line from a pill to the circle of its block. */
export interface DrawnJoin {
  readonly id: string;
  readonly source: PartId;
  readonly target: PartId;
  readonly points: readonly [Point, Point];
  readonly live: boolean;
}

/** A cell as positions, from the upper left corner at 0, 0. */
export interface CellDrawing {
  readonly width: number;
  readonly height: number;
  /** Number of layers, the inputs' and the output's counted. */
  readonly layers: number;
  /** In reading order: layer by layer, top to bottom, a block's pills before its circle. */
  readonly parts: readonly Part[];
  readonly edges: readonly DrawnEdge[];
  readonly joins: readonly DrawnJoin[];
}

/** Drawings kept, the last used. */
const KEPT_DRAWINGS = 500;
const drawings = new Map<string, CellDrawing>();

/**
 * Draws a cell; the only place that knows where things stand. Pure and deterministic: equal cells share one drawing.
 *
 * Departure from design.md: kept by the cell as written down and not by its canonical hash. Isomorphic cells share a
 * hash though their blocks are numbered and their operands stacked differently, so one's drawing would mislabel the
 * other; and the text is cheaper to make than the hash.
 */
export function drawCell(cell: Cell): CellDrawing {
  const key = textOf(cell);
  const drawing = drawings.get(key) ?? makeDrawing(cell);
  drawings.delete(key);
  drawings.set(key, drawing);
  if (drawings.size > KEPT_DRAWINGS) drawings.delete(drawings.keys().next().value!);
  return drawing;
}

function textOf({ blocks, outputs }: Cell): string {
  const operand = ({ input, operation }: Block['left']) => `${input}.${operation}`;
  const lines = blocks.map(({ left, right, combine }) => `${operand(left)} ${operand(right)} ${combine}`);
  return `${lines.join(';')};${outputs.join(' ')}`;
}

const SPACING: Spacing = {
  height({ kind }) {
    return { input: MEASURES.input.height, block: BLOCK_HEIGHT, output: MEASURES.output, lane: 0 }[kind];
  },
  gap(upper, lower) {
    return upper.kind === 'lane' && lower.kind === 'lane' ? MEASURES.laneGap : MEASURES.blockGap;
  },
  portOffset: PORT_OFFSET,
};

function makeDrawing(cell: Cell): CellDrawing {
  const layered = layerCell(cell);
  const middles = placeNodes(layered, SPACING);
  const top = topOf(layered.nodes, middles);
  const y = middles.map((middle) => middle - top);
  const live = liveStates(cell);
  const parts = layered.layers.flatMap((layer) =>
    layer.flatMap((node) => partsOf(cell, layered.nodes[node]!, y[node]!, live)),
  );
  const edges = layered.routes.map((route) => edgeOf(cell, layered, route, y, live));
  const joins = cell.blocks.flatMap((_, block) => joinsOf(block, parts));
  const right = layerLeft(layered.layers.length - 1) + MEASURES.output / 2 + MEASURES.outputLabel.halfWidth;
  return { width: right, height: heightOf(layered.nodes, y), layers: layered.layers.length, parts, edges, joins };
}

function topOf(nodes: readonly LayerNode[], y: readonly number[]): number {
  return Math.floor(Math.min(...nodes.map((node, index) => y[index]! - SPACING.height(node) / 2)));
}

function heightOf(nodes: readonly LayerNode[], y: readonly number[]): number {
  const bottoms = nodes.map((node, index) => {
    const label = node.kind === 'output' ? MEASURES.outputLabel.height : 0;
    return y[index]! + SPACING.height(node) / 2 + label;
  });
  return Math.ceil(Math.max(...bottoms));
}

function layerLeft(layer: number): number {
  if (layer === 0) return 0;
  return MEASURES.input.width + MEASURES.layerGap + (layer - 1) * (BLOCK_WIDTH + MEASURES.layerGap);
}

const layerRight = (layer: number): number => layerLeft(layer + 1) - MEASURES.layerGap;

/** A box by the middle of its left side. */
const boxAt = (x: number, middle: number, width: number, height: number): Box => ({
  x,
  y: middle - height / 2,
  width,
  height,
});

function partsOf(cell: Cell, node: LayerNode, y: number, liveNow: ReadonlySet<number>): Part[] {
  const { kind, state, layer } = node;
  const x = layerLeft(layer);
  const live = liveNow.has(state);
  if (kind === 'lane') return [];
  if (kind === 'input') {
    const box = boxAt(x, y, MEASURES.input.width, MEASURES.input.height);
    return [{ kind, id: inputPart(state), state: state === 0 ? 0 : 1, label: stateLabel(state), box, layer, live }];
  }
  if (kind === 'output') {
    const box = boxAt(x, y, MEASURES.output, MEASURES.output);
    const joined = cell.outputs.length;
    const words = joined === 1 ? { label: '', caption: 'output' } : { label: `×${joined}`, caption: 'concat' };
    return [{ kind, id: OUTPUT_PART, ...words, box, layer, live: true }];
  }
  const block = state - CELL_INPUTS;
  const { combine, ...operands } = cell.blocks[block]!;
  const pill = (side: Side): DrawnPill => {
    const { operation } = operands[side];
    const { family, label } = OPERATION_FACTS[operation];
    const box = boxAt(x, y + (side === 'left' ? -PORT_OFFSET : PORT_OFFSET), PILL.width, PILL.height);
    return { kind: 'pill', id: pillPart(block, side), block, side, operation, family, label, box, layer, live };
  };
  const box = boxAt(x + PILL.width + MEASURES.circleGap, y, MEASURES.circle, MEASURES.circle);
  const label = COMBINATION_SIGNS[combine];
  return [
    pill('left'),
    pill('right'),
    { kind: 'circle', id: circlePart(block), block, combine, label, box, layer, live },
  ];
}

function edgeOf(
  cell: Cell,
  { nodes }: LayeredCell,
  { state, target, nodes: route }: Route,
  y: readonly number[],
  liveNow: ReadonlySet<number>,
): DrawnEdge {
  const points: Point[] = [{ x: layerRight(nodes[route[0]!]!.layer), y: y[route[0]!]! }];
  for (const node of route.slice(1)) {
    const { layer } = nodes[node]!;
    const from = points.at(-1)!.y;
    const to = y[node]! + entryOf(target, node === route.at(-1));
    const left = layerLeft(layer) - MEASURES.layerGap;
    points.push({ x: left + MEASURES.levelPiece, y: from }, { x: layerLeft(layer) - MEASURES.levelPiece, y: to });
  }
  const lastLayer = nodes[route.at(-1)!]!.layer;
  const end = { x: layerLeft(lastLayer) + insetOf(cell, target), y: points.at(-1)!.y };
  const targetPart = target === 'output' ? OUTPUT_PART : pillPart(target.block, target.side);
  return {
    id: `${statePart(state)} > ${targetPart}`,
    state,
    source: statePart(state),
    target: targetPart,
    points: withoutStraightPoints([...points, end]),
    live: target === 'output' || liveNow.has(target.block + CELL_INPUTS),
  };
}

function entryOf(target: Route['target'], isLast: boolean): number {
  if (!isLast || target === 'output') return 0;
  return target.side === 'left' ? -PORT_OFFSET : PORT_OFFSET;
}

function insetOf(cell: Cell, target: Route['target']): number {
  if (target === 'output') return 0;
  return portInset(OPERATION_FACTS[cell.blocks[target.block]![target.side].operation].family);
}

function joinsOf(block: number, parts: readonly Part[]): DrawnJoin[] {
  const circle = parts.find(({ id }) => id === circlePart(block))!;
  return (['left', 'right'] as const).map((side): DrawnJoin => {
    const pill = parts.find(({ id }) => id === pillPart(block, side)) as DrawnPill;
    const start = { x: pill.box.x + PILL.width - portInset(pill.family), y: pill.box.y + PILL.height / 2 };
    const centre = { x: circle.box.x + circle.box.width / 2, y: circle.box.y + circle.box.height / 2 };
    const away = Math.hypot(start.x - centre.x, start.y - centre.y);
    const share = circle.box.width / 2 / away;
    const end = { x: centre.x + (start.x - centre.x) * share, y: centre.y + (start.y - centre.y) * share };
    return {
      id: `${pill.id} > ${circle.id}`,
      source: pill.id,
      target: circle.id,
      points: [start, end],
      live: pill.live,
    };
  });
}
