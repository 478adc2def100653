import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawCell } from '../../../src/renderer/graphs/cell-drawing.ts';
import { compareCells } from '../../../src/renderer/graphs/compare-cells.ts';
import { lookOf, signPlaces, signsOf } from '../../../src/renderer/graphs/part-look.ts';
import { partLabel } from '../../../src/renderer/graphs/part-words.ts';
import type { Cell } from '../../../src/shared/records/architecture.ts';
import { NASNET_A } from '../../../src/shared/search-space/cells.ts';
import { anyCell, LIGHT } from './sample-cells.ts';

const REFERENCE = NASNET_A.normal;

function changed(change: (cell: Cell) => void): Cell {
  const cell = structuredClone(REFERENCE);
  change(cell);
  return cell;
}

/** Signs by part, for those that have any. */
function signs(reference: Cell, cell: Cell): Record<string, string[]> {
  const comparison = compareCells(reference, cell);
  const found = drawCell(cell).parts.map((part) => [part.id, signsOf(part, comparison)] as const);
  return Object.fromEntries(found.filter(([, list]) => list.length > 0));
}

/** The cell with a block written at another place and all indices following it. */
function moved(cell: Cell, order: readonly number[]): Cell {
  const place = (state: number) => (state < 2 ? state : order.indexOf(state - 2) + 2);
  const operand = ({ input, operation }: Cell['blocks'][number]['left']) => ({ input: place(input), operation });
  return {
    blocks: order.map((index) => {
      const { left, right, combine } = cell.blocks[index]!;
      return { left: operand(left), right: operand(right), combine };
    }),
    outputs: cell.outputs.map(place).sort((one, other) => one - other),
  };
}

describe('two cells compared', () => {
  it('do not differ when they are equal', () => {
    fc.assert(
      fc.property(anyCell, (cell) => {
        expect(compareCells(cell, structuredClone(cell)).equal).toBe(true);
      }),
    );
  });

  it('do not differ when only the order of the blocks or of the operands does', () => {
    const reversed = moved(REFERENCE, [4, 3, 2, 1, 0]);
    expect(compareCells(REFERENCE, reversed).equal).toBe(true);
    const swapped = changed((cell) => {
      const [block] = cell.blocks;
      [block!.left, block!.right] = [block!.right, block!.left];
    });
    expect(compareCells(REFERENCE, swapped).equal).toBe(true);
  });

  it('show another operation, another input and another combination, and nothing else', () => {
    const cell = changed(({ blocks }) => {
      blocks[1]!.left.operation = 'max_pool_7x7';
      blocks[2]!.left.input = 1;
      blocks[2]!.left.operation = 'max_pool_3x3';
      blocks[4]!.combine = 'concat';
    });
    expect(signs(REFERENCE, cell)).toEqual({
      'block 1 left': ['≠'],
      'block 2 left': ['≠', '⇄'],
      'block 4': ['≠'],
    });
    expect(compareCells(REFERENCE, cell)).toMatchObject({ missing: [], output: false, equal: false });
  });

  it('keep later blocks paired when one before them changed', () => {
    const chain: Cell = {
      blocks: [0, 1, 2].map((index) => ({
        left: { input: index + 1, operation: 'sep_conv_3x3' },
        right: { input: 0, operation: 'identity' },
        combine: 'add',
      })),
      outputs: [4],
    };
    const cell = structuredClone(chain);
    cell.blocks[0]!.left.operation = 'conv_1x1';
    expect(signs(chain, cell)).toEqual({ 'block 0 left': ['≠'] });
  });

  it('mark a block that only one has, once, and list it for the other', () => {
    const more = changed((cell) => {
      cell.blocks.unshift({
        left: { input: 0, operation: 'dil_conv_3x3' },
        right: { input: 1, operation: 'conv_1x1' },
        combine: 'add',
      });
      cell.outputs = [1, 2, 3, 4, 5, 6, 7];
      for (const block of cell.blocks.slice(1)) {
        for (const side of ['left', 'right'] as const) if (block[side].input >= 2) block[side].input++;
      }
    });
    const comparison = compareCells(REFERENCE, more);
    expect(comparison.blocks.map(({ kind }) => kind)).toEqual(['only_here', ...Array(5).fill('paired')]);
    expect(signPlaces(drawCell(more), comparison).map(({ id }) => id)).toEqual(['block 0 left +', 'output ⇄']);
    expect(compareCells(more, REFERENCE)).toMatchObject({ missing: [0], output: true });
  });

  it('have the same number of differing blocks seen from either side', () => {
    fc.assert(
      fc.property(anyCell, anyCell, (one, other) => {
        const [there, back] = [compareCells(one, other), compareCells(other, one)];
        const only = there.blocks.filter(({ kind }) => kind === 'only_here').length;
        expect(back.missing.length).toBe(only);
        expect(there.missing.length).toBe(Math.max(0, one.blocks.length - other.blocks.length));
      }),
    );
  });
});

describe('the look of a comparison', () => {
  const cell = changed(({ blocks }) => {
    blocks[1]!.left.operation = 'max_pool_7x7';
  });
  const comparison = compareCells(REFERENCE, cell);
  const drawing = drawCell(cell);
  const find = (id: string) => drawing.parts.find((part) => part.id === id)!;

  it('takes the fill from what is the same and keeps it where something differs', () => {
    expect(lookOf(find('block 0 left'), LIGHT, comparison)).toMatchObject({ fill: LIGHT.surface, ink: LIGHT.text2 });
    expect(lookOf(find('block 1 left'), LIGHT, comparison)).toMatchObject({ fill: LIGHT.family.max_pool.fill });
  });

  it('is told in words', () => {
    expect(partLabel(find('block 1 left'), cell, drawing, null, comparison)).toBe(
      'block 2, left: 7×7 max pooling of h[i−1], other operation (reference: separable 5×5 convolution of h[i−1])',
    );
  });
});
