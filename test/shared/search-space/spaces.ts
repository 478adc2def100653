import fc from 'fast-check';
import {
  type Architecture,
  type Cell,
  COMBINATIONS,
  OPERATIONS,
  type SearchSpace,
} from '../../../src/shared/records/architecture.ts';
import { decisionSizes, decode } from '../../../src/shared/search-space/decisions.ts';

/** Any search space: 1 to 8 blocks, any operations and combinations in any order. */
export const spaces: fc.Arbitrary<SearchSpace> = fc.record({
  blocks: fc.integer({ min: 1, max: 8 }),
  operations: fc.shuffledSubarray([...OPERATIONS], { minLength: 1 }),
  combinations: fc.shuffledSubarray([...COMBINATIONS], { minLength: 1 }),
});

/** Decisions of a space. */
export function decisionsOf(space: SearchSpace): fc.Arbitrary<number[]> {
  return fc.tuple(...decisionSizes(space).map((size) => fc.nat(size - 1)));
}

/** A space and an architecture of it. */
export const members: fc.Arbitrary<[SearchSpace, Architecture]> = spaces.chain((space) =>
  decisionsOf(space).map((decisions): [SearchSpace, Architecture] => [space, decode(space, decisions)]),
);

/** Any valid cell, not only those of a search space: any outputs, inputs among them, dead blocks. */
export function cellsOf(
  operations: readonly (typeof OPERATIONS)[number][],
  blocks = { min: 1, max: 8 },
): fc.Arbitrary<Cell> {
  return fc.integer(blocks).chain((count) =>
    fc.record({
      blocks: fc.tuple(
        ...Array.from({ length: count }, (_, block) => {
          const operand = fc.record({ input: fc.nat(block + 1), operation: fc.constantFrom(...operations) });
          return fc.record({ left: operand, right: operand, combine: fc.constantFrom(...COMBINATIONS) });
        }),
      ),
      outputs: fc.subarray([...Array(count + 2).keys()], { minLength: 1 }),
    }),
  );
}
