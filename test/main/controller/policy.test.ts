import { expect, test } from 'vitest';
import {
  initialParameters,
  type Parameters,
  type PolicyShape,
  tensorLengths,
} from '../../../src/main/controller/parameters.ts';
import { Policy } from '../../../src/main/controller/policy.ts';
import { replay } from '../../../src/main/controller/ppo-objective.ts';
import { architectureLogProbability, optionsStart } from '../../../src/main/controller/rollout.ts';
import { randomUnit } from '../../../src/shared/random.ts';
import { PAPER_SIZES } from './controller-setting.ts';

const SHAPE: PolicyShape = { sizes: PAPER_SIZES, hiddenUnits: 100 };

function decisionsByChance(count: number): number[][] {
  return Array.from({ length: count }, (_, i) => PAPER_SIZES.map((size, t) => Math.floor(size * randomUnit(3, i, t))));
}

test('with zero logits an architecture of the paper’s space has the log-probability −84.5474638', () => {
  const policy = new Policy(SHAPE, initialParameters(SHAPE, 1, 0));
  const rollout = replay(policy, decisionsByChance(4));
  for (let i = 0; i < 4; i++) expect(architectureLogProbability(rollout, i)).toBeCloseTo(-84.5474638, 6);
});

test('the first weights fill ±0.1 evenly in every tensor', () => {
  const parameters = initialParameters(SHAPE, 1, 0.1);
  for (const [name, length] of tensorLengths(SHAPE)) {
    const tensor = parameters[name];
    const mean = tensor.reduce((sum, weight) => sum + weight, 0) / length;
    const square = tensor.reduce((sum, weight) => sum + weight * weight, 0) / length;
    // A uniform number in ±0.1 has deviation 0.1/√3; bars are five deviations of the mean and of the mean square.
    expect(Math.abs(mean), name).toBeLessThan((5 * 0.1) / Math.sqrt(3 * length));
    expect(Math.abs(square - 0.01 / 3), name).toBeLessThan((5 * 0.01 * Math.sqrt(4 / 45)) / Math.sqrt(length));
    expect(Math.max(...tensor.map(Math.abs)), name).toBeLessThanOrEqual(0.1);
  }
});

test('the policy agrees with an LSTM and softmaxes written out unit by unit', () => {
  const parameters = initialParameters(SHAPE, 2, 0.4);
  const decisions = decisionsByChance(2);
  const rollout = replay(new Policy(SHAPE, parameters), decisions);
  for (const [i, taken] of decisions.entries()) {
    const expected = writtenOut(parameters, SHAPE, taken);
    for (const [t, probabilities] of expected.entries()) {
      const start = optionsStart(rollout, t, i);
      for (const [k, probability] of probabilities.entries()) {
        expect(rollout.probabilities[start + k]).toBeCloseTo(probability, 12);
      }
    }
  }
});

test('an architecture computed alone equals the same one computed in a batch, bit for bit', () => {
  const policy = new Policy(SHAPE, initialParameters(SHAPE, 2, 0.1));
  const decisions = decisionsByChance(5);
  const together = replay(policy, decisions);
  for (const [i, taken] of decisions.entries()) {
    expect(architectureLogProbability(replay(policy, [taken]), 0)).toBe(architectureLogProbability(together, i));
  }
});

/** Probabilities of each decision's options; the textbook's LSTM, one number at a time. */
function writtenOut(parameters: Parameters, { sizes, hiddenUnits: h }: PolicyShape, taken: number[]): number[][] {
  const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
  const dot = (matrix: Float64Array, row: number, vector: number[]) =>
    vector.reduce((sum, value, k) => sum + value * matrix[row * h + k]!, 0);
  let hidden = new Array<number>(h).fill(0);
  let cell = new Array<number>(h).fill(0);
  let inputRow = 0;
  let firstChoice = 0;
  return sizes.map((size, t) => {
    const input = Array.from(parameters.embeddings.subarray(inputRow * h, (inputRow + 1) * h));
    const gate = (part: number, unit: number) =>
      dot(parameters.inputWeights, part * h + unit, input) +
      dot(parameters.hiddenWeights, part * h + unit, hidden) +
      parameters.gateBias[part * h + unit]!;
    const next = cell.map((before, u) => sigmoid(gate(1, u)) * before + sigmoid(gate(0, u)) * Math.tanh(gate(2, u)));
    hidden = next.map((value, u) => sigmoid(gate(3, u)) * Math.tanh(value));
    cell = next;
    const scores = Array.from({ length: size }, (_, k) =>
      Math.exp(dot(parameters.softmaxWeights, firstChoice + k, hidden) + parameters.softmaxBias[firstChoice + k]!),
    );
    inputRow = 1 + firstChoice + taken[t]!;
    firstChoice += size;
    const sum = scores.reduce((total, score) => total + score, 0);
    return scores.map((score) => score / sum);
  });
}
