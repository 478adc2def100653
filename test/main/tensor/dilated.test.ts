import './environment.ts';
import { describe, expect, it } from 'vitest';
import { gradients } from '../../../src/main/tensor/gradients.ts';
import { Graph, type Tensor } from '../../../src/main/tensor/graph.ts';
import { multiply, sum } from '../../../src/main/tensor/operations/arithmetic.ts';
import { conv2d, depthwiseConv2d, zeroStuffed5x5 } from '../../../src/main/tensor/operations/neural.ts';
import { Session } from '../../../src/main/tensor/session.ts';
import { randomNormal } from '../../../src/shared/random.ts';
import { relativeDistance } from './gradient-check.ts';

const values = (count: number, seed: number) =>
  Float32Array.from({ length: count }, (_, index) => randomNormal(seed, index));

interface Geometry {
  readonly size: number;
  readonly channels: number;
  readonly stride: 1 | 2;
}

/** The definition, in double precision: tap [i, j] reads 2(i - 1) rows and 2(j - 1) columns away from the window's centre. */
function dilatedReference(x: Float32Array, filter: Float32Array, { size, channels, stride }: Geometry): Float64Array {
  const outputs = Math.ceil(size / stride);
  // SAME for a window of 5: the smaller half of the padding lies before.
  const before = Math.floor(Math.max(0, (outputs - 1) * stride + 5 - size) / 2);
  const y = new Float64Array(outputs * outputs * channels);
  for (let row = 0; row < outputs; row++) {
    for (let column = 0; column < outputs; column++) {
      for (let channel = 0; channel < channels; channel++) {
        for (let tap = 0; tap < 9; tap++) {
          const fromRow = row * stride - before + 2 * Math.floor(tap / 3);
          const fromColumn = column * stride - before + 2 * (tap % 3);
          if (Math.min(fromRow, fromColumn) < 0 || Math.max(fromRow, fromColumn) >= size) continue;
          const value = x[(fromRow * size + fromColumn) * channels + channel]!;
          y[(row * outputs + column) * channels + channel]! += value * filter[tap * channels + channel]!;
        }
      }
    }
  }
  return y;
}

/** The 5x5 filter [5, 5, channels, channels] of a plain convolution that does the same. */
function denseFilter(filter: Float32Array, channels: number): Float32Array {
  const dense = new Float32Array(25 * channels * channels);
  for (let tap = 0; tap < 9; tap++) {
    const place = 10 * Math.floor(tap / 3) + 2 * (tap % 3);
    for (let channel = 0; channel < channels; channel++) {
      dense[(place * channels + channel) * channels + channel] = filter[tap * channels + channel]!;
    }
  }
  return dense;
}

function sparseFilter(dense: Float32Array, channels: number): Float32Array {
  const filter = new Float32Array(9 * channels);
  for (let tap = 0; tap < 9; tap++) {
    const place = 10 * Math.floor(tap / 3) + 2 * (tap % 3);
    for (let channel = 0; channel < channels; channel++) {
      filter[tap * channels + channel] = dense[(place * channels + channel) * channels + channel]!;
    }
  }
  return filter;
}

/** Forward, and both gradients of the same weighting of the output. */
function run(
  { size, channels, stride }: Geometry,
  filterShape: readonly number[],
  filter: Float32Array,
  convolve: (x: Tensor, filter: Tensor) => Tensor,
): Float32Array[] {
  const graph = new Graph();
  const x = graph.placeholder('x', 'float32', [1, size, size, channels]);
  const weights = graph.placeholder('filter', 'float32', filterShape);
  const y = convolve(x, weights);
  const outputs = Math.ceil(size / stride);
  const weighting = graph.constant(values(outputs * outputs * channels, 3), 'float32', y.shape);
  const [ofX, ofFilter] = gradients(sum(multiply(y, weighting)), [x, weights]);
  const session = Session.open(graph);
  try {
    const feeds = new Map([
      [x, values(size * size * channels, 1)],
      [weights, filter],
    ]);
    return session.run([y, ofX!, ofFilter!], feeds) as Float32Array[];
  } finally {
    session.close();
  }
}

const GEOMETRIES = ([5, 7, 8] as const).flatMap((size) =>
  ([1, 3, 4] as const).flatMap((channels) => ([1, 2] as const).map((stride): Geometry => ({ size, channels, stride }))),
);

describe('the dilated depthwise convolution', () => {
  it.each(GEOMETRIES)('equals its definition and a dense 5x5 kernel with zeros, gradients too: %o', (geometry) => {
    const { size, channels, stride } = geometry;
    const filter = values(9 * channels, 2);
    const options = { strides: [stride, stride], padding: 'SAME' } as const;
    const [y, ofX, ofFilter] = run(geometry, [3, 3, channels, 1], filter, (x, weights) =>
      depthwiseConv2d(x, zeroStuffed5x5(weights), options),
    );
    const [denseY, ofDenseX, ofDenseFilter] = run(
      geometry,
      [5, 5, channels, channels],
      denseFilter(filter, channels),
      (x, weights) => conv2d(x, weights, options),
    );
    expect(
      relativeDistance([y!], [dilatedReference(values(size * size * channels, 1), filter, geometry)]),
    ).toBeLessThan(1e-6);
    expect(relativeDistance([y!, ofX!], [denseY!, ofDenseX!])).toBeLessThan(1e-6);
    expect(relativeDistance([ofFilter!], [sparseFilter(ofDenseFilter!, channels)])).toBeLessThan(1e-6);
  });

  it('is written without a dilations attribute, which TensorFlow’s gradients ignore', () => {
    const graph = new Graph();
    const x = graph.placeholder('x', 'float32', [1, 8, 8, 2]);
    const filter = graph.placeholder('filter', 'float32', [3, 3, 2, 1]);
    const y = depthwiseConv2d(x, zeroStuffed5x5(filter), { padding: 'SAME' });
    gradients(sum(y), [x, filter]);
    expect(graph.nodes.filter(({ attributes }) => 'dilations' in attributes)).toEqual([]);
  });

  it('refuses unequal strides, which TensorFlow’s kernel refuses only when it runs', () => {
    const graph = new Graph();
    const x = graph.placeholder('x', 'float32', [1, 8, 8, 2]);
    const filter = graph.placeholder('filter', 'float32', [3, 3, 2, 1]);
    expect(() => depthwiseConv2d(x, filter, { strides: [1, 2], padding: 'SAME' })).toThrow('equal strides');
  });
});
