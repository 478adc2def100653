import { describe, expect, it } from 'vitest';
import { drawCell } from '../../../src/renderer/graphs/cell-drawing.ts';
import { cellFacts, firstCell } from '../../../src/renderer/graphs/cell-facts.ts';
import { cellTitle, partLabel, shareWords } from '../../../src/renderer/graphs/part-words.ts';
import { thumbnailSummary } from '../../../src/renderer/graphs/thumbnail-summary.ts';
import type { Scale } from '../../../src/shared/records/architecture.ts';
import { NASNET_A } from '../../../src/shared/search-space/cells.ts';
import { cost } from '../../../src/shared/search-space/cost.ts';
import { planNetwork } from '../../../src/shared/search-space/plan-network.ts';

const SCALE: Scale = {
  stem: 'cifar',
  normalRepeats: 2,
  filters: 32,
  height: 32,
  width: 32,
  channels: 3,
  classes: 10,
  auxiliary: false,
  skipReductionInput: false,
};
const PLAN = planNetwork(NASNET_A, SCALE);

/** Parameters and multiply-adds of a separable convolution as the released code stacks it: two, each with two batch norms' scale and offset left out. */
function separable(kernel: number, inputs: number, outputs: number, size: number) {
  const weights = kernel ** 2 * inputs + inputs * outputs + kernel ** 2 * outputs + outputs * outputs;
  return { parameters: weights + 4 * outputs, multiplyAdds: weights * size * size };
}

describe('the facts of a cell', () => {
  it('give shapes, stride and costs of each operation, by hand for a separable one', () => {
    const facts = cellFacts(PLAN, firstCell(PLAN, 'normal')!);
    const left = facts.operands.find(({ block, side }) => block === 0 && side === 'left')!;
    expect(left).toMatchObject({ operation: 'sep_conv_5x5', input: 0, stride: 1 });
    expect(left).toMatchObject({ inputShape: [32, 32, 32], outputShape: [32, 32, 32], ...separable(5, 32, 32, 32) });
  });

  it('have shares that make up the whole cell together with its plumbing', () => {
    for (const kind of ['normal', 'reduction'] as const) {
      const index = firstCell(PLAN, kind)!;
      const { operands, parameters, multiplyAdds } = cellFacts(PLAN, index);
      const { plumbing } = cost(PLAN).cells[index]!;
      const sum = (key: 'parameterShare' | 'multiplyAddShare') =>
        operands.reduce((all, operand) => all + operand[key], 0);
      expect(sum('parameterShare') + plumbing.trainableParameters / parameters).toBeCloseTo(1, 12);
      expect(sum('multiplyAddShare') + plumbing.multiplyAdds / multiplyAdds).toBeCloseTo(1, 12);
    }
  });

  it('say where a reduction halves the map', () => {
    const { operands, outputShape } = cellFacts(PLAN, firstCell(PLAN, 'reduction')!);
    for (const { input, stride, inputShape, outputShape: after } of operands) {
      expect(stride).toBe(input < 2 ? 2 : 1);
      expect(after[0]).toBe(inputShape[0]! / stride);
    }
    expect(outputShape).toEqual([16, 16, 4 * 64]);
  });

  it('refuse a cell that the plan does not have', () => {
    expect(() => cellFacts(PLAN, 99)).toThrow('no cell 99');
  });
});

describe('words', () => {
  const drawing = drawCell(NASNET_A.reduction);
  const facts = cellFacts(PLAN, firstCell(PLAN, 'reduction')!);
  const label = (id: string) =>
    partLabel(drawing.parts.find((part) => part.id === id)!, NASNET_A.reduction, drawing, facts);

  it('name the cell and each part in full', () => {
    expect(cellTitle(NASNET_A.normal, 'normal')).toBe('Normal cell, 5 blocks');
    expect(label('block 0 left')).toMatch(
      /^block 1, left: separable 5×5 convolution of h\[i\], [\d,]+ parameters, stride 2$/,
    );
    expect(label('state 1')).toMatch(/^h\[i−1\], previous input, read by block 1, right; /);
    expect(label('block 0')).toMatch(/^block 1 adds its two results, read by block \d/);
    expect(label('output')).toMatch(/^output: concatenates block \d, block \d/);
  });

  it('call a block that is not built by that name', () => {
    const cell = { ...NASNET_A.normal, outputs: [6] };
    const muted = drawCell(cell);
    const dead = muted.parts.find(({ id }) => id === 'block 0 left')!;
    expect(partLabel(dead, cell, muted)).toBe('block 1, left: separable 5×5 convolution of h[i], not built');
  });

  it('sum a thumbnail up by families, the most frequent first', () => {
    expect(thumbnailSummary(NASNET_A.normal)).toBe('Normal: 5 separable, 3 average, 2 identity');
    expect(thumbnailSummary(NASNET_A.reduction, 'reduction')).toBe(
      'Reduction: 5 separable, 2 max, 2 average, 1 identity',
    );
    expect(thumbnailSummary({ ...NASNET_A.normal, outputs: [0] })).toBe('Normal: no operation');
  });

  it('write a share with two digits', () => {
    expect([0.1312, 0.0042, 1].map(shareWords)).toEqual(['13%', '0.42%', '100%']);
  });
});
