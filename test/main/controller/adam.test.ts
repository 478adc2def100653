import { expect, test } from 'vitest';
import { ascend, initialAdamState } from '../../../src/main/controller/adam.ts';

const SETTINGS = { learningRate: 0.1, adamBeta1: 0.9, adamBeta2: 0.999, adamEpsilon: 1e-8 };

test('the first step moves every weight by the learning rate, uphill, whatever the gradient’s size', () => {
  const weights = Float64Array.from([1, 1, 1]);
  ascend(weights, Float64Array.from([1e-3, -50, 0]), initialAdamState(3), SETTINGS);
  expect(weights[0]).toBeCloseTo(1.1, 5);
  expect(weights[1]).toBeCloseTo(0.9, 8);
  expect(weights[2]).toBe(1);
});

test('the second step agrees with the algorithm worked out by hand', () => {
  const weights = Float64Array.from([0]);
  const state = initialAdamState(1);
  ascend(weights, Float64Array.from([1]), state, SETTINGS);
  ascend(weights, Float64Array.from([-2]), state, SETTINGS);
  // First moment 0.9 · 0.1 · 1 - 0.1 · 2 = -0.11, over 1 - 0.9² = 0.19; second 0.999 · 0.001 + 0.001 · 4 = 0.004999,
  // over 1 - 0.999² = 0.001999.
  const expected = 0.1 + (0.1 * (-0.11 / 0.19)) / Math.sqrt(0.004999 / 0.001999);
  expect(weights[0]).toBeCloseTo(expected, 8);
});
