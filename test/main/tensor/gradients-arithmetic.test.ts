import { describe, expect, it } from 'vitest';
import { gradients } from '../../../src/main/tensor/gradients.ts';
import { Graph, type Tensor } from '../../../src/main/tensor/graph.ts';
import * as math from '../../../src/main/tensor/operations/arithmetic.ts';
import { fill, reshape } from '../../../src/main/tensor/operations/array.ts';
import { type CheckedInput, checkGradient } from './gradient-check.ts';

/** Of float64 kernels; the requirement is 1e-4. */
const TOLERANCE = 1e-7;

const normal = (...shape: number[]): CheckedInput => ({ shape });
const positive = (...shape: number[]): CheckedInput => ({ shape, values: 'positive' });
const awayFromZero = (...shape: number[]): CheckedInput => ({ shape, values: 'away from zero' });

type Case = readonly [string, readonly CheckedInput[], (inputs: readonly Tensor[], graph: Graph) => Tensor];

const CASES: readonly Case[] = [
  ['add', [normal(2, 5, 3), normal(2, 5, 3)], ([a, b]) => math.add(a!, b!)],
  ['add that repeats a vector', [normal(2, 5, 3), normal(3)], ([a, b]) => math.add(a!, b!)],
  ['add that repeats both', [normal(2, 1, 3), normal(5, 1)], ([a, b]) => math.add(a!, b!)],
  ['subtract that repeats a scalar', [normal(), normal(4, 7)], ([a, b]) => math.subtract(a!, b!)],
  ['multiply', [normal(4, 7), normal(4, 7)], ([a, b]) => math.multiply(a!, b!)],
  ['multiply by one number an image', [normal(3, 5, 7, 4), normal(3, 1, 1, 1)], ([a, b]) => math.multiply(a!, b!)],
  ['divide', [normal(4, 7), positive(4, 1)], ([a, b]) => math.divide(a!, b!)],
  ['maximum', [awayFromZero(9, 5)], ([a], graph) => math.maximum(a!, graph.constant(0, 'float64'))],
  ['negate', [normal(4, 7)], ([x]) => math.negate(x!)],
  ['square', [normal(4, 7)], ([x]) => math.square(x!)],
  ['sqrt', [positive(4, 7)], ([x]) => math.sqrt(x!)],
  ['rsqrt', [positive(4, 7)], ([x]) => math.rsqrt(x!)],
  ['exp', [normal(4, 7)], ([x]) => math.exp(x!)],
  ['log', [positive(4, 7)], ([x]) => math.log(x!)],
  ['relu', [awayFromZero(8, 7)], ([x]) => math.relu(x!)],
  [
    'select',
    [normal(4, 7), normal(4, 7)],
    ([a, b], graph) => {
      const even = Array.from({ length: 28 }, (_, index) => (index % 2 === 0 ? 1 : 0));
      return math.select(graph.constant(even, 'bool', [4, 7]), math.square(a!), b!);
    },
  ],
  ['addN', [normal(3, 4), normal(3, 4)], ([a, b]) => math.addN([a!, b!, math.square(a!)])],
  ['sum of all', [normal(3, 4)], ([x]) => math.square(math.sum(x!))],
  ['sum over some axes', [normal(3, 4, 5)], ([x]) => math.square(math.sum(x!, { axes: [0, 2] }))],
  ['mean kept', [normal(3, 4, 5)], ([x]) => math.square(math.mean(x!, { axes: [1], keepDimensions: true }))],
  ['mean over an image', [normal(2, 7, 5, 3)], ([x]) => math.square(math.mean(x!, { axes: [1, 2] }))],
  ['l2Loss', [normal(3, 4)], ([x]) => math.l2Loss(x!)],
  ['identity', [normal(3, 4)], ([x]) => math.square(math.identity(x!))],
  ['fill', [normal()], ([x]) => math.square(fill(x!, [3, 4]))],
  ['cast', [normal(3, 4)], ([x]) => math.square(math.cast(math.cast(x!, 'float64'), 'float64'))],
  ...[false, true].flatMap((transposeA) =>
    [false, true].map((transposeB): Case => {
      const a = transposeA ? normal(5, 3) : normal(3, 5);
      const b = transposeB ? normal(4, 5) : normal(5, 4);
      const name = `matMul of ${transposeA ? 'a transposed' : 'a plain'} and ${transposeB ? 'a transposed' : 'a plain'} one`;
      return [name, [a, b], ([left, right]) => math.matMul(left!, right!, { transposeA, transposeB })];
    }),
  ),
];

describe('gradients of arithmetic', () => {
  it.each(CASES)('%s agrees with central differences along ten directions', (_name, inputs, build) => {
    expect(checkGradient({ inputs, build }).relativeError).toBeLessThan(TOLERANCE);
  });

  it('adds what arrives from several readers of a tensor', () => {
    const build = ([x]: readonly Tensor[]) => math.add(math.multiply(x!, math.exp(x!)), math.square(x!));
    expect(checkGradient({ inputs: [normal(3, 4)], build }).relativeError).toBeLessThan(TOLERANCE);
  });

  it('sends nothing through stopGradient', () => {
    const build = ([x]: readonly Tensor[]) => math.multiply(x!, math.stopGradient(math.exp(x!)));
    const { relativeError } = checkGradient({ inputs: [normal(3, 4)], build });
    expect(relativeError).toBeGreaterThan(0.01);
  });

  it('names the operation whose gradient is refused, with the reason', () => {
    const graph = new Graph();
    const x = graph.placeholder('x', 'float32', [2, 3]);
    const slope = gradients(math.sum(math.relu(x)), [x])[0]!;
    const refusal = 'The operation ReluGrad (gradients/ReluGrad) has no gradient rule: it is the kernel of a gradient';
    expect(() => gradients(math.sum(slope), [x])).toThrow(refusal);
  });

  it('names a tensor that has no influence, and a loss that is no scalar', () => {
    const graph = new Graph();
    const x = graph.placeholder('x', 'float32', [2, 3]);
    const y = graph.placeholder('y', 'float32', [2, 3]);
    expect(() => gradients(math.sum(x), [y])).toThrow('y:0 has no influence');
    expect(() => gradients(reshape(x, [6]), [x])).toThrow('A gradient is taken of a scalar');
  });

  it('differentiates a chain of 20,000 operations', () => {
    const graph = new Graph();
    const x = graph.placeholder('x', 'float32', []);
    let y = x;
    for (let index = 0; index < 20_000; index++) y = math.add(y, graph.constant(index, 'float32'));
    expect(gradients(y, [x])[0]!.shape).toEqual([]);
  });
});
