import './environment.ts';
import { describe, expect, it } from 'vitest';
import { Graph, type Tensor } from '../../../src/main/tensor/graph.ts';
import * as math from '../../../src/main/tensor/operations/arithmetic.ts';
import * as array from '../../../src/main/tensor/operations/array.ts';
import * as neural from '../../../src/main/tensor/operations/neural.ts';
import * as random from '../../../src/main/tensor/operations/random.ts';
import { Session, type TensorData } from '../../../src/main/tensor/session.ts';
import { randomNormal } from '../../../src/shared/random.ts';
import { relativeDistance } from './gradient-check.ts';

function compute(build: (graph: Graph) => readonly Tensor[]): TensorData[] {
  const graph = new Graph();
  const outputs = build(graph).map((tensor) => math.identity(tensor));
  const session = Session.open(graph);
  try {
    return session.run(outputs);
  } finally {
    session.close();
  }
}

const numbers = (count: number, seed = 1) =>
  Float32Array.from({ length: count }, (_, index) => randomNormal(seed, index));
const counted = (count: number) => Float32Array.from({ length: count }, (_, index) => index);

describe('operations', () => {
  it.each([
    [4, 6],
    [5, 6],
    [4, 7],
    [5, 5],
  ])('take every second pixel of %dx%d, zeros beyond the edge', (height, width) => {
    const values = counted(2 * height * width * 3);
    const found = compute((graph) => {
      const x = graph.constant(values, 'float32', [2, height, width, 3]);
      return [array.everySecondPixel(x, 0), array.everySecondPixel(x, 1)];
    });
    for (const offset of [0, 1]) {
      const expected: number[] = [];
      for (let image = 0; image < 2; image++) {
        for (let row = offset; row < height + offset; row += 2) {
          for (let column = offset; column < width + offset; column += 2) {
            for (let channel = 0; channel < 3; channel++) {
              const inside = row < height && column < width;
              expected.push(inside ? values[((image * height + row) * width + column) * 3 + channel]! : 0);
            }
          }
        }
      }
      expect([...(found[offset] as Float32Array)]).toEqual(expected);
    }
  });

  it('slice with strides as TensorFlow’s kernel, whichever way is taken', () => {
    const graph = new Graph();
    const x = graph.placeholder('x', 'float32', [1, 4, 4, 1]);
    expect(array.stridedSlice(x, [0, 1, 1, 0], [1, 4, 4, 1], [1, 2, 2, 1]).node.op).toBe('Reshape');
    expect(array.stridedSlice(x, [0, 1, 0, 0], [1, 4, 4, 1], [1, 2, 2, 1]).node.op).toBe('StridedSlice');
    const [quick, slow] = compute((other) => {
      const values = other.constant(counted(16), 'float32', [1, 4, 4, 1]);
      return [
        array.stridedSlice(values, [0, 1, 1, 0], [1, 4, 4, 1], [1, 2, 2, 1]),
        array.stridedSlice(values, [0, 1, 0, 0], [1, 4, 4, 1], [1, 2, 2, 1]),
      ];
    });
    expect([...(quick as Float32Array)]).toEqual([5, 7, 13, 15]);
    expect([...(slow as Float32Array)]).toEqual([4, 6, 12, 14]);
  });

  it('convolve a large concatenation by its pieces to the same result', () => {
    const build = (graph: Graph) => {
      const pieces = [64, 40, 24].map((channels, index) =>
        graph.constant(numbers(16 * 16 * 16 * channels, index), 'float32', [16, 16, 16, channels]),
      );
      const joined = math.relu(array.concat(pieces, 3));
      const filter = graph.constant(numbers(128 * 8, 9), 'float32', [1, 1, 128, 8]);
      return {
        pointwise: neural.pointwiseConv2d(joined, filter),
        plain: neural.conv2d(joined, filter, { padding: 'VALID' }),
      };
    };
    const [pointwise, plain] = compute((graph) => Object.values(build(graph))) as Float32Array[];
    expect(relativeDistance([pointwise!], [plain!])).toBeLessThan(1e-6);
    const ops = new Graph();
    expect(build(ops).pointwise.node.inputs[0]!.node.op).toBe('AddN');
  });

  it('average what is inside the image only', () => {
    const [average] = compute((graph) => [
      neural.avgPool(graph.constant(1, 'float32', [1, 3, 3, 1]), { size: [3, 3], padding: 'SAME' }),
    ]);
    expect([...(average as Float32Array)]).toEqual(new Array(9).fill(1));
  });

  it('normalise a batch and give its mean and its unbiased variance', () => {
    const [batch, height, width, channels] = [4, 3, 5, 2];
    const count = batch * height * width;
    const values = numbers(count * channels);
    const [y, mean, variance] = compute((graph) => {
      const x = graph.constant(values, 'float32', [batch, height, width, channels]);
      const vector = (contents: number[]) => graph.constant(contents, 'float32', [channels]);
      return Object.values(neural.batchNormTraining(x, vector([2, 3]), vector([-1, 1]), { epsilon: 0.01 }));
    }) as Float32Array[];
    for (let channel = 0; channel < channels; channel++) {
      const own = values.filter((_, index) => index % channels === channel);
      const average = own.reduce((sum, value) => sum + value, 0) / count;
      const squares = own.reduce((sum, value) => sum + (value - average) ** 2, 0);
      expect(mean![channel]).toBeCloseTo(average, 6);
      expect(variance![channel]).toBeCloseTo(squares / (count - 1), 5);
      const expected = (own[7]! - average) / Math.sqrt(squares / count + 0.01);
      expect(y![7 * channels + channel]).toBeCloseTo(expected * [2, 3][channel]! + [-1, 1][channel]!, 5);
    }
  });

  it('draw at random by seed and place only, in the ranges they promise', () => {
    const size = 20_000;
    const draw = (seed: readonly [number, number], place: number) =>
      compute((graph) => {
        const at = random.placeSeed(graph.constant(seed, 'int32', [2]), place);
        return [random.randomUniform(at, [size]), random.randomTruncatedNormal(at, [size])];
      }) as Float32Array[];
    const first = draw([7, 11], 0);
    expect(draw([7, 11], 0)).toEqual(first);
    for (const other of [draw([8, 11], 0), draw([7, 12], 0), draw([7, 11], 1)]) {
      const equal = other[0]!.filter((value, index) => value === first[0]![index]).length;
      expect(equal).toBeLessThan(10);
    }
    const [uniform, truncated] = first;
    const mean = (data: Float32Array) => data.reduce((sum, value) => sum + value, 0) / size;
    expect(Math.min(...uniform!)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...uniform!)).toBeLessThan(1);
    expect(mean(uniform!)).toBeCloseTo(0.5, 1);
    expect(Math.max(...truncated!.map(Math.abs))).toBeLessThanOrEqual(2);
  });

  it('select, compare and pick as they say', () => {
    const found = compute((graph) => {
      const x = graph.constant([1, Number.NaN, Number.POSITIVE_INFINITY, -2], 'float32', [4]);
      const row = graph.constant([3, 9, 4, 1, 5, 6], 'float32', [2, 3]);
      const finite = math.isFiniteNumber(x);
      return [
        math.select(finite, x, graph.constant(0, 'float32')),
        array.argMax(row),
        array.oneHot(graph.constant([2, 0], 'int32', [2]), 3, 0.9, 0.05),
        array.gather(row, graph.constant([1, 1], 'int32', [2])),
        array.bitcast(graph.constant(1, 'float32'), 'int32'),
      ];
    });
    expect(found.map((data) => [...(data as Float32Array)].map((value) => Math.fround(value)))).toEqual(
      [[1, 0, 0, -2], [1, 2], [0.05, 0.05, 0.9, 0.9, 0.05, 0.05], [1, 5, 6, 1, 5, 6], [0x3f800000]].map((row) =>
        row.map((value) => Math.fround(value)),
      ),
    );
  });
});
