import { describe, expect, it } from 'vitest';
import type { Graph, Tensor } from '../../../src/main/tensor/graph.ts';
import * as math from '../../../src/main/tensor/operations/arithmetic.ts';
import { concat, everySecondPixel } from '../../../src/main/tensor/operations/array.ts';
import * as neural from '../../../src/main/tensor/operations/neural.ts';
import { type CheckedInput, checkGradient, type GradientCheck, relativeDistance } from './gradient-check.ts';

/** Of float64 kernels; the requirement is 1e-4. */
const TOLERANCE = 1e-7;
/** The requirement, for kernels that TensorFlow has in float32 only. */
const FLOAT32_TOLERANCE = 1e-4;
/** The float32 kernels that training runs (oneDNN's) against the float64 ones, in norm. */
const KERNEL_TOLERANCE = 2e-6;

const normal = (...shape: number[]): CheckedInput => ({ shape });
const positive = (...shape: number[]): CheckedInput => ({ shape, values: 'positive' });
const distinct = (...shape: number[]): CheckedInput => ({ shape, values: 'distinct' });

type Build = (inputs: readonly Tensor[], graph: Graph) => Tensor;

/** Odd and even sizes, one and several channels, the strides and paddings that a child model uses. */
const SIZES = [
  [5, 7],
  [8, 8],
  [7, 5],
] as const;
const PADDINGS = ['SAME', 'VALID'] as const;

const EXPLICIT: neural.ExplicitPadding = [
  [1, 2],
  [0, 1],
];

function convolutionCases(): [string, readonly CheckedInput[], Build][] {
  const cases: [string, readonly CheckedInput[], Build][] = [];
  for (const [height, width] of SIZES) {
    for (const padding of [...PADDINGS, EXPLICIT]) {
      for (const [vertical, horizontal, strides, inputs, outputs] of [
        [1, 1, [1, 1], 3, 4],
        [1, 1, [2, 2], 4, 3],
        [3, 3, [1, 1], 1, 4],
        [3, 3, [2, 2], 3, 1],
        [1, 3, [1, 2], 3, 4],
        [7, 1, [2, 1], 4, 3],
        [1, 7, [1, 1], 4, 3],
      ] as const) {
        // The widest window needs seven pixels, which the explicit padding does not make of five.
        if (padding !== 'SAME' && (vertical > height || horizontal > width)) continue;
        const name = `conv2d ${vertical}x${horizontal} by ${strides} ${padding} on ${height}x${width}x${inputs}`;
        const build: Build = ([x, filter]) => neural.conv2d(x!, filter!, { strides, padding });
        cases.push([name, [normal(2, height, width, inputs), normal(vertical, horizontal, inputs, outputs)], build]);
      }
    }
  }
  return cases;
}

function depthwiseCases(): [string, readonly CheckedInput[], Build][] {
  return SIZES.flatMap(([height, width]) =>
    PADDINGS.flatMap((padding) =>
      ([1, 3, 4] as const).flatMap((channels) =>
        ([1, 2] as const).flatMap((stride) =>
          ([3, 5, 7] as const)
            .filter((window) => padding === 'SAME' || window <= Math.min(height, width))
            .map((window): [string, readonly CheckedInput[], Build] => [
              `depthwiseConv2d ${window}x${window} by ${stride} ${padding} on ${height}x${width}x${channels}`,
              [normal(2, height, width, channels), normal(window, window, channels, 1)],
              ([x, filter]) => neural.depthwiseConv2d(x!, filter!, { strides: [stride, stride], padding }),
            ]),
        ),
      ),
    ),
  );
}

const POOLS = { maxPool: neural.maxPool, avgPool: neural.avgPool };

function poolCases(): [string, readonly CheckedInput[], Build][] {
  return SIZES.flatMap(([height, width]) =>
    PADDINGS.flatMap((padding) =>
      ([1, 2, 3] as const).flatMap((stride) =>
        ([3, 5] as const).flatMap((window) =>
          (['maxPool', 'avgPool'] as const).map((kind): [string, readonly CheckedInput[], Build] => [
            `${kind} ${window}x${window} by ${stride} ${padding} on ${height}x${width}`,
            [distinct(2, height, width, 3)],
            ([x]) => POOLS[kind](x!, { size: [window, window], strides: [stride, stride], padding }),
          ]),
        ),
      ),
    ),
  );
}

const OTHERS: [string, readonly CheckedInput[], Build][] = [
  ['pointwiseConv2d', [normal(2, 5, 7, 3), normal(1, 1, 3, 4)], ([x, filter]) => neural.pointwiseConv2d(x!, filter!)],
  ['biasAdd', [normal(2, 5, 7, 3), normal(3)], ([x, bias]) => neural.biasAdd(x!, bias!)],
  ['softmax', [normal(4, 7)], ([x]) => neural.softmax(x!)],
  [
    'sparseSoftmaxCrossEntropy',
    [normal(4, 7)],
    ([x], graph) => neural.sparseSoftmaxCrossEntropy(x!, graph.constant([3, 0, 6, 3], 'int32', [4])),
  ],
  [
    'softmaxCrossEntropy with smoothed classes',
    [normal(2, 4)],
    ([x], graph) => {
      const labels = [0.925, 0.025, 0.025, 0.025, 0.025, 0.025, 0.925, 0.025];
      return neural.softmaxCrossEntropy(x!, graph.constant(labels, x!.dtype, [2, 4]));
    },
  ],
];

/** Large enough for the ways round TensorFlow's slow kernels, whose thresholds are numbers of elements or bytes. */
const LARGE: [string, readonly CheckedInput[], Build][] = [
  ...([5, 7] as const).flatMap((window) =>
    ([16, 17] as const).flatMap((width) =>
      ([1, 2] as const).map((stride): [string, readonly CheckedInput[], Build] => [
        `depthwiseConv2d ${window}x${window} by ${stride} on 18x${width}x32, put together from narrow ones`,
        [normal(2, 18, width, 32), normal(window, window, 32, 1)],
        ([x, filter]) => neural.depthwiseConv2d(x!, filter!, { strides: [stride, stride], padding: 'SAME' }),
      ]),
    ),
  ),
  ...(['maxPool', 'avgPool'] as const).flatMap((kind) =>
    PADDINGS.map((padding): [string, readonly CheckedInput[], Build] => [
      `${kind} 3x3 ${padding} on 16x24x22, with channels added for the gradient`,
      [distinct(8, 16, 24, 22)],
      ([x]) => POOLS[kind](x!, { size: [3, 3], padding }),
    ]),
  ),
  [
    'zeroStuffed5x5 on a large image',
    [normal(2, 18, 16, 32), normal(3, 3, 32, 1)],
    ([x, filter]) => neural.depthwiseConv2d(x!, neural.zeroStuffed5x5(filter!), { padding: 'SAME' }),
  ],
  [
    'pointwiseConv2d of a large concatenation’s ReLU',
    [
      ...[90, 70, 100].map((channels): CheckedInput => ({ shape: [4, 16, 16, channels], values: 'away from zero' })),
      normal(1, 1, 260, 3),
    ],
    ([a, b, c, filter]) => neural.pointwiseConv2d(math.relu(concat([a!, b!, c!], 3)), filter!),
  ],
  ...([0, 1] as const).flatMap((offset) =>
    ([8, 7] as const).map((height): [string, readonly CheckedInput[], Build] => [
      `everySecondPixel from ${offset} of ${height}x5`,
      [normal(2, height, 5, 3)],
      ([x]) => everySecondPixel(x!, offset),
    ]),
  ),
];

const ALL = [...convolutionCases(), ...depthwiseCases(), ...poolCases(), ...OTHERS, ...LARGE];

describe('gradients of a network’s operations', () => {
  it.each(ALL)('%s agrees with central differences, in float64 and by the float32 kernels', (_name, inputs, build) => {
    const exact = checkGradient({ inputs, build });
    expect(exact.relativeError).toBeLessThan(TOLERANCE);
    const rounded = checkGradientOnly({ inputs, build, dtype: 'float32' });
    expect(relativeDistance(rounded, exact.gradients)).toBeLessThan(KERNEL_TOLERANCE);
  });

  const batchNorms: [string, readonly CheckedInput[], Build][] = SIZES.flatMap(([height, width]) =>
    ([1, 3, 4] as const).flatMap((channels): [string, readonly CheckedInput[], Build][] => {
      const vectors = [positive(channels), normal(channels)];
      const statistics = (graph: Graph) =>
        [0.1, 1.5].map((value) => graph.constant(value, 'float32', [channels])) as [Tensor, Tensor];
      const input = normal(4, height, width, channels);
      return [
        [
          `batchNormTraining on ${height}x${width}x${channels}`,
          [input, ...vectors],
          ([x, scale, offset]) => neural.batchNormTraining(x!, scale!, offset!, { epsilon: 1e-3 }).y,
        ],
        [
          `batchNormInference on ${height}x${width}x${channels}`,
          [input, ...vectors],
          ([x, scale, offset], graph) =>
            neural.batchNormInference(x!, scale!, offset!, ...statistics(graph), { epsilon: 1e-3 }),
        ],
      ];
    }),
  );

  it.each(batchNorms)('%s agrees with central differences of its float32 kernel', (_name, inputs, build) => {
    expect(checkGradient({ inputs, build, dtype: 'float32' }).relativeError).toBeLessThan(FLOAT32_TOLERANCE);
  });

  it('batchNormTraining has the gradient of its formula in float64', () => {
    const inputs = [normal(3, 5, 7, 4), positive(4), normal(4)];
    const composed: Build = ([x, scale, offset], graph) => {
      const axes = { axes: [0, 1, 2], keepDimensions: true };
      const centred = math.subtract(x!, math.mean(x!, axes));
      const variance = math.mean(math.square(centred), axes);
      const normalised = math.multiply(centred, math.rsqrt(math.add(variance, graph.constant(1e-3, 'float64'))));
      return math.add(math.multiply(normalised, scale!), offset!);
    };
    const fused: Build = ([x, scale, offset]) => neural.batchNormTraining(x!, scale!, offset!, { epsilon: 1e-3 }).y;
    const exact = checkGradient({ inputs, build: composed });
    expect(exact.relativeError).toBeLessThan(TOLERANCE);
    const rounded = checkGradientOnly({ inputs, build: fused, dtype: 'float32' });
    expect(relativeDistance(rounded, exact.gradients)).toBeLessThan(1e-5);
  });

  it('refuses a gradient through the batch’s statistics, and one of given statistics', () => {
    const inputs = [normal(2, 5, 5, 3), positive(3), normal(3)];
    const build: Build = ([x, scale, offset]) => neural.batchNormTraining(x!, scale!, offset!, { epsilon: 1e-3 }).mean;
    expect(() => checkGradientOnly({ inputs, build, dtype: 'float32' })).toThrow('for its first output only');
    const given: Build = ([x, mean], graph) => {
      const one = graph.constant(1, 'float32', [3]);
      return neural.batchNormInference(x!, one, one, mean!, one, { epsilon: 1e-3 });
    };
    const check: GradientCheck = { inputs: [normal(2, 5, 5, 3), normal(3)], build: given, dtype: 'float32' };
    expect(() => checkGradientOnly(check)).toThrow('no gradient rule for given statistics');
  });

  it('checks more than a hundred different windows', () => {
    expect(ALL.length).toBeGreaterThan(100);
  });
});

function checkGradientOnly(check: GradientCheck): readonly Float64Array[] {
  return checkGradient(check).gradients;
}
