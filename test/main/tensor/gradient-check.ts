import './environment.ts';
import { type DataType, elementCount, type Shape } from '../../../src/main/tensor/data-types.ts';
import { gradients } from '../../../src/main/tensor/gradients.ts';
import { Graph, type Tensor } from '../../../src/main/tensor/graph.ts';
import { cast, multiply, sum } from '../../../src/main/tensor/operations/arithmetic.ts';
import { bitcast } from '../../../src/main/tensor/operations/array.ts';
import { Session } from '../../../src/main/tensor/session.ts';
import { permutation, randomNormal, randomUnit } from '../../../src/shared/random.ts';

export interface CheckedInput {
  readonly shape: Shape;
  /** Where the check is made. Elements are this far from every kink, or from each other where pooling could tie. */
  readonly values?: 'normal' | 'positive' | 'away from zero' | 'distinct';
}

export interface GradientCheck {
  readonly inputs: readonly CheckedInput[];
  readonly build: (inputs: readonly Tensor[], graph: Graph) => Tensor;
  /** The type that is computed with; values cross the session in float64 all the same. */
  readonly dtype?: 'float64' | 'float32';
  /** Half the distance of the central difference. */
  readonly step?: number;
}

export interface CheckResult {
  /** |central differences − gradients along the same directions| / |gradients along them|. */
  readonly relativeError: number;
  /** Of each input, row-major. */
  readonly gradients: readonly Float64Array[];
  /** Where the check was made, and how the elements of the output were weighted. */
  readonly start: readonly Float64Array[];
  readonly weights: readonly number[];
  readonly outputShape: Shape;
}

const DIRECTIONS = 10;
/** Between distinct elements: a hundred times what a difference moves them by, so that no step changes their order. */
const DISTANCE = 0.01;

/**
 * The gradient of a random weighting of the built tensor's elements, along ten random directions through all inputs at
 * once, against central differences. `float32` uses a fourth-order difference, whose long step drowns the rounding.
 */
export function checkGradient(check: GradientCheck, seed = 1): CheckResult {
  const { dtype = 'float64', step = dtype === 'float64' ? 1e-5 : 0.02 } = check;
  const graph = new Graph();
  const fed = check.inputs.map(({ shape }, index) => graph.placeholder(`x${index}`, 'int64', shape));
  const inputs = fed.map((bits) => bitcast(bits, 'float64'));
  const built = check.build(
    inputs.map((input) => cast(input, dtype)),
    graph,
  );
  const weights = Array.from({ length: elementCount(built.shape) }, (_, index) => randomNormal(seed, index, 77));
  const loss = sum(multiply(cast(built, 'float64'), graph.constant(weights, 'float64', built.shape)));
  const found = gradients(loss, inputs).map((gradient) => bitcast(gradient, 'int64'));
  const bits = bitcast(loss, 'int64');
  const session = Session.open(graph);
  try {
    const start = check.inputs.map((input, index) => startValues(input, seed, index));
    const feeds = (values: readonly Float64Array[]) =>
      new Map(fed.map((tensor, index) => [tensor, new BigInt64Array(values[index]!.buffer)]));
    const analytic = session.run(found, feeds(start)).map(toFloat64);
    const lossAt = (values: readonly Float64Array[]) => toFloat64(session.run([bits], feeds(values))[0]!)[0]!;
    const relativeError = directionalError(start, analytic, lossAt, step, dtype, seed);
    return { relativeError, gradients: analytic, start, weights, outputShape: built.shape };
  } finally {
    session.close();
  }
}

function directionalError(
  start: readonly Float64Array[],
  analytic: readonly Float64Array[],
  lossAt: (values: readonly Float64Array[]) => number,
  step: number,
  dtype: DataType,
  seed: number,
): number {
  let error = 0;
  let size = 0;
  for (let direction = 0; direction < DIRECTIONS; direction++) {
    const along = start.map((values, input) => values.map((_, index) => randomNormal(seed, index, input, direction)));
    const at = (distance: number) =>
      lossAt(start.map((values, input) => values.map((value, index) => value + distance * along[input]![index]!)));
    const near = (at(step) - at(-step)) / (2 * step);
    const numeric = dtype === 'float64' ? near : (4 * near - (at(2 * step) - at(-2 * step)) / (4 * step)) / 3;
    const expected = along.reduce((total, values, input) => total + dot(values, analytic[input]!), 0);
    error += (numeric - expected) ** 2;
    size += expected ** 2;
  }
  return Math.sqrt(error / size);
}

function startValues({ shape, values = 'normal' }: CheckedInput, seed: number, input: number): Float64Array {
  const count = elementCount(shape);
  const order = values === 'distinct' ? permutation(count, seed, input) : undefined;
  return Float64Array.from({ length: count }, (_, index) => {
    const unit = randomUnit(seed, index, input, 99);
    if (values === 'positive') return 0.5 + unit;
    if (values === 'away from zero') return unit < 0.5 ? -0.2 - unit : unit - 0.3;
    if (order) return (order[index]! - count / 2) * DISTANCE;
    return randomNormal(seed, index, input, 98);
  });
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((total, value, index) => total + value * b[index]!, 0);
}

function toFloat64(data: unknown): Float64Array {
  if (!(data instanceof BigInt64Array)) throw new TypeError('Fetched no bits of float64.');
  return new Float64Array(data.buffer, data.byteOffset, data.length);
}

/** |a − b| / |b|, over all pairs together. */
export function relativeDistance(a: readonly ArrayLike<number>[], b: readonly ArrayLike<number>[]): number {
  let error = 0;
  let size = 0;
  for (const [part, expected] of b.entries()) {
    for (let index = 0; index < expected.length; index++) {
      error += (a[part]![index]! - expected[index]!) ** 2;
      size += expected[index]! ** 2;
    }
  }
  return Math.sqrt(error / size);
}
