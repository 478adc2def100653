import { describe, expect, it } from 'vitest';
import { differingValues, operationWords } from '../../../src/renderer/views/compare/compare-values.ts';
import { NASNET_A } from '../../../src/shared/search-space/cells.ts';
import { trialRecord } from './trial-record.ts';

const valuesOf = (...trials: Parameters<typeof differingValues>[0]) =>
  Object.fromEntries(differingValues(trials).map(({ name, words }) => [name, words]));

describe('the values of compared trials', () => {
  it('are only those in which they differ', () => {
    expect(valuesOf(trialRecord(), trialRecord({ trial: 2, seed: 12 }))).toEqual({ Seed: ['11', '12'] });
    expect(valuesOf(trialRecord(), trialRecord({ trial: 2 }))).toEqual({});
  });

  it('are in words, with a dash for what a trial has not', () => {
    const failed = trialRecord({ reward: null, state: 'failed', failure: 'out_of_memory', durationMs: 0 });
    expect(valuesOf(trialRecord(), failed)).toEqual({
      Reward: ['61.20 %', '–'],
      State: ['completed', 'failed: out of memory'],
      'Trained for': ['1:34', '–'],
    });
  });

  it('tell which operations each cell is made of', () => {
    const other = structuredClone(NASNET_A);
    other.normal.blocks[0]!.left.operation = 'conv_1x1';
    expect(valuesOf(trialRecord(), trialRecord({ architecture: other }))).toEqual({
      'Normal operations': [
        '3 avg 3×3, 3 sep 3×3, 2 identity, 2 sep 5×5',
        '3 avg 3×3, 3 sep 3×3, 2 identity, 1 conv 1×1, 1 sep 5×5',
      ],
    });
  });

  it('leave out operations that are not built', () => {
    expect(operationWords({ ...NASNET_A.normal, outputs: [3] })).toBe('1 sep 3×3, 1 sep 5×5');
  });
});
