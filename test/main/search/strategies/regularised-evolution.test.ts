import { expect, test } from 'vitest';
import { RegularisedEvolution } from '../../../../src/main/search/strategies/regularised-evolution.ts';
import type { Proposal, Strategy } from '../../../../src/main/search/strategies/strategy.ts';
import { PAPER_SPACE } from '../../../../src/shared/records/architecture.ts';
import { type EvolutionStrategy, STRATEGY_DEFAULTS } from '../../../../src/shared/records/strategy.ts';
import { NASNET_A } from '../../../../src/shared/search-space/cells.ts';
import { decisionSizes, decode, encode, withSpaceOutputs } from '../../../../src/shared/search-space/decisions.ts';

function evolution(changes: Partial<EvolutionStrategy>): RegularisedEvolution {
  return new RegularisedEvolution({ ...STRATEGY_DEFAULTS.evolution, ...changes }, PAPER_SPACE, 1);
}

/** Asks for one proposal after another and tells each reward before the next, as the paper does. */
async function runInTurn(strategy: Strategy, count: number, reward: (proposal: Proposal) => number) {
  const proposals: Proposal[] = [];
  for (let done = 0; done < count; done++) {
    const [proposal] = await strategy.ask(1);
    proposals.push(proposal!);
    await strategy.tell([{ proposal: proposal!, reward: reward(proposal!) }]);
  }
  return proposals;
}

test('the first population is random, and every later proposal differs from its parent in one decision', async () => {
  const proposals = await runInTurn(evolution({ populationSize: 8, sampleSize: 3 }), 60, ({ number }) => number / 60);
  expect(proposals.slice(0, 8).map(({ origin, parent }) => [origin, parent])).toEqual(Array(8).fill(['random', null]));
  for (const { number, architecture, origin, parent } of proposals.slice(8)) {
    expect(origin).toBe(`evolved from ${parent}`);
    const before = encode(PAPER_SPACE, proposals[parent! - 1]!.architecture);
    const changed = encode(PAPER_SPACE, architecture).filter((option, t) => option !== before[t]);
    expect(changed).toHaveLength(1);
    // Only the eight newest results can be parents.
    expect(parent).toBeGreaterThanOrEqual(number - 8);
    expect(parent).toBeLessThan(number);
  }
});

test('the best of a large sample becomes the parent until it dies of age', async () => {
  const strategy = evolution({ populationSize: 5, sampleSize: 5 });
  const proposals = await runInTurn(strategy, 40, ({ number }) => (number === 3 ? 1 : 0.1));
  const children = proposals.filter(({ parent }) => parent === 3).map(({ number }) => number);
  expect(children.length).toBeGreaterThan(0);
  expect(Math.max(...children)).toBeLessThanOrEqual(3 + 5);
});

test('in batches, parents come from the results told so far', async () => {
  const strategy = evolution({ populationSize: 10, sampleSize: 2 });
  for (let batch = 0; batch < 6; batch++) {
    const proposals = await strategy.ask(5);
    for (const { number, parent } of proposals) {
      if (number <= 10) expect(parent).toBeNull();
      else expect(parent).toSatisfy((told: number) => told > batch * 5 - 10 && told <= batch * 5);
    }
    await strategy.tell(proposals.map((proposal) => ({ proposal, reward: proposal.number / 100 })));
  }
});

test('with no result to breed from, it goes on by chance', async () => {
  const proposals = await evolution({ populationSize: 2, sampleSize: 1 }).ask(6);
  expect(proposals.map(({ origin }) => origin)).toEqual(Array(6).fill('random'));
});

test('given architectures are proposed first and bred from', async () => {
  const initial = [0, 1].map((option) =>
    decode(
      PAPER_SPACE,
      decisionSizes(PAPER_SPACE).map(() => option),
    ),
  );
  const strategy = evolution({ populationSize: 4, sampleSize: 4, initial });
  const proposals = await runInTurn(strategy, 5, ({ number }) => (number <= 2 ? 0.9 : 0.1));
  expect(proposals.slice(0, 2).map(({ architecture }) => architecture)).toEqual(initial);
  expect(proposals.map(({ origin }) => origin).slice(0, 4)).toEqual(['given', 'given', 'random', 'random']);
  expect([1, 2]).toContain(proposals[4]!.parent);
});

test('the released NASNet-A is proposed as it is, and its children concatenate what the space says', async () => {
  // Its Normal cell concatenates its previous input too, which no decisions of the space make.
  const strategy = evolution({ populationSize: 1, sampleSize: 1, initial: [NASNET_A] });
  const [given, child] = await runInTurn(strategy, 2, () => 0.9);
  expect(given).toMatchObject({ architecture: NASNET_A, origin: 'given, with outputs of its own' });
  expect(child).toMatchObject({ origin: 'evolved from 1', parent: 1 });
  const before = encode(PAPER_SPACE, withSpaceOutputs(NASNET_A));
  expect(encode(PAPER_SPACE, child!.architecture).filter((option, t) => option !== before[t])).toHaveLength(1);
  // And it is still there after a restart.
  const restored = evolution({ populationSize: 1, sampleSize: 1, initial: [NASNET_A] });
  await restored.restore(await strategy.snapshot());
  expect(await restored.ask(1)).toEqual(await strategy.ask(1));
});

test('a given architecture outside of the space is refused with the reason', () => {
  const space = { ...PAPER_SPACE, operations: PAPER_SPACE.operations.filter((name) => name !== 'sep_conv_5x5') };
  const strategy = () => new RegularisedEvolution({ ...STRATEGY_DEFAULTS.evolution, initial: [NASNET_A] }, space, 1);
  expect(strategy).toThrow(
    expect.objectContaining({ code: 'invalid_input', message: expect.stringContaining('uses sep_conv_5x5') }),
  );
});
