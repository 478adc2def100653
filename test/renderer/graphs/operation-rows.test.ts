import { describe, expect, it } from 'vitest';
import { cellFacts, firstCell } from '../../../src/renderer/graphs/cell-facts.ts';
import { architectureFileName, architectureText, cellFileName } from '../../../src/renderer/graphs/cell-file-names.ts';
import { listOperations } from '../../../src/renderer/graphs/operation-rows.ts';
import { NASNET_A, parseArchitectureText } from '../../../src/shared/search-space/cells.ts';
import { planNetwork } from '../../../src/shared/search-space/plan-network.ts';

/** CIFAR-10 at N = 2, F = 44. */
const SCALE = {
  stem: 'cifar',
  normalRepeats: 2,
  filters: 44,
  height: 32,
  width: 32,
  channels: 3,
  classes: 10,
  auxiliary: false,
  skipReductionInput: false,
} as const;

describe('the list of operations', () => {
  it('has two for each block in order, with the shapes at which they run', () => {
    const plan = planNetwork(NASNET_A, SCALE);
    const rows = listOperations(NASNET_A.normal, cellFacts(plan, firstCell(plan, 'normal')!));
    expect(rows.map(({ block, side }) => `${block} ${side}`)).toEqual(
      [0, 1, 2, 3, 4].flatMap((block) => [`${block} left`, `${block} right`]),
    );
    expect(rows[0]).toMatchObject({ words: 'separable 5×5 convolution of h[i]', isBuilt: true });
    expect(rows[0]!.facts!.inputShape).toEqual([32, 32, 44]);
    const reduction = listOperations(NASNET_A.reduction, cellFacts(plan, firstCell(plan, 'reduction')!));
    expect(reduction[0]!.facts).toMatchObject({ stride: 2, outputShape: [16, 16, 88] });
  });

  it('tells shares that leave room for what fits the inputs: less than the whole', () => {
    const plan = planNetwork(NASNET_A, SCALE);
    const rows = listOperations(NASNET_A.normal, cellFacts(plan, firstCell(plan, 'normal')!));
    const share = rows.reduce((sum, { facts }) => sum + facts!.parameterShare, 0);
    expect(share).toBeGreaterThan(0.5);
    expect(share).toBeLessThan(1);
  });

  it('names what is not built, and knows no cost without a network', () => {
    const cell = { ...NASNET_A.normal, outputs: [2] };
    const rows = listOperations(cell, null);
    expect(rows.map(({ isBuilt }) => isBuilt)).toEqual([true, true, ...Array(8).fill(false)]);
    expect(rows.every(({ facts }) => facts === null)).toBe(true);
  });
});

describe('files of a cell', () => {
  it('are named by trial, run, cell and what they show', () => {
    const own = { trial: 12, run: 1 };
    const second = { trial: 12, run: 2 };
    expect(cellFileName(own, 'normal', false, '.svg')).toBe('trial-12-normal.svg');
    expect(cellFileName(own, 'reduction', false, '@4x.png')).toBe('trial-12-reduction@4x.png');
    expect(cellFileName(second, 'normal', true, '.svg')).toBe('trial-12-2-normal-compared.svg');
    expect([own, second].map(architectureFileName)).toEqual(['trial-12.json', 'trial-12-2.json']);
  });

  it('hold an architecture as a search reads it', () => {
    expect(parseArchitectureText(architectureText(NASNET_A))).toEqual(NASNET_A);
  });
});
