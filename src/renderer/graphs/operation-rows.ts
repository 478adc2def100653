import type { Cell } from '../../shared/records/architecture.ts';
import { liveBlocks } from '../../shared/search-space/live-blocks.ts';
import type { Side } from '../../shared/search-space/plan.ts';
import type { CellFacts, OperandFacts } from './cell-facts.ts';
import { operandFacts, operandWords } from './part-words.ts';

/** An operation of a cell as a row of a list. */
export interface ListedOperation {
  /** Index in `Cell.blocks`. */
  readonly block: number;
  readonly side: Side;
  /** "separable 5×5 convolution of h[i]". */
  readonly words: string;
  /** Null where the block is not built or nothing is known of the network. */
  readonly facts: OperandFacts | null;
  readonly isBuilt: boolean;
}

/** All operations in order of the blocks, left before right; two for each block. */
export function listOperations(cell: Cell, facts: CellFacts | null): ListedOperation[] {
  const built = new Set(liveBlocks(cell));
  return cell.blocks.flatMap((operands, block) =>
    (['left', 'right'] as const).map((side) => ({
      block,
      side,
      words: operandWords(operands[side]),
      facts: operandFacts(facts, block, side) ?? null,
      isBuilt: built.has(block),
    })),
  );
}
