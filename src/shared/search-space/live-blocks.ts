import type { Cell } from '../records/architecture.ts';

/** Hidden states 0 (current) and 1 (previous) are the cell's inputs; block k makes state `k + CELL_INPUTS`. */
export const CELL_INPUTS = 2;

/**
 * Hidden states that reach the cell's output: those listed in `outputs`, and all that the live blocks read.
 * The others are never built (ours: the paper's own rule, which concatenates all unused states, leaves none, so it
 * says nothing of them).
 */
export function liveStates(cell: Cell): ReadonlySet<number> {
  const live = new Set(cell.outputs);
  for (let block = cell.blocks.length - 1; block >= 0; block--) {
    if (!live.has(block + CELL_INPUTS)) continue;
    const { left, right } = cell.blocks[block]!;
    live.add(left.input).add(right.input);
  }
  return live;
}

/** Indices of the blocks whose state reaches the cell's output, ascending. */
export function liveBlocks(cell: Cell): number[] {
  const live = liveStates(cell);
  return [...cell.blocks.keys()].filter((block) => live.has(block + CELL_INPUTS));
}
