import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { readPalette } from '../../../src/renderer/graphs/palette.ts';
import { type Block, type Cell, OPERATIONS, type SearchSpace } from '../../../src/shared/records/architecture.ts';
import { decode } from '../../../src/shared/search-space/decisions.ts';
import { cellsOf, decisionsOf } from '../../shared/search-space/spaces.ts';

const tokens = readFileSync(new URL('../../../src/renderer/styles/tokens.css', import.meta.url), 'utf8');
export const LIGHT = readPalette(tokens, 'light');
export const DARK = readPalette(tokens, 'dark');

const operation = (index: number) => OPERATIONS[index % OPERATIONS.length]!;

const block = (index: number, left: number, right: number): Block => ({
  left: { input: left, operation: operation(index) },
  right: { input: right, operation: operation(index + 5) },
  combine: index % 2 === 0 ? 'add' : 'concat',
});

/** Eight blocks, each reading the one before it and the one before that. */
export const DEEPEST: Cell = {
  blocks: Array.from({ length: 8 }, (_, index) => block(index, Math.min(index + 1, index === 0 ? 0 : 9), index)),
  outputs: [9],
};

/** Eight blocks side by side, all joined. */
export const WIDEST: Cell = {
  blocks: Array.from({ length: 8 }, (_, index) => block(index, 0, 1)),
  outputs: [2, 3, 4, 5, 6, 7, 8, 9],
};

/** Any valid cell: dead blocks and inputs among the outputs, too. */
export const anyCell: fc.Arbitrary<Cell> = cellsOf(OPERATIONS);

/** Normal cells as a random search of the paper's operations proposes them, the same ones each time. */
export function proposedCells(blocks: number, count: number): Cell[] {
  const space: SearchSpace = { blocks, operations: [...OPERATIONS], combinations: ['add', 'concat'] };
  return fc.sample(decisionsOf(space), { numRuns: count, seed: 20_170_721 }).map((made) => decode(space, made).normal);
}
