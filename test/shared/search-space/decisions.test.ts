import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomUnit } from '../../../src/shared/random.ts';
import { type Architecture, architectureSchema, PAPER_SPACE } from '../../../src/shared/records/architecture.ts';
import { NASNET_A } from '../../../src/shared/search-space/cells.ts';
import {
  decisionPlaces,
  decisionSizes,
  decode,
  encode,
  isInSpace,
  mutate,
  randomArchitecture,
  uniformLogProbability,
  unusedStates,
  whyOutside,
} from '../../../src/shared/search-space/decisions.ts';
import { WorkbenchError } from '../../../src/shared/workbench-error.ts';
import { decisionsOf, members, spaces } from './spaces.ts';

function stream(seed: number): () => number {
  let drawn = 0;
  return () => randomUnit(seed, drawn++);
}

/** NASNet-A under the paper's own rule, as its figure draws it: no state that a block uses, no cell input. */
const FIGURE: Architecture = {
  normal: { ...NASNET_A.normal, outputs: [2, 3, 4, 5, 6] },
  reduction: { ...NASNET_A.reduction, outputs: [4, 5, 6] },
};

describe('decisions', () => {
  it('are 2 x 5B, with 2, 3, … B + 1 inputs, in the paper’s order of steps', () => {
    const cell = [2, 3, 4, 5, 6].flatMap((inputs) => [inputs, inputs, 13, 13, 2]);
    expect(decisionSizes(PAPER_SPACE)).toEqual([...cell, ...cell]);
    expect(decisionPlaces(PAPER_SPACE)[27]).toEqual({ cell: 'reduction', block: 0, step: 'left operation' });
  });

  it('encode the figure’s NASNet-A by hand', () => {
    // Positions in the paper's list: identity 0, avg3 4, max3 5, sep3 10, sep5 11, sep7 12; add 0.
    const normal = [
      [0, 1, 11, 10, 0],
      [1, 1, 11, 10, 0],
      [0, 1, 4, 0, 0],
      [1, 1, 4, 4, 0],
      [0, 0, 10, 0, 0],
    ];
    const reduction = [
      [0, 1, 11, 12, 0],
      [0, 1, 5, 12, 0],
      [0, 1, 4, 11, 0],
      [3, 2, 0, 4, 0],
      [2, 0, 10, 5, 0],
    ];
    expect(encode(PAPER_SPACE, FIGURE)).toEqual([...normal, ...reduction].flat());
  });

  it('survive the way to an architecture and back, which is a valid one', () => {
    fc.assert(
      fc.property(
        spaces.chain((space) => fc.tuple(fc.constant(space), decisionsOf(space))),
        ([space, decisions]) => {
          const architecture = decode(space, decisions);
          expect(architectureSchema.parse(architecture)).toEqual(architecture);
          expect(isInSpace(space, architecture)).toBe(true);
          expect(encode(space, architecture)).toEqual(decisions);
          expect(decode(space, encode(space, architecture))).toEqual(architecture);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('make cells whose outputs are all created states that nothing reads', () => {
    fc.assert(
      fc.property(members, ([, architecture]) => {
        for (const { blocks, outputs } of [architecture.normal, architecture.reduction]) {
          const read = blocks.flatMap(({ left, right }) => [left.input, right.input]);
          for (const state of blocks.keys()) expect(outputs.includes(state + 2)).toBe(!read.includes(state + 2));
          expect(Math.min(...outputs)).toBeGreaterThanOrEqual(2);
          expect(outputs).toContain(blocks.length + 1);
        }
      }),
    );
  });

  it('that are too many, too few or out of range are refused by name', () => {
    const decisions = decisionSizes(PAPER_SPACE).map(() => 0);
    expect(() => decode(PAPER_SPACE, decisions.slice(1))).toThrow('5 blocks take 50 decisions, not 49');
    expect(() => decode(PAPER_SPACE, decisions.with(5, 3))).toThrow('Decision 6 has the options 0 to 2, not 3');
    expect(() => decode(PAPER_SPACE, decisions.with(2, 0.5))).toThrow(WorkbenchError);
    expect(() => decode(PAPER_SPACE, decisions.with(2, -1))).toThrow(WorkbenchError);
  });
});

describe('an architecture outside the space', () => {
  it('is the released NASNet-A, whose outputs are not its unused states', () => {
    expect(isInSpace(PAPER_SPACE, NASNET_A)).toBe(false);
    expect(() => encode(PAPER_SPACE, NASNET_A)).toThrow(
      'The Normal cell concatenates states 1, 2, 3, 4, 5, 6, and in the search space its unused states 2, 3, 4, 5, 6.',
    );
  });

  it('is one with another number of blocks, a foreign operation, a foreign combination or an input to come', () => {
    expect(whyOutside({ ...PAPER_SPACE, blocks: 4 }, FIGURE)).toBe('The Normal cell has 5 blocks, the search space 4.');
    const operations = PAPER_SPACE.operations.filter((operation) => operation !== 'sep_conv_7x7');
    expect(whyOutside({ ...PAPER_SPACE, operations }, FIGURE)).toMatch(/Reduction cell uses sep_conv_7x7 in block 1/);
    expect(whyOutside({ ...PAPER_SPACE, combinations: ['concat'] }, FIGURE)).toMatch(/uses add in block 1/);
    const later = structuredClone(FIGURE);
    later.normal.blocks[1]!.left.input = 4;
    expect(whyOutside(PAPER_SPACE, later)).toMatch(/reads state 4 in block 2/);
  });
});

describe('the uniform policy', () => {
  it('gives an architecture of the paper’s space the log-probability −84.5474638', () => {
    expect(uniformLogProbability(PAPER_SPACE)).toBeCloseTo(-84.5474638, 7);
  });

  it('counts 2,286,906,949,584,691,200 cells', () => {
    const cells = decisionSizes(PAPER_SPACE)
      .slice(0, 25)
      .reduce((product, size) => product * BigInt(size), 1n);
    expect(cells).toBe(2_286_906_949_584_691_200n);
  });

  it('draws every option of every decision equally often', () => {
    const space = { ...PAPER_SPACE, blocks: 2 };
    const uniform = stream(1);
    const draws = 13_000;
    const counts = decisionSizes(space).map((size) => Array<number>(size).fill(0));
    for (let draw = 0; draw < draws; draw++) {
      for (const [index, chosen] of encode(space, randomArchitecture(space, uniform)).entries()) {
        counts[index]![chosen]! += 1;
      }
    }
    for (const options of counts) {
      const expected = draws / options.length;
      // Five standard deviations of a binomial count.
      const tolerance = 5 * Math.sqrt(expected * (1 - 1 / options.length));
      for (const count of options) expect(Math.abs(count - expected)).toBeLessThan(tolerance);
    }
  });

  it('never leaves the space even when the source gives its largest number', () => {
    const largest = () => 1 - 2 ** -53;
    expect(isInSpace(PAPER_SPACE, randomArchitecture(PAPER_SPACE, largest))).toBe(true);
  });
});

describe('a mutation', () => {
  it('changes exactly one decision and stays in the space', () => {
    fc.assert(
      fc.property(members, fc.nat(), ([space, architecture], seed) => {
        const before = encode(space, architecture);
        const after = encode(space, mutate(space, architecture, stream(seed)));
        expect(after.filter((decision, index) => decision !== before[index])).toHaveLength(1);
      }),
      { numRuns: 500 },
    );
  });

  it('reaches every neighbour', () => {
    const space = { ...PAPER_SPACE, blocks: 1, operations: PAPER_SPACE.operations.slice(0, 3) };
    const uniform = stream(2);
    const start = randomArchitecture(space, uniform);
    const reached = new Set<string>();
    for (let draw = 0; draw < 2_000; draw++) reached.add(encode(space, mutate(space, start, uniform)).join());
    // In each of the two cells: two inputs and a combination with one other value, two operations with two.
    expect(reached.size).toBe(2 * (2 + 1 + 4));
  });

  it('of the released NASNet-A is refused, as it is outside the space', () => {
    expect(() => mutate(PAPER_SPACE, NASNET_A, stream(1))).toThrow(WorkbenchError);
  });
});

it('unused states are what the paper concatenates', () => {
  expect(unusedStates(NASNET_A.normal.blocks)).toEqual([2, 3, 4, 5, 6]);
  expect(unusedStates(NASNET_A.reduction.blocks)).toEqual([4, 5, 6]);
});
