import { describe, expect, it } from 'vitest';
import { initialOf } from '../../../src/main/child-model/body.ts';
import { dropPathMasks } from '../../../src/main/child-model/drop-path.ts';
import { buildNetwork } from '../../../src/main/child-model/network.ts';
import { Graph } from '../../../src/main/tensor/graph.ts';
import { FAN_OUT, ONES, ZEROS } from '../../../src/main/tensor/initial.ts';
import { Parameters } from '../../../src/main/tensor/parameters.ts';
import { randomUnit } from '../../../src/shared/random.ts';
import {
  type Architecture,
  COMBINATIONS,
  OPERATIONS,
  type Scale,
  STEMS,
} from '../../../src/shared/records/architecture.ts';
import { NASNET_A } from '../../../src/shared/search-space/cells.ts';
import { cost } from '../../../src/shared/search-space/cost.ts';
import { randomArchitecture } from '../../../src/shared/search-space/decisions.ts';
import { planNetwork } from '../../../src/shared/search-space/plan-network.ts';

const BATCH = 2;

const PLAIN = { channels: 3, auxiliary: false, skipReductionInput: false } as const;
const cifar = (normalRepeats: number, filters: number, auxiliary = false): Scale => {
  return { ...PLAIN, stem: 'cifar', normalRepeats, filters, height: 32, width: 32, classes: 10, auxiliary };
};
const imagenet = (normalRepeats: number, filters: number, side: number, extra: Partial<Scale> = {}): Scale => {
  return { ...PLAIN, stem: 'imagenet', normalRepeats, filters, height: side, width: side, classes: 1000, ...extra };
};

/** Counted in the released code by TensorFlow itself (paper-facts): trainable, and with moving statistics. */
const PUBLISHED: readonly (readonly [string, Scale, number, number])[] = [
  ['CIFAR 6 @ 768', cifar(6, 32), 3_346_538, 3_383_786],
  ['CIFAR 6 @ 768 with auxiliary head', cifar(6, 32, true), 4_978_036, 5_017_076],
  ['CIFAR 2 @ 768', cifar(2, 32), 1_294_698, 1_310_442],
  ['CIFAR 7 @ 2304', cifar(7, 96), 32_590_954, 32_718_826],
  ['mobile 4 @ 1056', imagenet(4, 44, 224), 5_289_978, 5_326_716],
  ['mobile 4 @ 1056 with auxiliary head', imagenet(4, 44, 224, { auxiliary: true }), 7_701_218, 7_739_748],
  ['large 6 @ 4032', imagenet(6, 168, 331, { skipReductionInput: true }), 88_753_150, 88_949_818],
  ['large 6 @ 4032 with auxiliary head', imagenet(6, 168, 331, { auxiliary: true }), 93_320_934, 93_519_394],
  ['5 @ 1536', imagenet(5, 64, 299), 12_263_416, 12_327_704],
  ['7 @ 1920', imagenet(7, 80, 299), 24_613_292, 24_720_484],
];

/** Builds the training network, runs nothing, and counts what it declared. */
function build(architecture: Architecture, scale: Scale) {
  const graph = new Graph();
  const parameters = new Parameters(graph);
  const plan = planNetwork(architecture, scale);
  const images = graph.placeholder('images', 'float32', [BATCH, scale.height, scale.width, scale.channels]);
  const progress = graph.placeholder('progress', 'float32', []);
  const chance = graph.placeholder('chance', 'int32', [2]);
  const dropPath = dropPathMasks(plan, { keepFinal: 0.6, progress, chance, batchSize: BATCH, dtype: 'float32' });
  const mode = { kind: 'training', dropPath, dropout: null } as const;
  const network = buildNetwork(plan, { images, parameters, mode, batchNormEpsilon: 1e-5 });
  const count = (banks: readonly string[]) =>
    parameters.entries.filter(({ bank }) => banks.includes(bank)).reduce((sum, { size }) => sum + size, 0);
  return {
    plan,
    network,
    parameters,
    dropPath,
    trainable: count(['kernels', 'vectors']),
    total: count(['kernels', 'vectors', 'statistics']),
  };
}

describe('the network in the graph', () => {
  it.each(PUBLISHED)('has the parameters of NASNet-A, %s', (_name, scale, trainable, total) => {
    const built = build(NASNET_A, scale);
    expect([built.trainable, built.total]).toEqual([trainable, total]);
  });

  it('has the parameters and shapes that the cost reading says, for 200 random architectures', () => {
    for (let seed = 1; seed <= 200; seed++) {
      let draws = 0;
      const uniform = () => randomUnit(seed, draws++);
      const space = { blocks: 1 + (seed % 8), operations: [...OPERATIONS], combinations: [...COMBINATIONS] };
      const architecture = randomArchitecture(space, uniform);
      const scale: Scale = {
        stem: STEMS[seed % 2]!,
        normalRepeats: 1 + (seed % 2),
        filters: 1 + Math.floor(uniform() * 9),
        height: 8 + Math.floor(uniform() * 25),
        width: 8 + Math.floor(uniform() * 25),
        channels: seed % 5 < 2 ? 1 : 3,
        classes: 2 + (seed % 5),
        auxiliary: seed % 3 === 0,
        skipReductionInput: seed % 4 === 0,
      };
      const built = build(architecture, scale);
      const { trainableParameters, totalParameters } = cost(built.plan);
      expect([built.trainable, built.total]).toEqual([trainableParameters, totalParameters]);
      const shapes = built.network.results.map((tensor) => tensor?.shape);
      expect(shapes).toEqual(built.plan.steps.map(({ shape }) => [BATCH, ...shape]));
    }
  });

  it('drops paths on every operation but identity', () => {
    const { dropPath, plan } = build(NASNET_A, cifar(1, 4));
    const operands = plan.cells.flatMap(({ blocks }) => blocks.flatMap(({ left, right }) => [left, right]));
    const dropped = operands.filter(({ operation }) => operation !== 'identity');
    expect([...dropPath.keys()].sort()).toEqual(dropped.map(({ outputStep }) => outputStep).sort());
  });

  it('leaves the auxiliary classifier and its parameters out of inference', () => {
    const scale = cifar(1, 4, true);
    const graph = new Graph();
    const parameters = new Parameters(graph);
    const images = graph.placeholder('images', 'float32', [BATCH, 32, 32, 3]);
    const mode = { kind: 'inference' } as const;
    const plan = planNetwork(NASNET_A, scale);
    const network = buildNetwork(plan, { images, parameters, mode, batchNormEpsilon: 1e-5 });
    expect(network.auxiliaryLogits).toBeNull();
    const size = parameters.entries.reduce((sum, entry) => sum + entry.size, 0);
    expect(size).toBe(cost(planNetwork(NASNET_A, cifar(1, 4))).totalParameters);
  });

  it('starts as the released code does', () => {
    expect(initialOf({ role: 'depthwise' })).toEqual(FAN_OUT);
    expect(initialOf({ role: 'gamma' })).toEqual(ONES);
    expect(initialOf({ role: 'moving_variance' })).toEqual(ONES);
    expect(initialOf({ role: 'bias' })).toEqual(ZEROS);
  });
});
