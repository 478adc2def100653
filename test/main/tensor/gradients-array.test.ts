import { describe, expect, it } from 'vitest';
import type { Graph, Tensor } from '../../../src/main/tensor/graph.ts';
import { square } from '../../../src/main/tensor/operations/arithmetic.ts';
import * as array from '../../../src/main/tensor/operations/array.ts';
import { type CheckedInput, checkGradient } from './gradient-check.ts';

/** Of float64 kernels; the requirement is 1e-4. */
const TOLERANCE = 1e-7;

const normal = (...shape: number[]): CheckedInput => ({ shape });

const CASES: readonly (readonly [
  string,
  readonly CheckedInput[],
  (inputs: readonly Tensor[], graph: Graph) => Tensor,
])[] = [
  ['reshape', [normal(2, 6)], ([x]) => square(array.reshape(x!, [3, -1]))],
  ['transpose', [normal(2, 3, 4)], ([x]) => square(array.transpose(x!, [2, 0, 1]))],
  [
    'concat of different widths',
    [normal(2, 5, 3), normal(2, 5, 1), normal(2, 5, 4)],
    (inputs) => square(array.concat(inputs, 2)),
  ],
  ['concat of equal widths', [normal(2, 3), normal(2, 3)], (inputs) => square(array.concat(inputs, 1))],
  ['concat along the first axis', [normal(2, 3), normal(1, 3)], (inputs) => square(array.concat(inputs, 0))],
  ['the second of unequal pieces', [normal(2, 8)], ([x]) => square(array.split(x!, [1, 4, 3], 1)[1]!)],
  [
    'two of three equal pieces',
    [normal(9, 2)],
    ([x]) => {
      const [first, , third] = array.split(x!, [3, 3, 3], 0);
      return array.concat([square(first!), third!], 1);
    },
  ],
  ['slice', [normal(3, 7, 5)], ([x]) => square(array.slice(x!, [1, 0, 2], [2, 7, -1]))],
  [
    'stridedSlice of odd sizes',
    [normal(2, 7, 5, 3)],
    ([x]) => square(array.stridedSlice(x!, [0, 1, 0, 0], [2, 7, 5, 3], [1, 2, 2, 1])),
  ],
  [
    'scatterStrided',
    [normal(2, 4, 3, 3)],
    ([x]) => square(array.scatterStrided(x!, [2, 7, 5, 3], [0, 0, 0, 0], [2, 7, 5, 3], [1, 2, 2, 1])),
  ],
  [
    'pad',
    [normal(2, 5, 3)],
    ([x]) =>
      square(
        array.pad(x!, [
          [0, 0],
          [1, 2],
          [0, 3],
        ]),
      ),
  ],
  ['broadcastTo', [normal(1, 3, 1)], ([x]) => square(array.broadcastTo(x!, [4, 3, 5]))],
  [
    'gather with repeated indices',
    [normal(5, 3)],
    ([x], graph) => square(array.gather(x!, graph.constant([4, 0, 0, 2], 'int32', [4]))),
  ],
];

describe('gradients of rearrangements', () => {
  it.each(CASES)('%s agrees with central differences along ten directions', (_name, inputs, build) => {
    expect(checkGradient({ inputs, build }).relativeError).toBeLessThan(TOLERANCE);
  });
});
