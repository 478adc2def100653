import { describe, expect, test } from 'vitest';
import { controllerBenchTable, runControllerBench } from '../../../src/main/bench/controller.ts';
import { hiddenArchitectureLandscape } from '../../../src/main/bench/landscape.ts';
import { randomUnit } from '../../../src/shared/random.ts';
import { PAPER_SPACE } from '../../../src/shared/records/architecture.ts';
import { STRATEGY_DEFAULTS } from '../../../src/shared/records/strategy.ts';
import { randomArchitecture } from '../../../src/shared/search-space/decisions.ts';

describe('the landscape with a hidden architecture', () => {
  const landscape = hiddenArchitectureLandscape(PAPER_SPACE, 1);
  const moments = (values: number[]) => {
    const mean = values.reduce((sum, value) => sum + value / values.length, 0);
    return { mean, deviation: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2 / values.length, 0)) };
  };

  test('gives the hidden architecture 1, with noise of 0.02', () => {
    const rewards = Array.from({ length: 2000 }, (_, number) => landscape.reward(landscape.hidden, number));
    const { mean, deviation } = moments(rewards);
    expect(Math.abs(mean - 1)).toBeLessThan(0.002);
    expect(Math.abs(deviation - 0.02)).toBeLessThan(0.002);
  });

  test('gives chance the part of the decisions that chance hits', () => {
    let draw = 0;
    const rewards = Array.from({ length: 2000 }, (_, number) =>
      landscape.reward(
        randomArchitecture(PAPER_SPACE, () => randomUnit(9, draw++)),
        number,
      ),
    );
    // Two cells: 2 · (1/2 + 1/3 + 1/4 + 1/5 + 1/6) inputs, 10/13 operations and 5/2 combinations, of 50 decisions.
    const expected = (2 * (2 * (1 / 2 + 1 / 3 + 1 / 4 + 1 / 5 + 1 / 6) + 10 / 13 + 5 / 2)) / 50;
    expect(Math.abs(moments(rewards).mean - expected)).toBeLessThan(0.006);
  });

  test('is a function of the seed', () => {
    expect(hiddenArchitectureLandscape(PAPER_SPACE, 1).hidden).toEqual(landscape.hidden);
    expect(hiddenArchitectureLandscape(PAPER_SPACE, 2).hidden).not.toEqual(landscape.hidden);
    expect(hiddenArchitectureLandscape(PAPER_SPACE, 1).reward(landscape.hidden, 3)).toBe(
      landscape.reward(landscape.hidden, 3),
    );
  });
});

/** Two blocks instead of five, so that a search takes seconds. */
const SMALL_SPACE = { ...PAPER_SPACE, blocks: 2 };

// The whole comparison, ten seeds with 500 proposals each in the paper's space, is `npm run bench controller`.
test('with the quick preset’s batches, PPO and evolution beat random search within 150 proposals', async () => {
  const result = await runControllerBench({
    seeds: [1, 2, 3],
    proposals: 150,
    space: SMALL_SPACE,
    contestants: [
      { name: 'random', config: STRATEGY_DEFAULTS.random },
      { name: 'ppo', config: { ...STRATEGY_DEFAULTS.ppo, batchSize: 5 } },
      { name: 'evolution', config: { ...STRATEGY_DEFAULTS.evolution, batchSize: 5 } },
    ],
  });
  console.info(controllerBenchTable(result).join('\n'));
  const [random, ppo, evolution] = result.contestants;
  expect(random?.wins).toBeNull();
  expect([ppo?.wins, evolution?.wins]).toEqual([3, 3]);
  // Chance finds (10/3 + 8/13 + 2) / 20 = 0.297 of the decisions, and the mean of 50 such rewards has a deviation
  // of 0.015; the bar is ten of them above.
  for (const score of [...ppo!.scores, ...evolution!.scores]) expect(score).toBeGreaterThan(0.45);
}, 300_000);
