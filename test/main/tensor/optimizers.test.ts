import './environment.ts';
import { describe, expect, it } from 'vitest';
import { Graph } from '../../../src/main/tensor/graph.ts';
import { done } from '../../../src/main/tensor/operations/arithmetic.ts';
import { optimize } from '../../../src/main/tensor/optimizers.ts';
import { Session } from '../../../src/main/tensor/session.ts';
import { randomNormal } from '../../../src/shared/random.ts';
import type { Optimizer } from '../../../src/shared/records/recipe.ts';

const SIZE = 33;
const STEPS = 6;
const START = Float64Array.from({ length: SIZE }, (_, index) => randomNormal(1, index));
const gradientAt = (step: number) => Float32Array.from({ length: SIZE }, (_, index) => randomNormal(2, index, step));
const rateAt = (step: number) => 0.1 / (1 + step);

/** The formulas, in double precision, one weight at a time. */
type Reference = (weight: number, gradientsAndRates: readonly (readonly [number, number])[]) => number;

const momentumReference =
  (momentum: number, nesterov: boolean): Reference =>
  (weight, history) => {
    let accumulator = 0;
    for (const [gradient, rate] of history) {
      accumulator = momentum * accumulator + gradient;
      weight -= rate * (nesterov ? gradient + momentum * accumulator : accumulator);
    }
    return weight;
  };

const rmsPropReference =
  (decay: number, momentum: number, epsilon: number): Reference =>
  (weight, history) => {
    let [meanSquare, moment] = [1, 0];
    for (const [gradient, rate] of history) {
      meanSquare = decay * meanSquare + (1 - decay) * gradient ** 2;
      moment = momentum * moment + (rate * gradient) / Math.sqrt(meanSquare + epsilon);
      weight -= moment;
    }
    return weight;
  };

const CASES: readonly (readonly [string, Optimizer, Reference])[] = [
  ['momentum', { kind: 'momentum', momentum: 0.9, nesterov: false }, momentumReference(0.9, false)],
  ['Nesterov momentum', { kind: 'momentum', momentum: 0.9, nesterov: true }, momentumReference(0.9, true)],
  ['plain descent', { kind: 'momentum', momentum: 0, nesterov: false }, momentumReference(0, false)],
  ['RMSProp', { kind: 'rmsprop', decay: 0.9, momentum: 0, epsilon: 1 }, rmsPropReference(0.9, 0, 1)],
  [
    'RMSProp with momentum',
    { kind: 'rmsprop', decay: 0.99, momentum: 0.9, epsilon: 1e-3 },
    rmsPropReference(0.99, 0.9, 1e-3),
  ],
];

/** The weights after the steps; `apply` says which of them happen. */
function trained(optimizer: Optimizer, apply?: (step: number) => boolean): Float32Array {
  const graph = new Graph();
  const variable = graph.variable('w', [SIZE], {
    initialValue: graph.constant(Float32Array.from(START), 'float32', [SIZE]),
  });
  const gradient = graph.placeholder('gradient', 'float32', [SIZE]);
  const learningRate = graph.placeholder('rate', 'float32', []);
  const onlyIf = graph.placeholder('only_if', 'bool', []);
  const { updated, slots } = optimize(variable, optimizer, { gradient, learningRate, ...(apply ? { onlyIf } : {}) });
  const step = done([updated[0]!, ...updated.slice(1)]);
  const initialised = done([graph.initialisers[0]!, ...graph.initialisers.slice(1)]);
  expect(graph.initialisers.length).toBe(1 + slots.length);
  const session = Session.open(graph);
  session.run([initialised]);
  const run = session.prepare([step], [gradient, learningRate, onlyIf]);
  for (let index = 0; index < STEPS; index++) {
    run([gradientAt(index), rateAt(index), Uint8Array.of(!apply || apply(index) ? 1 : 0)]);
  }
  const [weights] = session.run([variable.value]);
  session.close();
  return weights as Float32Array;
}

function expected(reference: Reference, apply: (step: number) => boolean = () => true): Float64Array {
  const steps = Array.from({ length: STEPS }, (_, step) => step).filter(apply);
  const gradients = steps.map(gradientAt);
  return START.map((weight, index) =>
    reference(
      Math.fround(weight),
      steps.map((step, place) => [gradients[place]![index]!, rateAt(step)] as const),
    ),
  );
}

function expectClose(actual: Float32Array, reference: Float64Array): void {
  for (const [index, value] of actual.entries()) expect(Math.abs(value - reference[index]!)).toBeLessThan(2e-6);
}

describe('optimisers', () => {
  it.each(CASES)('%s follows its formula', (_name, optimizer, reference) => {
    expectClose(trained(optimizer), expected(reference));
  });

  it.each(CASES)(
    '%s passes a step over, its memory untouched, where the condition does not hold',
    (_name, optimizer, reference) => {
      const odd = (step: number) => step % 2 === 1;
      expectClose(trained(optimizer, odd), expected(reference, odd));
    },
  );
});
