import { expect, test } from 'vitest';
import { Controller } from '../../../src/main/controller/controller.ts';
import { initialParameters } from '../../../src/main/controller/parameters.ts';
import { readSnapshot } from '../../../src/main/controller/snapshot.ts';
import { updateReportSchema } from '../../../src/shared/records/controller.ts';
import { STRATEGY_DEFAULTS } from '../../../src/shared/records/strategy.ts';
import { PAPER_SIZES, rewardOf, SMALL_SIZES, search, smallController } from './controller-setting.ts';

test('a proposal is the same alone and in a batch, and again after the same snapshot', () => {
  const controller = new Controller(STRATEGY_DEFAULTS.ppo, PAPER_SIZES, 7);
  const start = controller.snapshot();
  const batch = controller.ask(6);
  controller.restore(start);
  expect([...controller.ask(1), ...controller.ask(3), ...controller.ask(2)]).toEqual(batch);
  expect(batch.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6]);
});

test('options are proposed as often as their probabilities say', () => {
  const controller = smallController(3, { initialRange: 1 });
  const proposals = controller.ask(4000);
  const report = controller.tell(proposals.map((proposal) => ({ ...proposal, reward: rewardOf(proposal) })));
  for (const [t, probabilities] of report!.meanProbabilities.entries()) {
    for (const [option, probability] of probabilities.entries()) {
      const part = proposals.filter(({ decisions }) => decisions[t] === option).length / 4000;
      // Four deviations of a part of 4,000.
      expect(Math.abs(part - probability)).toBeLessThan(4 * Math.sqrt((probability * (1 - probability)) / 4000));
    }
  }
});

test('searches with different seeds begin with different weights and proposals', () => {
  expect(smallController(1).ask(20)).not.toEqual(smallController(2).ask(20));
});

test('an update reports rewards, advantages against the moving baseline, and how far the policy moved', () => {
  const controller = smallController(1);
  const first = search(controller, 4).report!;
  const mean = first.rewards.reduce((sum, reward) => sum + reward / 4, 0);
  expect(first.advantages[0]).toBeCloseTo(first.rewards[0]! - mean, 12);
  const moved = first.rewards.reduce((baseline, reward) => 0.95 * baseline + 0.05 * reward, mean);
  expect(first.baseline).toBeCloseTo(moved, 12);
  const second = search(controller, 4).report!;
  expect(second.advantages[0]).toBeCloseTo(second.rewards[0]! - first.baseline, 12);
  for (const report of [first, second]) {
    expect(updateReportSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
    expect(report.divergence).toBeGreaterThan(0);
    expect(report.ratio.p5).toBeLessThan(1);
    expect(report.ratio.p95).toBeGreaterThan(1);
    expect(report.meanEntropy).toBeLessThan(report.maximumEntropy);
    for (const probabilities of report.meanProbabilities) {
      expect(probabilities.reduce((sum, probability) => sum + probability, 0)).toBeCloseTo(1, 12);
    }
  }
  expect([first.update, second.update]).toEqual([1, 2]);
  expect(second.proposals).toEqual([5, 6, 7, 8]);
});

test('an equal reward for all changes no weight by more than the entropy bonus does', () => {
  const controller = smallController(1, { entropyWeight: 0 });
  const before = weightsOf(controller, 1);
  const report = controller.tell(controller.ask(5).map((proposal) => ({ ...proposal, reward: 0.5 })));
  expect(report?.gradientNorm).toBe(0);
  expect(weightsOf(controller, 1)).toEqual(before);
});

test('what a policy is told to like, it proposes more often', () => {
  const controller = smallController(5);
  const first = search(controller, 20).report!;
  for (let update = 2; update < 30; update++) search(controller, 20);
  const last = search(controller, 20).report!;
  const mean = (rewards: number[]) => rewards.reduce((sum, reward) => sum + reward / rewards.length, 0);
  expect(mean(first.rewards)).toBeLessThan(0.6);
  expect(mean(last.rewards)).toBeGreaterThan(0.95);
});

test('a large entropy weight leads back to the uniform policy', () => {
  const controller = smallController(2, { initialRange: 1, entropyWeight: 10, epochs: 50 });
  const first = search(controller, 5).report!;
  for (let update = 2; update < 12; update++) search(controller, 5);
  const last = search(controller, 5).report!;
  expect(first.maximumEntropy - first.meanEntropy).toBeGreaterThan(0.02);
  expect(last.maximumEntropy - last.meanEntropy).toBeLessThan(0.001);
});

test('results of another policy, and decisions of another space, are refused', () => {
  const controller = smallController(1);
  const [proposal] = controller.ask(1);
  const stale = { ...proposal!, logProbability: proposal!.logProbability + 0.01, reward: 0.5 };
  expect(() => controller.tell([stale])).toThrow(expect.objectContaining({ code: 'conflict' }));
  for (const decisions of [
    [0, 0],
    SMALL_SIZES,
    proposal!.decisions.map(() => 0.5),
    proposal!.decisions.map(() => -1),
  ]) {
    const result = { ...proposal!, decisions, reward: 0.5 };
    expect(() => controller.tell([result])).toThrow(expect.objectContaining({ code: 'invalid_input' }));
  }
  expect(controller.tell([{ ...proposal!, reward: 0.5 }])?.update).toBe(1);
});

test('a new controller’s snapshot holds the weights that its seed gives', () => {
  const expected = initialParameters({ sizes: SMALL_SIZES, hiddenUnits: 6 }, 4, 0.1).all;
  expect(weightsOf(smallController(4), 4)).toEqual(expected);
});

function weightsOf(controller: Controller, seed: number): Float64Array {
  return readSnapshot(controller.snapshot(), { sizes: SMALL_SIZES, hiddenUnits: 6 }, seed).weights;
}
