import '../tensor/environment.ts';
import type * as Tfjs from '@tensorflow/tfjs-node-gpu';
import { describe, expect, it } from 'vitest';
import { classificationLoss } from '../../../src/main/child-model/classification-loss.ts';
import { buildNetwork } from '../../../src/main/child-model/network.ts';
import { tensorFlow } from '../../../src/main/tensor/backend.ts';
import { Graph } from '../../../src/main/tensor/graph.ts';
import { Parameters } from '../../../src/main/tensor/parameters.ts';
import { Session } from '../../../src/main/tensor/session.ts';
import { trainingStep } from '../../../src/main/tensor/training-step.ts';
import { randomNormal } from '../../../src/shared/random.ts';
import type { Scale } from '../../../src/shared/records/architecture.ts';
import { NASNET_A } from '../../../src/shared/search-space/cells.ts';
import { planNetwork } from '../../../src/shared/search-space/plan-network.ts';
import { EagerNasnetA } from './eager-nasnet-a.ts';

const EPSILON = 1e-5;
const WEIGHT_DECAY = 5e-4;
const AUXILIARY_WEIGHT = 0.4;
const SMOOTHING = 0.1;
const BATCH = 4;
const CLASSES = 3;
/** The requirement, relative in norm. */
const TOLERANCE = 1e-4;

const classes = Int32Array.from({ length: BATCH }, (_, index) => index % CLASSES);

function scaleOf(filters: number, imageSize: number, normalRepeats: number): Scale {
  const shared = { stem: 'cifar', auxiliary: true, skipReductionInput: false, classes: CLASSES } as const;
  return { ...shared, filters, imageSize, normalRepeats };
}

/** One step with rate 1 and no momentum takes the weights from w to w − gradient. */
function graphGradients(scale: Scale, images: Float32Array) {
  const graph = new Graph();
  const parameters = new Parameters(graph);
  const { imageSize } = scale;
  const input = graph.placeholder('images', 'float32', [BATCH, imageSize, imageSize, 3]);
  const plan = planNetwork(NASNET_A, scale);
  const mode = { kind: 'training', dropPath: new Map(), dropout: null } as const;
  const network = buildNetwork(plan, { images: input, parameters, mode, batchNormEpsilon: EPSILON });
  const labels = graph.constant(classes, 'int32', [BATCH]);
  const step = trainingStep({
    parameters,
    loss: classificationLoss(network, labels, { labelSmoothing: SMOOTHING, auxiliaryWeight: AUXILIARY_WEIGHT }),
    optimizer: { kind: 'momentum', momentum: 0, nesterov: false },
    learningRate: graph.constant(1, 'float32'),
    weightDecay: WEIGHT_DECAY,
    clipNorm: 0,
    statisticsDecay: 0.9,
  });
  const banks = (['kernels', 'vectors'] as const).map((bank) => parameters.bank(bank)!.value);
  const session = Session.open(graph);
  try {
    step.initialise(session, 7);
    const before = session.run(banks) as Float32Array[];
    const [loss] = session.run([step.loss, step.done], new Map([[input, images]])) as [Float32Array];
    const after = session.run(banks) as Float32Array[];
    const gradients = before.map((bank, index) => bank.map((value, at) => value - after[index]![at]!));
    const cut = (from: readonly Float32Array[]) =>
      new Map(
        parameters.entries
          .filter(({ bank }) => bank !== 'statistics')
          .map(({ name, bank, shape, offset, size }) => {
            const values = from[bank === 'kernels' ? 0 : 1]!.slice(offset, offset + size);
            return [name, { shape, values, decays: bank === 'kernels' }] as const;
          }),
      );
    return { loss: loss[0]!, weights: cut(before), gradients: cut(gradients) };
  } finally {
    session.close();
  }
}

type Named = ReturnType<typeof graphGradients>['weights'];

function eagerGradients(tf: typeof Tfjs, scale: Scale, images: Float32Array, weights: Named) {
  const variables = new Map(
    [...weights].map(([name, { shape, values }]) => [name, tf.variable(tf.tensor(values, [...shape]), true, name)]),
  );
  const read = new Set<string>();
  const network = new EagerNasnetA(
    tf,
    (name) => {
      read.add(name);
      const variable = variables.get(name);
      if (!variable) throw new Error(`The graph has no parameter ${name}.`);
      return variable;
    },
    EPSILON,
  );
  const input = tf.tensor4d(images, [BATCH, scale.imageSize, scale.imageSize, 3]);
  const labels = tf.oneHot(tf.tensor1d(classes, 'int32'), CLASSES);
  const loss = (): Tfjs.Scalar => {
    const { logits, auxiliary } = network.scores(input, scale.filters, scale.normalRepeats);
    const entropy = (scores: Tfjs.Tensor2D) => tf.losses.softmaxCrossEntropy(labels, scores, undefined, SMOOTHING);
    let total = tf.add(entropy(logits), tf.mul(entropy(auxiliary), AUXILIARY_WEIGHT));
    for (const [name, variable] of variables) {
      if (weights.get(name)!.decays) total = tf.add(total, tf.mul(tf.sum(tf.square(variable)), WEIGHT_DECAY / 2));
    }
    return total as Tfjs.Scalar;
  };
  const { value, grads } = tf.variableGrads(loss, [...variables.values()]);
  const gradients = new Map(Object.entries(grads).map(([name, gradient]) => [name, gradient.dataSync()]));
  return { loss: value.dataSync()[0]!, gradients, read };
}

/** Squares of the distance and of the second's length. */
function squares(a: Iterable<number>, b: ArrayLike<number>): { difference: number; norm: number } {
  let difference = 0;
  let norm = 0;
  let index = 0;
  for (const value of a) {
    difference += (value - b[index]!) ** 2;
    norm += b[index]! ** 2;
    index++;
  }
  return { difference, norm };
}

describe('a NASNet-A child and the same network in tfjs eager', () => {
  it.each([
    ['N=1, F=4, 16x16', scaleOf(4, 16, 1)],
    ['N=2, F=2, 15x15, so that maps have odd sizes', scaleOf(2, 15, 2)],
  ])('have the same parameters, loss and gradient (%s)', (_name, scale) => {
    const tf = tensorFlow() as unknown as typeof Tfjs;
    const count = BATCH * scale.imageSize ** 2 * 3;
    const images = Float32Array.from({ length: count }, (_, index) => randomNormal(3, index));
    const ours = graphGradients(scale, images);
    const eager = eagerGradients(tf, scale, images, ours.weights);
    expect([...eager.read].sort()).toEqual([...ours.weights.keys()].sort());
    expect(Math.abs(ours.loss - eager.loss) / eager.loss).toBeLessThan(1e-5);
    const total = { difference: 0, norm: 0 };
    for (const [name, { values }] of ours.gradients) {
      const { difference, norm } = squares(values, eager.gradients.get(name)!);
      total.difference += difference;
      total.norm += norm;
    }
    expect(total.norm).toBeGreaterThan(0);
    expect(Math.sqrt(total.difference / total.norm)).toBeLessThan(TOLERANCE);
    tf.disposeVariables();
  });
});
