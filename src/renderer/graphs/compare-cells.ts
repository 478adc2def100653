import type { Block, Cell, Operand } from '../../shared/records/architecture.ts';
import { CELL_INPUTS } from '../../shared/search-space/live-blocks.ts';
import type { Side } from '../../shared/search-space/plan.ts';

/** How an operand differs from the one that it is paired with. */
export interface OperandDifference {
  readonly operation: boolean;
  readonly input: boolean;
  /** The operand of the reference. */
  readonly reference: Operand;
}

/** A block of the compared cell beside the block of the reference that it is paired with. */
export interface PairedBlock {
  readonly kind: 'paired';
  /** Index in the reference's blocks. */
  readonly reference: number;
  readonly left: OperandDifference;
  readonly right: OperandDifference;
  readonly combine: boolean;
}

/** A block that the reference has nothing for. */
export interface OnlyHere {
  readonly kind: 'only_here';
}

export interface CellComparison {
  /** One for each block of the compared cell. */
  readonly blocks: readonly (PairedBlock | OnlyHere)[];
  /** Blocks of the reference that nothing here is paired with, indices, ascending. */
  readonly missing: readonly number[];
  /** Whether the output joins other states. */
  readonly output: boolean;
  /** Whether nothing differs. */
  readonly equal: boolean;
}

/**
 * Compares a cell with a reference. Blocks are paired by equal content first (same operations on paired inputs, in
 * either order of the operands, same combination), then by position: the same index if it is free, else the first free
 * one. A pair by position may make later blocks equal in content, so the two rules take turns.
 */
export function compareCells(reference: Cell, cell: Cell): CellComparison {
  const pairs = pairBlocks(reference, cell);
  const inReference = (state: number): number | undefined => {
    if (state < CELL_INPUTS) return state;
    const pair = pairs.get(state - CELL_INPUTS);
    return pair === undefined ? undefined : pair + CELL_INPUTS;
  };
  const blocks = cell.blocks.map((block, index): PairedBlock | OnlyHere => {
    const pair = pairs.get(index);
    if (pair === undefined) return { kind: 'only_here' };
    return comparedBlock(block, reference.blocks[pair]!, pair, inReference);
  });
  const taken = new Set(pairs.values());
  const missing = [...reference.blocks.keys()].filter((index) => !taken.has(index));
  const joined = new Set(cell.outputs.map(inReference));
  const output = joined.size !== reference.outputs.length || reference.outputs.some((state) => !joined.has(state));
  const same = blocks.every((block) => block.kind === 'paired' && differencesOf(block) === 0);
  return { blocks, missing, output, equal: same && missing.length === 0 && !output };
}

/** Number of things that differ between the two blocks of a pair. */
export function differencesOf({ left, right, combine }: Omit<PairedBlock, 'kind' | 'reference'>): number {
  return [left.operation, left.input, right.operation, right.input, combine].filter(Boolean).length;
}

/** The differences of one operand, or null when the block has no pair. */
export function operandDifference(comparison: CellComparison, block: number, side: Side): OperandDifference | null {
  const compared = comparison.blocks[block];
  return compared?.kind === 'paired' ? compared[side] : null;
}

type StateMap = (state: number) => number | undefined;

/** Index in the cell → index in the reference. */
function pairBlocks(reference: Cell, cell: Cell): Map<number, number> {
  const pairs = new Map<number, number>();
  const free = new Set(reference.blocks.keys());
  const inReference: StateMap = (state) => {
    if (state < CELL_INPUTS) return state;
    const pair = pairs.get(state - CELL_INPUTS);
    return pair === undefined ? undefined : pair + CELL_INPUTS;
  };
  const pair = (index: number, other: number) => {
    pairs.set(index, other);
    free.delete(other);
  };
  const open = () => [...cell.blocks.keys()].filter((index) => !pairs.has(index));
  for (;;) {
    for (const index of open()) {
      const equals = [...free].filter((other) => isEqual(cell.blocks[index]!, reference.blocks[other]!, inReference));
      if (equals.length > 0) pair(index, equals.includes(index) ? index : equals[0]!);
    }
    const next = open()[0];
    if (next === undefined || free.size === 0) return pairs;
    const samePlace = open().find((index) => free.has(index));
    if (samePlace !== undefined) pair(samePlace, samePlace);
    else pair(next, Math.min(...free));
  }
}

const isEqual = (block: Block, other: Block, inReference: StateMap): boolean =>
  differencesOf(comparedBlock(block, other, 0, inReference)) === 0;

/** Operands are matched straight or crosswise, whichever leaves fewer differences. */
function comparedBlock(block: Block, other: Block, reference: number, inReference: StateMap): PairedBlock {
  const difference = (mine: Operand, theirs: Operand): OperandDifference => ({
    operation: mine.operation !== theirs.operation,
    input: inReference(mine.input) !== theirs.input,
    reference: theirs,
  });
  const combine = block.combine !== other.combine;
  const match = (forLeft: Operand, forRight: Operand): PairedBlock => ({
    kind: 'paired',
    reference,
    left: difference(block.left, forLeft),
    right: difference(block.right, forRight),
    combine,
  });
  const straight = match(other.left, other.right);
  const crosswise = match(other.right, other.left);
  return differencesOf(crosswise) < differencesOf(straight) ? crosswise : straight;
}
