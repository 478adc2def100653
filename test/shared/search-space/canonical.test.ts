import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomUnit } from '../../../src/shared/random.ts';
import {
  type Block,
  type Cell,
  COMBINATIONS,
  OPERATIONS,
  type Operation,
  PAPER_SPACE,
} from '../../../src/shared/records/architecture.ts';
import { architectureHash, canonicalText, cellHash } from '../../../src/shared/search-space/canonical.ts';
import { NASNET_A } from '../../../src/shared/search-space/cells.ts';
import { randomArchitecture } from '../../../src/shared/search-space/decisions.ts';
import { fnv1a128 } from '../../../src/shared/search-space/fnv.ts';
import { areIsomorphic, rewrite } from './isomorphism.ts';
import { cellsOf } from './spaces.ts';

function stream(seed: number): () => number {
  let drawn = 0;
  return () => randomUnit(seed, drawn++);
}

const operand = (input: number, operation: Operation = 'identity') => ({ input, operation });
const block = (left: number, right: number, combine: Block['combine'] = 'add'): Block => ({
  left: operand(left),
  right: operand(right),
  combine,
});

describe('the canonical text', () => {
  it('is the same for every way to write a cell down', () => {
    fc.assert(
      // Few operations, so that twins and symmetric cells are common.
      fc.property(cellsOf(['identity', 'sep_conv_3x3'], { min: 1, max: 6 }), fc.nat(), (cell, seed) => {
        const uniform = stream(seed);
        const text = canonicalText(cell);
        for (let round = 0; round < 5; round++) expect(canonicalText(rewrite(cell, uniform, 2))).toBe(text);
      }),
      { numRuns: 1_500 },
    );
  });

  it('agrees with brute force on thousands of pairs, most of them near-twins', () => {
    const uniform = stream(7);
    let same = 0;
    let different = 0;
    for (let pair = 0; pair < 6_000; pair++) {
      const [one, other] = nearTwins(uniform, 1 + (pair % 6), 1 + (pair % 2));
      const expected = areIsomorphic(one, other);
      if (expected) same++;
      else different++;
      expect(canonicalText(one) === canonicalText(other), JSON.stringify([one, other])).toBe(expected);
    }
    console.log(`near-twins: ${same} the same cell, ${different} different ones`);
    expect(Math.min(same, different)).toBeGreaterThan(500);
  });

  it('tells every two small cells apart exactly where brute force does', () => {
    const cells = allCells(2, ['identity', 'conv_1x1'], ['add']);
    const byText = new Map<string, Cell[]>();
    for (const cell of cells) byText.set(canonicalText(cell), [...(byText.get(canonicalText(cell)) ?? []), cell]);
    const representatives = [...byText.values()].map((group) => group[0]!);
    for (const group of byText.values()) for (const cell of group) expect(areIsomorphic(cell, group[0]!)).toBe(true);
    for (const [index, one] of representatives.entries()) {
      for (const other of representatives.slice(index + 1)) expect(areIsomorphic(one, other)).toBe(false);
    }
    expect(representatives.length).toBeGreaterThan(100);
  });

  it('tells one state used twice from two twins used once', () => {
    const shared: Cell = { blocks: [block(0, 1), block(0, 1), block(2, 2)], outputs: [4] };
    const apart: Cell = { blocks: [block(0, 1), block(0, 1), block(2, 3)], outputs: [4] };
    expect(canonicalText(shared)).not.toBe(canonicalText(apart));
  });

  it('counts twins: two equal blocks are not one', () => {
    const one: Cell = { blocks: [block(0, 1)], outputs: [2] };
    const two: Cell = { blocks: [block(0, 1), block(0, 1)], outputs: [2, 3] };
    expect(canonicalText(one)).not.toBe(canonicalText(two));
  });

  it('keeps the two inputs apart, in blocks and in the output', () => {
    const reads = (input: number): Cell => ({ blocks: [block(input, input)], outputs: [2] });
    expect(canonicalText(reads(0))).not.toBe(canonicalText(reads(1)));
    const gives = (input: number): Cell => ({ blocks: [block(0, 1)], outputs: [input, 2] });
    expect(canonicalText(gives(0))).not.toBe(canonicalText(gives(1)));
  });

  it('treats the two sides of a concatenation alike, and concatenation unlike addition', () => {
    const joined = (left: number, right: number, combine: Block['combine']): Cell => ({
      blocks: [block(left, right, combine)],
      outputs: [2],
    });
    expect(canonicalText(joined(0, 1, 'concat'))).toBe(canonicalText(joined(1, 0, 'concat')));
    expect(canonicalText(joined(0, 1, 'concat'))).not.toBe(canonicalText(joined(0, 1, 'add')));
  });

  it('leaves out dead blocks, all of them where only inputs come out', () => {
    const alive: Cell = { blocks: [block(0, 1)], outputs: [2] };
    const burdened: Cell = { blocks: [block(1, 1), block(0, 1), block(2, 3)], outputs: [3] };
    expect(canonicalText(burdened)).toBe(canonicalText(alive));
    expect(canonicalText({ blocks: [block(0, 0)], outputs: [0, 1] })).toBe(
      canonicalText({ blocks: [block(1, 1), block(2, 2)], outputs: [0, 1] }),
    );
  });
});

describe('the hash', () => {
  it('is FNV-1a with 128 bits, of the published test vectors', () => {
    expect(fnv1a128('')).toBe('6c62272e07bb014262b821756295c58d');
    expect(fnv1a128('a')).toBe('d228cb696f1a8caf78912b704e4a8964');
    expect(fnv1a128('foobar')).toBe('343e1662793c64bf6f0d3597ba446f18');
  });

  it('of NASNet-A stays what it is, so that stored hashes stay valid', () => {
    expect(architectureHash(NASNET_A)).toBe('92a0a7744704c8d36a5ee5de0d6f01be');
  });

  it('tells Normal from Reduction', () => {
    const { normal, reduction } = NASNET_A;
    expect(architectureHash({ normal: reduction, reduction: normal })).not.toBe(architectureHash(NASNET_A));
  });

  it('is as different as the texts over 20,000 cells', () => {
    const uniform = stream(3);
    const space = { ...PAPER_SPACE, blocks: 2, operations: PAPER_SPACE.operations.slice(0, 4) };
    const texts = new Map<string, string>();
    for (let draw = 0; draw < 20_000; draw++) {
      const { normal } = randomArchitecture(space, uniform);
      texts.set(canonicalText(normal), cellHash(normal));
    }
    expect(texts.size).toBeGreaterThan(1_000);
    expect(new Set(texts.values()).size).toBe(texts.size);
  });

  it('takes well under a millisecond with eight blocks, and a few at the worst', () => {
    const uniform = stream(5);
    const architectures = Array.from({ length: 400 }, () => randomArchitecture({ ...PAPER_SPACE, blocks: 8 }, uniform));
    const start = performance.now();
    for (const architecture of architectures) architectureHash(architecture);
    const typical = (performance.now() - start) / architectures.length;
    const worst = Math.max(...symmetricCells().map(timeOf));
    console.log(`hash at eight blocks: ${typical.toFixed(2)} ms, most symmetric cells ${worst.toFixed(2)} ms`);
    expect(typical).toBeLessThan(5);
    expect(worst).toBeLessThan(100);
  });
});

/** A random cell and one that differs from a rewriting of it in at most `changes` places. */
function nearTwins(uniform: () => number, blocks: number, changes: number): [Cell, Cell] {
  const operations = ['identity', 'conv_1x1'] as const;
  const pick = (count: number) => Math.floor(uniform() * count);
  const random = (index: number): Block => ({
    left: operand(pick(index + 2), operations[pick(2)]!),
    right: operand(pick(index + 2), operations[pick(2)]!),
    combine: pick(4) === 0 ? 'concat' : 'add',
  });
  const made = Array.from({ length: blocks }, (_, index) => random(index));
  const outputs = [...Array(blocks + 2).keys()].filter((state) => state === blocks + 1 || pick(3) === 0);
  const cell: Cell = { blocks: made, outputs };
  const twin = structuredClone(rewrite(cell, uniform, 0));
  for (let change = 0; change < changes; change++) {
    const index = pick(blocks);
    const side = twin.blocks[index]![pick(2) === 0 ? 'left' : 'right'];
    if (pick(4) === 0) side.operation = operations[pick(2)]!;
    else side.input = pick(index + 2);
  }
  return [cell, twin];
}

/** Every cell of so many blocks, with all created states that nothing reads as its outputs. */
function allCells(count: number, operations: readonly Operation[], combinations: readonly Block['combine'][]): Cell[] {
  let lists: Block[][] = [[]];
  for (let index = 0; index < count; index++) {
    const operands = [...Array(index + 2).keys()].flatMap((input) => operations.map((each) => operand(input, each)));
    const blocks = operands.flatMap((left) =>
      operands.flatMap((right) => combinations.map((combine) => ({ left, right, combine }))),
    );
    lists = lists.flatMap((list) => blocks.map((next) => [...list, next]));
  }
  return lists.map((blocks) => {
    const read = blocks.flatMap(({ left, right }) => [left.input, right.input]);
    return { blocks, outputs: blocks.map((_, index) => index + 2).filter((state) => !read.includes(state)) };
  });
}

/** Cells of eight blocks with many twins whose readers differ, the hardest for a search over orders. */
function symmetricCells(): Cell[] {
  const twins = (count: number) => Array.from({ length: count }, () => block(0, 1));
  return [
    { blocks: [...twins(4), block(2, 3), block(4, 5), block(6, 7), block(6, 7)], outputs: [8, 9] },
    { blocks: [...twins(6), block(2, 3), block(4, 5)], outputs: [6, 7, 8, 9] },
    { blocks: [...twins(4), block(2, 2), block(3, 3), block(4, 4), block(5, 5)], outputs: [6, 7, 8, 9] },
    { blocks: [...twins(5), block(2, 3), block(3, 4), block(5, 6)], outputs: [7, 8, 9] },
    { blocks: twins(8), outputs: [2, 3, 4, 5, 6, 7, 8, 9] },
  ];
}

function timeOf(cell: Cell): number {
  const start = performance.now();
  for (let round = 0; round < 20; round++) canonicalText(cell);
  return (performance.now() - start) / 20;
}

it('every operation and combination has a place in the text', () => {
  const texts = OPERATIONS.flatMap((operation) =>
    COMBINATIONS.map((combine) =>
      canonicalText({ blocks: [{ left: operand(0, operation), right: operand(1), combine }], outputs: [2] }),
    ),
  );
  expect(new Set(texts).size).toBe(OPERATIONS.length * COMBINATIONS.length);
});
