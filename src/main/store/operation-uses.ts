import { z } from 'zod';
import { type Architecture, OPERATIONS, type Operation } from '../../shared/records/architecture.ts';
import { liveBlocks } from '../../shared/search-space/live-blocks.ts';

/** Blocks, cells and operands are few: a cell has at most 32 uses of one operation, and 48 + 32 is still a plain sign. */
const ZERO = '0'.charCodeAt(0);

/**
 * How often each operation is built in both cells together, as a text with one sign an operation in the order of
 * `OPERATIONS`: its code is 48 ('0') and the number of uses.
 */
export function operationUses({ normal, reduction }: Architecture): string {
  const uses = OPERATIONS.map(() => 0);
  for (const cell of [normal, reduction]) {
    for (const index of liveBlocks(cell)) {
      const block = cell.blocks[index];
      if (!block) continue;
      for (const { operation } of [block.left, block.right]) {
        const place = OPERATIONS.indexOf(operation);
        uses[place] = (uses[place] ?? 0) + 1;
      }
    }
  }
  return String.fromCharCode(...uses.map((count) => ZERO + count));
}

/** That text as it comes out of the database. */
export const operationUsesSchema = z.string().regex(/^[0-P]{13}$/);

/** Uses of the operation at a place of `OPERATIONS`. */
export const usesAt = (uses: string, place: number): number => uses.charCodeAt(place) - ZERO;

/** The operations that are built at all as bits, the first of `OPERATIONS` lowest. */
export function operationBits(uses: string): number {
  return OPERATIONS.reduce((bits, _, place) => (usesAt(uses, place) > 0 ? bits | (1 << place) : bits), 0);
}

/** Bits of some operations. */
export function bitsOf(operations: readonly Operation[]): number {
  return operations.reduce((bits, operation) => bits | (1 << OPERATIONS.indexOf(operation)), 0);
}
