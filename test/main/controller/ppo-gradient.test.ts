import { expect, test } from 'vitest';
import {
  initialParameters,
  type Parameters,
  type PolicyShape,
  parameterCount,
  parametersOver,
  type TensorName,
  tensorLengths,
} from '../../../src/main/controller/parameters.ts';
import { Policy } from '../../../src/main/controller/policy.ts';
import {
  addPpoGradient,
  decisionLogProbabilities,
  type PolicyBatch,
  ppoObjective,
  replay,
} from '../../../src/main/controller/ppo-objective.ts';
import { randomNormal, randomUnit } from '../../../src/shared/random.ts';

import { PAPER_SIZES } from './controller-setting.ts';

const STEP = 1e-5;
const BAR = 1e-6;

interface Setting {
  name: string;
  shape: PolicyShape;
  count: number;
  /** Weights uniform in ± this: 0.1 is the paper's, 0.6 leaves the LSTM's linear range. */
  range: number;
  /** How far the sampling policy lies from the policy whose gradient is taken; moves ratios past the clip. */
  drift: number;
  entropyWeight: number;
}

const SETTINGS: Setting[] = [
  {
    name: 'the paper’s space and 100 units',
    shape: { sizes: PAPER_SIZES, hiddenUnits: 100 },
    count: 3,
    range: 0.1,
    drift: 0.1,
    entropyWeight: 0.00001,
  },
  {
    name: 'a small network away from its linear range, with a strong entropy bonus',
    shape: { sizes: [2, 2, 5, 5, 2, 3, 3, 5, 5, 1], hiddenUnits: 7 },
    count: 5,
    range: 0.6,
    drift: 0.1,
    entropyWeight: 0.3,
  },
];

/** A batch from a policy nearby, so that ratios differ from 1 and some are clipped, none at the clip's kink. */
function batchFor({ shape, count, range, drift }: Setting): { parameters: Parameters; batch: PolicyBatch } {
  const parameters = initialParameters(shape, 5, range);
  const sampling = new Float64Array(parameters.all);
  for (let index = 0; index < sampling.length; index++) sampling[index]! += drift * randomNormal(6, index);
  const rollout = new Policy(shape, parametersOver(sampling, shape)).run(count, ({ shape: { sizes } }, t, i) =>
    Math.floor(sizes[t]! * randomUnit(7, i, t)),
  );
  const batch: PolicyBatch = {
    decisions: Array.from({ length: count }, (_, i) => shape.sizes.map((_size, t) => rollout.chosen[t * count + i]!)),
    advantages: Array.from({ length: count }, (_, i) => randomNormal(8, i)),
    sampledLogProbabilities: decisionLogProbabilities(rollout),
  };
  return { parameters, batch };
}

for (const setting of SETTINGS) {
  const { parameters, batch } = batchFor(setting);
  const settings = { clipRatio: 0.2, entropyWeight: setting.entropyWeight };
  const policy = new Policy(setting.shape, parameters);
  const rollout = replay(policy, batch.decisions);
  const gradient = parametersOver(new Float64Array(parameterCount(setting.shape)), setting.shape);
  addPpoGradient(policy, rollout, batch, settings, gradient);

  const objectiveAt = (weights: Float64Array): number => {
    const moved = new Policy(setting.shape, parametersOver(weights, setting.shape));
    return ppoObjective(replay(moved, batch.decisions), batch, settings);
  };
  /** Central difference along a direction, which is zero outside of the tensor when one is named. */
  const slopeAlong = (direction: Float64Array): number => {
    const move = (length: number) => parameters.all.map((weight, index) => weight + length * direction[index]!);
    return (objectiveAt(move(STEP)) - objectiveAt(move(-STEP))) / (2 * STEP);
  };

  test(`for ${setting.name}, the batch has clipped and unclipped ratios, all away from the kink`, () => {
    const now = decisionLogProbabilities(rollout);
    const ratios = Array.from(now, (value, row) => Math.exp(value - batch.sampledLogProbabilities[row]!));
    const toKink = ratios.map((ratio) => Math.abs(Math.abs(ratio - 1) - settings.clipRatio));
    expect(Math.min(...toKink)).toBeGreaterThan(1e-4);
    const clipped = ratios.filter((ratio) => Math.abs(ratio - 1) > settings.clipRatio).length;
    expect(clipped).toBeGreaterThan(0);
    expect(clipped).toBeLessThan(ratios.length);
  });

  test(`for ${setting.name}, the gradient agrees with central differences along ten random directions`, () => {
    let differences = 0;
    let squares = 0;
    for (let direction = 0; direction < 10; direction++) {
      const along = parameters.all.map((_, index) => randomNormal(9, index, direction));
      const expected = slopeAlong(along);
      const actual = gradient.all.reduce((sum, value, index) => sum + value * along[index]!, 0);
      differences += (actual - expected) ** 2;
      squares += expected ** 2;
    }
    const error = Math.sqrt(differences / squares);
    console.info(`${setting.name}: relative error ${error.toExponential(2)} along ten directions`);
    expect(error).toBeLessThan(BAR);
  });

  test(`for ${setting.name}, each tensor’s gradient agrees with central differences coordinate by coordinate`, () => {
    let start = 0;
    for (const [name, length] of tensorLengths(setting.shape)) {
      const error = coordinateError(name, start, length);
      expect(error, `relative error of ${name}`).toBeLessThan(BAR);
      start += length;
    }
  });

  /** Relative error in norm over the six largest coordinates of a tensor's gradient and six random ones. */
  function coordinateError(name: TensorName, start: number, length: number): number {
    const bySize = Array.from(gradient[name].keys()).sort(
      (a, b) => Math.abs(gradient[name][b]!) - Math.abs(gradient[name][a]!),
    );
    const random = Array.from({ length: 6 }, (_, index) => Math.floor(length * randomUnit(10, index)));
    let differences = 0;
    let squares = 0;
    for (const coordinate of [...bySize.slice(0, 6), ...random]) {
      const direction = new Float64Array(parameters.all.length);
      direction[start + coordinate] = 1;
      const expected = slopeAlong(direction);
      differences += (gradient[name][coordinate]! - expected) ** 2;
      squares += expected ** 2;
    }
    return Math.sqrt(differences / squares);
  }
}
