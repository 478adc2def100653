import { describe, expect, it } from 'vitest';
import { tensorFlow } from '../../../src/main/tensor/backend.ts';
import type { Graph, Tensor } from '../../../src/main/tensor/graph.ts';
import * as math from '../../../src/main/tensor/operations/arithmetic.ts';
import * as neural from '../../../src/main/tensor/operations/neural.ts';
import { type CheckedInput, checkGradient, relativeDistance } from './gradient-check.ts';

/** The part of tfjs's eager mode that is compared with; its own gradients, computed by the same library's kernels. */
interface EagerTensor {
  dataSync(): Float32Array;
  mul(other: EagerTensor): EagerTensor;
  sum(): EagerTensor;
}
interface Eager {
  tensor(values: Float32Array | readonly number[], shape: readonly number[]): EagerTensor;
  tensor1d(values: readonly number[], dtype: 'int32'): EagerTensor;
  grads(f: (...inputs: EagerTensor[]) => EagerTensor): (inputs: EagerTensor[], dy?: EagerTensor) => EagerTensor[];
  conv2d(x: EagerTensor, filter: EagerTensor, strides: [number, number], pad: string): EagerTensor;
  depthwiseConv2d(x: EagerTensor, filter: EagerTensor, strides: number, pad: string): EagerTensor;
  maxPool(x: EagerTensor, size: number, strides: number, pad: string): EagerTensor;
  avgPool(x: EagerTensor, size: number, strides: number, pad: string): EagerTensor;
  batchNorm(
    x: EagerTensor,
    mean: EagerTensor,
    variance: EagerTensor,
    offset: EagerTensor,
    scale: EagerTensor,
    epsilon: number,
  ): EagerTensor;
  moments(x: EagerTensor, axes: number[]): { mean: EagerTensor; variance: EagerTensor };
  matMul(a: EagerTensor, b: EagerTensor): EagerTensor;
  relu(x: EagerTensor): EagerTensor;
  softmax(x: EagerTensor): EagerTensor;
  mean(x: EagerTensor, axes: number[]): EagerTensor;
  oneHot(classes: EagerTensor, depth: number): EagerTensor;
  losses: { softmaxCrossEntropy(labels: EagerTensor, logits: EagerTensor): EagerTensor };
}

const eager = tensorFlow() as unknown as Eager;

/** Both are float32 kernels; the requirement is 1e-4. */
const TOLERANCE = 5e-6;

const normal = (...shape: number[]): CheckedInput => ({ shape });

type Case = readonly [
  name: string,
  inputs: readonly CheckedInput[],
  ours: (inputs: readonly Tensor[], graph: Graph) => Tensor,
  theirs: (...inputs: EagerTensor[]) => EagerTensor,
];

const windows = ([1, 2] as const).flatMap((stride) =>
  (['SAME', 'VALID'] as const).flatMap((padding) =>
    (
      [
        [5, 7],
        [8, 8],
      ] as const
    ).map(([height, width]) => ({ stride, padding, pad: padding.toLowerCase(), height, width })),
  ),
);

const CASES: readonly Case[] = [
  ...windows.flatMap(({ stride, padding, pad, height, width }): Case[] => {
    const name = `by ${stride} ${padding} on ${height}x${width}`;
    const strides = [stride, stride] as const;
    const image: CheckedInput = { shape: [2, height, width, 3], values: 'distinct' };
    const first = ([x]: readonly Tensor[]) => x!;
    return [
      [
        `conv2d 3x3 ${name}`,
        [image, normal(3, 3, 3, 4)],
        ([x, filter]) => neural.conv2d(x!, filter!, { strides, padding }),
        (x, filter) => eager.conv2d(x, filter, [stride, stride], pad),
      ],
      [
        `depthwiseConv2d 5x5 ${name}`,
        [image, normal(5, 5, 3, 1)],
        ([x, filter]) => neural.depthwiseConv2d(x!, filter!, { strides, padding }),
        (x, filter) => eager.depthwiseConv2d(x, filter, stride, pad),
      ],
      [
        `maxPool 3x3 ${name}`,
        [image],
        (inputs) => neural.maxPool(first(inputs), { size: [3, 3], strides, padding }),
        (x) => eager.maxPool(x, 3, stride, pad),
      ],
      [
        `avgPool 3x3 ${name}`,
        [image],
        (inputs) => neural.avgPool(first(inputs), { size: [3, 3], strides, padding }),
        (x) => eager.avgPool(x, 3, stride, pad),
      ],
    ];
  }),
  [
    'pointwiseConv2d',
    [normal(2, 5, 7, 3), normal(1, 1, 3, 4)],
    ([x, filter]) => neural.pointwiseConv2d(x!, filter!),
    (x, filter) => eager.conv2d(x, filter, [1, 1], 'valid'),
  ],
  [
    'batchNormTraining',
    [normal(4, 5, 7, 3), { shape: [3], values: 'positive' }, normal(3)],
    ([x, scale, offset]) => neural.batchNormTraining(x!, scale!, offset!, { epsilon: 1e-3 }).y,
    (x, scale, offset) => {
      const { mean, variance } = eager.moments(x, [0, 1, 2]);
      return eager.batchNorm(x, mean, variance, offset, scale, 1e-3);
    },
  ],
  ['matMul', [normal(5, 3), normal(3, 4)], ([a, b]) => math.matMul(a!, b!), (a, b) => eager.matMul(a, b)],
  ['relu', [{ shape: [5, 7], values: 'away from zero' }], ([x]) => math.relu(x!), (x) => eager.relu(x)],
  ['softmax', [normal(5, 7)], ([x]) => neural.softmax(x!), (x) => eager.softmax(x)],
  ['mean', [normal(2, 5, 7, 3)], ([x]) => math.mean(x!, { axes: [1, 2] }), (x) => eager.mean(x, [1, 2])],
  [
    'the mean cross-entropy',
    [normal(4, 7)],
    ([x], graph) => math.mean(neural.sparseSoftmaxCrossEntropy(x!, graph.constant([3, 0, 6, 3], 'int32', [4]))),
    (x) => eager.losses.softmaxCrossEntropy(eager.oneHot(eager.tensor1d([3, 0, 6, 3], 'int32'), 7), x),
  ],
];

describe('gradients beside those of tfjs', () => {
  it.each(CASES)('%s has the gradient that tfjs computes eagerly', (_name, inputs, ours, theirs) => {
    const { gradients, start, weights, outputShape } = checkGradient({ inputs, build: ours, dtype: 'float32' });
    const tensors = inputs.map(({ shape }, index) => eager.tensor(Float32Array.from(start[index]!), shape));
    const dy = eager.tensor(Float32Array.from(weights), outputShape);
    const expected = eager
      .grads(theirs)(tensors, dy)
      .map((tensor) => tensor.dataSync());
    expect(relativeDistance(gradients, expected)).toBeLessThan(TOLERANCE);
  });
});
