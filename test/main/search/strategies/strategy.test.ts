import { describe, expect, test } from 'vitest';
import { createStrategy } from '../../../../src/main/search/strategies/create-strategy.ts';
import type { Proposal, Strategy } from '../../../../src/main/search/strategies/strategy.ts';
import { architectureSchema, PAPER_SPACE, type SearchSpace } from '../../../../src/shared/records/architecture.ts';
import { STRATEGY_DEFAULTS, STRATEGY_KINDS, type StrategyConfig } from '../../../../src/shared/records/strategy.ts';
import { encode, isInSpace } from '../../../../src/shared/search-space/decisions.ts';

const CONFIGS: Record<StrategyConfig['kind'], StrategyConfig> = {
  ppo: { ...STRATEGY_DEFAULTS.ppo, hiddenUnits: 8, epochs: 2, learningRate: 0.01 },
  random: STRATEGY_DEFAULTS.random,
  evolution: { ...STRATEGY_DEFAULTS.evolution, populationSize: 6, sampleSize: 3 },
};

/** A reward that depends on the architecture alone: the part of the decisions that are 0. */
function rewardOf({ architecture }: Proposal): number {
  const decisions = encode(PAPER_SPACE, architecture);
  return decisions.filter((option) => option === 0).length / decisions.length;
}

function tellAll(strategy: Strategy, proposals: readonly Proposal[]) {
  return strategy.tell(proposals.map((proposal) => ({ proposal, reward: rewardOf(proposal) })));
}

/** Runs a check with as many strategies of one kind and seed as it takes, and closes them. */
async function withStrategies<Result>(
  kind: StrategyConfig['kind'],
  check: (create: (seed?: number, space?: SearchSpace) => Promise<Strategy>) => Promise<Result>,
): Promise<Result> {
  const opened: Strategy[] = [];
  try {
    return await check(async (seed = 5, space = PAPER_SPACE) => {
      const strategy = await createStrategy(CONFIGS[kind], space, seed);
      opened.push(strategy);
      return strategy;
    });
  } finally {
    await Promise.all(opened.map((strategy) => strategy.close()));
  }
}

describe.each(STRATEGY_KINDS)('%s', (kind) => {
  test('proposals are numbered from 1 and lie in the search space', async () => {
    await withStrategies(kind, async (create) => {
      const strategy = await create();
      const proposals = [...(await strategy.ask(4)), ...(await strategy.ask(1))];
      expect(proposals.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5]);
      for (const { architecture } of proposals) {
        expect(architectureSchema.parse(architecture)).toEqual(architecture);
        expect(isInSpace(PAPER_SPACE, architecture)).toBe(true);
      }
    });
  });

  test('the same seed proposes the same, in batches of any size, and another seed something else', async () => {
    await withStrategies(kind, async (create) => {
      const [one, other, third] = [await create(), await create(), await create(6)];
      const proposals = await one.ask(7);
      expect([...(await other.ask(2)), ...(await other.ask(5))]).toEqual(proposals);
      expect(await third.ask(7)).not.toEqual(proposals);
    });
  });

  test('restored before every tell, it goes on exactly as the uninterrupted one', async () => {
    await withStrategies(kind, async (create) => {
      const calm = await create();
      let interrupted = await create();
      for (let batch = 0; batch < 5; batch++) {
        const proposals = await calm.ask(4);
        expect(await interrupted.ask(4)).toEqual(proposals);
        const stored: Proposal[] = JSON.parse(JSON.stringify(proposals));
        const bytes = await interrupted.snapshot();
        interrupted = await create();
        await interrupted.restore(bytes);
        expect(await tellAll(interrupted, stored)).toEqual(await tellAll(calm, proposals));
      }
      expect(await interrupted.snapshot()).toEqual(await calm.snapshot());
    });
  });

  test('restored to before an ask, it proposes the stored proposals again', async () => {
    await withStrategies(kind, async (create) => {
      const strategy = await create();
      await tellAll(strategy, await strategy.ask(8));
      const bytes = await strategy.snapshot();
      const stored = await strategy.ask(3);
      const restored = await create();
      await restored.restore(bytes);
      expect(await restored.ask(3)).toEqual(stored);
    });
  });

  test('a cancelled trial is not learned from, and the one that makes up for it is', async () => {
    await withStrategies(kind, async (create) => {
      const [cancelled, calm] = [await create(), await create()];
      const proposals = [...(await cancelled.ask(4)), ...(await cancelled.ask(1))];
      await calm.ask(5);
      const results = proposals.map((proposal) => ({ proposal, reward: rewardOf(proposal) }));
      await cancelled.tell(results.map((result, place) => (place === 2 ? { ...result, reward: null } : result)));
      await calm.tell(results.filter((_, place) => place !== 2));
      expect(await cancelled.snapshot()).toEqual(await calm.snapshot());
      const allCancelled = await cancelled.ask(2);
      expect(await cancelled.tell(allCancelled.map((proposal) => ({ proposal, reward: null })))).toBeNull();
    });
  });

  test('a damaged snapshot and one of another kind are corrupt, one of another seed is a conflict', async () => {
    await withStrategies(kind, async (create) => {
      const strategy = await create();
      await tellAll(strategy, await strategy.ask(4));
      const bytes = await strategy.snapshot();
      await expect(strategy.restore(bytes.slice(0, -5))).rejects.toMatchObject({ code: 'corrupt' });
      const foreign = new TextEncoder().encode('{"kind":"another","version":1}');
      await expect(strategy.restore(foreign)).rejects.toMatchObject({ code: 'corrupt' });
      await expect((await create(6)).restore(bytes)).rejects.toMatchObject({ code: 'conflict' });
      expect(await strategy.snapshot()).toEqual(bytes);
    });
  });
});

test.each(['ppo', 'evolution'] as const)('a snapshot of %s in another search space is a conflict', async (kind) => {
  await withStrategies(kind, async (create) => {
    const strategy = await create();
    await tellAll(strategy, await strategy.ask(4));
    const smaller = await create(5, { ...PAPER_SPACE, blocks: 4 });
    await expect(smaller.restore(await strategy.snapshot())).rejects.toMatchObject({ code: 'conflict' });
  });
});

test('PPO says which update sampled a proposal and reports each update', async () => {
  await withStrategies('ppo', async (create) => {
    const strategy = await create();
    const first = await strategy.ask(3);
    expect(first.map(({ origin, parent }) => [origin, parent])).toEqual(Array(3).fill(['update 0', null]));
    const report = await tellAll(strategy, first);
    expect([report?.update, report?.proposals, report?.rewards]).toEqual([1, [1, 2, 3], first.map(rewardOf)]);
    expect(report?.meanProbabilities.map(({ length }) => length)).toHaveLength(50);
    expect((await strategy.ask(1))[0]?.origin).toBe('update 1');
  });
});

test('PPO refuses a result that it did not propose', async () => {
  await withStrategies('ppo', async (create) => {
    const strategy = await create();
    const [proposal] = await strategy.ask(1);
    const foreign = { proposal: { ...proposal!, logProbability: null }, reward: 0.5 };
    await expect(strategy.tell([foreign])).rejects.toMatchObject({ code: 'invalid_input' });
  });
});

test('random search chooses every option of every decision equally often', async () => {
  await withStrategies('random', async (create) => {
    const proposals = await (await create()).ask(3000);
    const [first] = proposals;
    expect(first?.logProbability).toBeCloseTo(-84.5474638, 6);
    const counts = encode(PAPER_SPACE, first!.architecture).map(() => new Map<number, number>());
    for (const { architecture } of proposals) {
      for (const [t, option] of encode(PAPER_SPACE, architecture).entries()) {
        counts[t]!.set(option, (counts[t]!.get(option) ?? 0) + 1);
      }
    }
    for (const count of counts) {
      const probability = 1 / count.size;
      for (const times of count.values()) {
        // Five deviations.
        const bar = 5 * Math.sqrt((probability * (1 - probability)) / 3000);
        expect(Math.abs(times / 3000 - probability)).toBeLessThan(bar);
      }
    }
  });
});
