import { expect, test } from 'vitest';
import { initialParameters, parameterCount } from '../../../src/main/controller/parameters.ts';
import { readSnapshot, writeSnapshot } from '../../../src/main/controller/snapshot.ts';
import { randomUnit } from '../../../src/shared/random.ts';
import { updateReportSchema } from '../../../src/shared/records/controller.ts';
import { SMALL_SIZES, smallController } from './controller-setting.ts';

const SHAPE = { sizes: SMALL_SIZES, hiddenUnits: 6 };
const STRANGE = [NaN, Infinity, -Infinity, -0, 0, Number.MAX_VALUE, -Number.MAX_VALUE, Number.MIN_VALUE, 1e6, -1e6];
const BATCHES = 10_000;

/** Half of the rewards are ordinary, the others anything that a number can be. */
function fuzzedReward(batch: number, place: number): number {
  const kind = randomUnit(1, batch, place, 0);
  const value = randomUnit(1, batch, place, 1);
  return kind < 0.5 ? value : STRANGE[Math.floor(value * STRANGE.length)]!;
}

test('10,000 batches with rewards that are no numbers leave every weight, moment and report finite', () => {
  // The second one takes steps that no controller should take, so that its softmaxes saturate.
  const controllers = [smallController(1, { epochs: 2 }), smallController(1, { epochs: 2, learningRate: 1 })];
  let learned = 0;
  let ignored = 0;
  for (let batch = 0; batch < BATCHES; batch++) {
    const controller = controllers[batch % 2]!;
    const proposals = controller.ask(1 + (batch % 3));
    const report = controller.tell(
      proposals.map((proposal, place) => ({ ...proposal, reward: fuzzedReward(batch, place) })),
    );
    if (report === null) continue;
    updateReportSchema.parse(JSON.parse(JSON.stringify(report)));
    learned += report.rewards.length;
    ignored += report.ignored;
    if (batch % 100 < 2) {
      const { weights, adam, baseline } = readSnapshot(controller.snapshot(), SHAPE, 1);
      for (const numbers of [weights, adam.firstMoment, adam.secondMoment]) {
        expect(numbers.every(Number.isFinite)).toBe(true);
      }
      expect(baseline).toSatisfy(Number.isFinite);
    }
  }
  expect(learned).toBeGreaterThan(BATCHES / 2);
  expect(ignored).toBeGreaterThan(BATCHES / 10);
});

test('a batch without one finite reward changes nothing', () => {
  const controller = smallController(1);
  const proposals = controller.ask(3);
  const before = controller.snapshot();
  expect(controller.tell(proposals.map((proposal) => ({ ...proposal, reward: NaN })))).toBeNull();
  expect(controller.snapshot()).toEqual(before);
});

test('a result without a finite reward is left out as if it had not been told', () => {
  const told = smallController(1);
  const untold = smallController(1);
  const results = told.ask(4).map((proposal, place) => ({ ...proposal, reward: place === 1 ? NaN : place / 4 }));
  untold.ask(4);
  const report = told.tell(results);
  expect(report?.ignored).toBe(1);
  expect(report?.proposals).toEqual([1, 3, 4]);
  untold.tell(results.filter(({ reward }) => Number.isFinite(reward)));
  expect(told.snapshot()).toEqual(untold.snapshot());
});

test('an epoch whose gradient is not finite is skipped and reported, and the weights stay', () => {
  const controller = smallController(1);
  // The input weights' gradient is a multiple of the embeddings, and its square leaves the range of numbers.
  const { all: weights, embeddings, inputWeights } = initialParameters(SHAPE, 1, 0.1);
  embeddings.fill(1e200);
  inputWeights.fill(0);
  const empty = new Float64Array(parameterCount(SHAPE));
  const adam = { firstMoment: empty, secondMoment: empty, beta1Power: 1, beta2Power: 1 };
  controller.restore(writeSnapshot({ weights, adam, proposals: 0, updates: 0, baseline: 0.5 }, SHAPE, 1));
  const proposals = controller.ask(4);
  const report = controller.tell(proposals.map((proposal, place) => ({ ...proposal, reward: place / 4 })));
  expect(report?.skippedEpochs).toBe(3);
  expect(readSnapshot(controller.snapshot(), SHAPE, 1).weights).toEqual(weights);
});
