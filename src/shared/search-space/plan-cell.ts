import type { Block, Cell, Operand } from '../records/architecture.ts';
import type { ScheduledCell } from './cell-schedule.ts';
import { CELL_INPUTS, liveBlocks, liveStates } from './live-blocks.ts';
import { halved, type MapSize } from './map-sizes.ts';
import type { CellPiece, MapShape, PlannedBlock, PlannedCell, PlannedOperand, Side } from './plan.ts';
import { writeOperation } from './plan-operation.ts';
import type { PlanWriter, Site } from './plan-writer.ts';

export interface CellContext {
  readonly writer: PlanWriter;
  readonly scheduled: ScheduledCell;
  readonly cell: Cell;
  /** c and C of ScheduledDropPath. */
  readonly index: number;
  readonly count: number;
  /** Of the current input's map. */
  readonly size: MapSize;
  /** Step of the current input; null when it is not built, and then the cell does not read it. */
  readonly current: number | null;
  /** Step of the previous input, null likewise; in the first cell the current input stands here too, raw. */
  readonly previous: number | null;
}

/** A cell's map is halved by a reduction, else it keeps its size. */
export function cellOutputSize(kind: ScheduledCell['kind'], size: MapSize): MapSize {
  return kind === 'reduction' ? halved(size) : size;
}

/** Whether a map of this shape has the size. */
function hasSize([height, width]: MapShape, size: MapSize): boolean {
  return height === size[0] && width === size[1];
}

/**
 * Writes one cell and returns where its parts are. Released code's `NasNetABaseCell`, with blocks that may concatenate
 * and with dead parts left out.
 */
export function writeCell(context: CellContext): PlannedCell {
  const { scheduled, cell, index } = context;
  const live = liveStates(cell);
  const inputSteps = [
    live.has(0) ? writeCurrent(context, built(context.current)) : null,
    live.has(1) ? writePrevious(context, built(context.previous)) : null,
  ] as const;
  const states = new Map<number, number>();
  for (const [state, step] of inputSteps.entries()) if (step !== null) states.set(state, step);

  const blocks: PlannedBlock[] = [];
  for (const block of liveBlocks(cell)) {
    const planned = writeBlock(context, states, block, cell.blocks[block]!);
    states.set(block + CELL_INPUTS, planned.outputStep);
    blocks.push(planned);
  }
  const outputStep = writeOutput(context, states);
  return {
    index,
    name: scheduled.name,
    kind: scheduled.kind,
    filters: scheduled.filters,
    inputSteps,
    blocks,
    outputStep,
  };
}

/** What a live cell reads is live too, so this can't fail unless `liveCells` is wrong. */
function built(step: number | null): number {
  if (step === null) throw new RangeError('A cell reads an output that was not built.');
  return step;
}

function siteOf({ scheduled, index }: CellContext, piece: CellPiece, ...scopes: string[]): Site {
  return { scope: [scheduled.name, ...scopes].join('/'), place: { part: 'cell', cell: index, piece } };
}

/** State 0: always ReLU, 1x1 convolution to the cell's width, batch normalisation. */
function writeCurrent(context: CellContext, current: number): number {
  const { writer, scheduled } = context;
  const site = siteOf(context, { kind: 'input', state: 0 });
  const squeezed = writer.pointwise(site, '1x1', writer.relu(site, current), scheduled.filters);
  return writer.batchNorm(site, 'beginning_bn', squeezed);
}

/**
 * State 1: halved by a factorised reduction when its map is larger, else squeezed when its width differs, else as it
 * is. In the first cell it is the current input as it comes, whatever its width: no squeeze there.
 */
function writePrevious(context: CellContext, previous: number): number {
  const { writer, scheduled, size } = context;
  const site = siteOf(context, { kind: 'input', state: 1 });
  const shape = writer.mapOf(previous);
  if (context.index === 0) return previous;
  if (!hasSize(shape, size)) {
    return writeFactorisedReduction(writer, site, writer.relu(site, previous), scheduled.filters);
  }
  if (shape[2] === scheduled.filters) return previous;
  const squeezed = writer.pointwise(site, 'prev_1x1', writer.relu(site, previous), scheduled.filters);
  return writer.batchNorm(site, 'prev_bn', squeezed);
}

/**
 * Halves a map without losing pixels (released code): two 1x1 convolutions, one on the even pixels and one on those
 * shifted by one, side by side; one batch normalisation; no ReLU. Ours: with an odd width the unshifted half is the
 * wider one, and with a single filter it is the only one (the released code refuses odd widths).
 */
function writeFactorisedReduction(writer: PlanWriter, site: Site, input: number, filters: number): number {
  const halves = [writer.pointwise(site, 'path1_conv', writer.pick(site, input, 0), Math.ceil(filters / 2))];
  const shifted = Math.floor(filters / 2);
  if (shifted > 0) halves.push(writer.pointwise(site, 'path2_conv', writer.pick(site, input, 1), shifted));
  return writer.batchNorm(site, 'final_path_bn', writer.concat(site, 'final_path', halves));
}

function writeBlock(
  context: CellContext,
  states: ReadonlyMap<number, number>,
  block: number,
  { left, right, combine }: Block,
): PlannedBlock {
  const leftOperand = writeOperand(context, states, block, 'left', left);
  const rightOperand = writeOperand(context, states, block, 'right', right);
  const site = siteOf(context, { kind: 'combine', block }, `comb_iter_${block}`);
  const { writer } = context;
  const outputStep =
    combine === 'add'
      ? writer.add(site, 'combine', leftOperand.outputStep, rightOperand.outputStep)
      : writer.concat(site, 'combine', [leftOperand.outputStep, rightOperand.outputStep]);
  return { block, left: leftOperand, right: rightOperand, outputStep };
}

/** An operation on a state: strided only in a Reduction cell on the cell's own inputs; every one but identity drops. */
function writeOperand(
  context: CellContext,
  states: ReadonlyMap<number, number>,
  block: number,
  side: Side,
  { input, operation }: Operand,
): PlannedOperand {
  const { writer, scheduled, index, count } = context;
  const site = siteOf(context, { kind: 'operand', block, side }, `comb_iter_${block}`, side);
  const stride = scheduled.kind === 'reduction' && input < CELL_INPUTS ? 2 : 1;
  const inputStep = states.get(input)!;
  const result = writeOperation({ writer, site, input: inputStep, filters: scheduled.filters, stride }, operation);
  const outputStep = operation === 'identity' ? result : writer.dropPath(site, result, index, count);
  return { input, operation, stride, inputStep, outputStep };
}

/**
 * The states of `outputs` side by side. A cell input among them is fitted to the cell's own map and width first.
 *
 * Ours: created states go in as they are, F or (from a block that concatenates) 2F wide. The released code fits every
 * state to the last one's width; its states are all F wide, so both rules build the same network there, and ours does
 * not depend on the order in which blocks are written down.
 */
function writeOutput(context: CellContext, states: ReadonlyMap<number, number>): number {
  const { writer, scheduled, cell } = context;
  const size = cellOutputSize(scheduled.kind, context.size);
  const parts = cell.outputs.map((state) => {
    const step = states.get(state)!;
    return state < CELL_INPUTS ? fitInput(context, state, step, size) : step;
  });
  return writer.concat(siteOf(context, { kind: 'output' }, 'cell_output'), 'concat', parts);
}

/** A cell input on its way to the output: halved, or brought to the cell's width, or left alone. No ReLU (released). */
function fitInput(context: CellContext, state: number, step: number, size: MapSize): number {
  const { writer, scheduled } = context;
  const site = siteOf(context, { kind: 'output' }, 'cell_output', `reduction_${state}`);
  const shape = writer.mapOf(step);
  if (!hasSize(shape, size)) return writeFactorisedReduction(writer, site, step, scheduled.filters);
  if (shape[2] === scheduled.filters) return step;
  return writer.batchNorm(site, 'path_bn', writer.pointwise(site, 'path_conv', step, scheduled.filters));
}
