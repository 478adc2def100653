import { describe, expect, it } from 'vitest';
import { FLAT, REFUSED } from '../../../src/main/tensor/gradient-rules/no-rule.ts';
import { RULES } from '../../../src/main/tensor/gradients.ts';
import { emittedOperations } from './emitted-operations.ts';

const EMITTED = emittedOperations();
const DECLARED = [...Object.keys(RULES), ...Object.keys(FLAT), ...Object.keys(REFUSED)];

describe('every operation of the tensor graph', () => {
  it('is found in the code, from each of the ways that it is emitted', () => {
    // By Graph.add, by a helper's helper, by a gradient, by the graph itself, into a node that exists.
    for (const op of ['Conv2D', 'Sqrt', 'Less', 'ReluGrad', 'Const', 'Reshape', 'ImageProjectiveTransformV3']) {
      expect(EMITTED).toContain(op);
    }
  });

  it('has a gradient rule, or is declared flat or refused with a reason', () => {
    expect([...EMITTED].filter((op) => !DECLARED.includes(op))).toEqual([]);
  });

  it('is declared once', () => {
    expect(DECLARED.filter((op, index) => DECLARED.indexOf(op) !== index)).toEqual([]);
  });

  it('is emitted by something, where it is declared', () => {
    expect(DECLARED.filter((op) => !EMITTED.has(op))).toEqual([]);
  });
});
