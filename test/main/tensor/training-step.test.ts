import './environment.ts';
import { describe, expect, it } from 'vitest';
import { Graph, type Tensor } from '../../../src/main/tensor/graph.ts';
import { augment, whiten } from '../../../src/main/tensor/images.ts';
import { FAN_OUT, ONES, ZEROS } from '../../../src/main/tensor/initial.ts';
import * as math from '../../../src/main/tensor/operations/arithmetic.ts';
import { reshape } from '../../../src/main/tensor/operations/array.ts';
import * as neural from '../../../src/main/tensor/operations/neural.ts';
import { Parameters } from '../../../src/main/tensor/parameters.ts';
import { type FeedValue, Session } from '../../../src/main/tensor/session.ts';
import { StateBlock } from '../../../src/main/tensor/state-block.ts';
import { averageDecayAt, type TrainingStepOptions, trainingStep } from '../../../src/main/tensor/training-step.ts';
import { randomUint32 } from '../../../src/shared/random.ts';

type Precision = 'float32' | 'bfloat16' | 'float16';

const BATCH = 16;
const IMAGES = Uint8Array.from({ length: BATCH * 8 * 8 * 3 }, (_, index) => randomUint32(1, index) & 255);
const CLASSES = Int32Array.from({ length: BATCH }, (_, index) => index % 4);

const COMMON = {
  optimizer: { kind: 'momentum', momentum: 0.9, nesterov: true },
  weightDecay: 1e-3,
  clipNorm: 5,
  statisticsDecay: 0.9,
} as const;

/** A network with every kind of parameter, trained with everything that depends on chance. */
class SmallTraining {
  readonly session: Session;
  readonly block: StateBlock;
  private readonly run: (step: number) => { loss: number; norm: number };

  constructor(precision: Precision = 'float32', overrides: Partial<TrainingStepOptions> = {}) {
    const graph = new Graph();
    const parameters = new Parameters(graph, { computeType: precision });
    const images = graph.placeholder('images', 'uint8', [BATCH, 8, 8, 3]);
    const classes = graph.placeholder('classes', 'int32', [BATCH]);
    const seed = graph.placeholder('seed', 'int32', [2]);
    const rate = graph.placeholder('rate', 'float32', []);
    const decay = graph.placeholder('decay', 'float32', []);
    const augmented = augment(whiten(images), seed, { flip: true, cropPadding: 1, cutout: 2 });
    const logits = smallNetwork(math.cast(augmented, precision), parameters);
    const loss = math.mean(neural.sparseSoftmaxCrossEntropy(logits, classes));
    const options = { ...COMMON, scaleLoss: precision === 'float16', ...overrides };
    const step = trainingStep({ parameters, loss, learningRate: rate, averageDecay: decay, ...options });
    this.block = new StateBlock(graph, step.state);
    this.session = Session.open(graph);
    step.initialise(this.session, 7);
    const run = this.session.prepare([step.done, step.loss, step.gradientNorm], [images, classes, seed, rate, decay]);
    this.run = (at) => {
      const values: FeedValue[] = [IMAGES, CLASSES, Int32Array.of(5, at), 0.05, averageDecayAt(at, 0.99)];
      const [, lossData, norm] = run(values) as [Uint8Array, Float32Array, Float32Array];
      return { loss: lossData[0]!, norm: norm[0]! };
    };
  }

  train(from: number, to: number): number[] {
    return Array.from({ length: to - from }, (_, index) => this.run(from + index).loss);
  }

  bytes(): Buffer {
    return Buffer.from(this.block.read(this.session));
  }
}

function smallNetwork(images: Tensor, parameters: Parameters): Tensor {
  let x = images;
  for (const [layer, channels] of [8, 13].entries()) {
    const depthwise = parameters.kernel(`depthwise${layer}`, [3, 3, x.shape[3]!, 1], FAN_OUT);
    x = neural.depthwiseConv2d(x, depthwise, { strides: [2, 2], padding: 'SAME' });
    x = neural.pointwiseConv2d(x, parameters.kernel(`pointwise${layer}`, [1, 1, x.shape[3]!, channels], FAN_OUT));
    const scale = parameters.vector(`scale${layer}`, [channels], ONES);
    const normal = neural.batchNormTraining(x, scale, parameters.vector(`offset${layer}`, [channels], ZEROS), {
      epsilon: 1e-5,
    });
    parameters.observe(`mean${layer}`, [channels], ZEROS, normal.mean);
    parameters.observe(`variance${layer}`, [channels], ONES, normal.variance);
    x = math.relu(normal.y);
  }
  const product = math.matMul(math.mean(x, { axes: [1, 2] }), parameters.kernel('dense', [13, 4], FAN_OUT));
  return neural.biasAdd(math.cast(product, 'float32'), parameters.vector('bias', [4], ZEROS));
}

describe('a training step', () => {
  it.each(['float32', 'bfloat16', 'float16'] as const)(
    'with %s gives the same bytes twice, and goes on from a state block as if never interrupted',
    (precision) => {
      const first = new SmallTraining(precision);
      const losses = first.train(0, 10);
      const middle = first.bytes();
      losses.push(...first.train(10, 20));
      const end = first.bytes();
      first.session.close();

      const second = new SmallTraining(precision);
      expect(second.train(0, 20)).toEqual(losses);
      expect(second.bytes().equals(end)).toBe(true);
      second.train(20, 23);
      expect(second.bytes().equals(end)).toBe(false);
      second.block.write(second.session, middle);
      expect(second.bytes().equals(middle)).toBe(true);
      expect(second.train(10, 20)).toEqual(losses.slice(10));
      expect(second.bytes().equals(end)).toBe(true);
      second.session.close();
    },
  );

  it.each(['float32', 'bfloat16', 'float16'] as const)('learns in %s', (precision) => {
    const training = new SmallTraining(precision);
    const losses = training.train(0, 200);
    training.session.close();
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(losses.slice(-20))).toBeLessThan(0.75 * mean(losses.slice(0, 20)));
  });

  it('refuses a state block of another size', () => {
    const training = new SmallTraining();
    expect(() => training.block.write(training.session, new Uint8Array(8))).toThrow(/The state has \d+ bytes, not 8/);
    training.session.close();
  });
});

/** A kernel and a vector whose gradients are what is fed: every figure can be worked out by hand. */
function linear(overrides: Partial<TrainingStepOptions>) {
  const graph = new Graph();
  const parameters = new Parameters(graph);
  const kernel = parameters.kernel('kernel', [4, 1], { kind: 'constant', value: 2 });
  const vector = parameters.vector('vector', [4], { kind: 'constant', value: 1 });
  const slopes = graph.placeholder('slopes', 'float32', [4]);
  const rate = graph.placeholder('rate', 'float32', []);
  const decay = graph.placeholder('decay', 'float32', []);
  parameters.observe('statistic', [4], ZEROS, slopes);
  const loss = math.add(math.sum(math.multiply(reshape(kernel, [4]), slopes)), math.sum(math.multiply(vector, slopes)));
  const plain = { optimizer: { kind: 'momentum', momentum: 0, nesterov: false }, weightDecay: 0, clipNorm: 0 } as const;
  const options = { ...plain, statisticsDecay: 0.75, averageDecay: decay, ...overrides };
  const step = trainingStep({ parameters, loss, learningRate: rate, ...options });
  const banks = (['kernels', 'vectors', 'statistics'] as const).map((name) => parameters.bank(name)!.value);
  const averages = [step.averages!.kernels!, step.averages!.vectors!];
  const block = new StateBlock(graph, step.state);
  const session = Session.open(graph);
  step.initialise(session, 1);
  const run = session.prepare([step.done, step.loss, step.gradientNorm], [slopes, rate, decay]);
  return {
    session,
    block,
    run: (values: readonly number[], learningRate: number, averageDecay = 0) =>
      (run([Float32Array.from(values), learningRate, averageDecay]) as Float32Array[]).slice(1).map((data) => data[0]!),
    values: () => session.run([...banks, ...averages]).map((data) => [...(data as Float32Array).subarray(0, 4)]),
    state: () => session.run(step.state.map(({ value }) => value)) as Float32Array[],
  };
}

describe('the figures of a training step', () => {
  it('add weight decay to the loss, to the kernels’ gradient and to nothing else', () => {
    const { run, values, session } = linear({ weightDecay: 0.5 });
    const [loss, norm] = run([1, 2, 3, 4], 0.1);
    // 2 · 10 + 10 of the data, 0.5 · (4 · 2²) / 2 of the decay.
    expect(loss).toBeCloseTo(34, 5);
    const ofKernel = [2, 3, 4, 5];
    expect(norm).toBeCloseTo(Math.hypot(...ofKernel, 1, 2, 3, 4), 5);
    const [kernel, vector] = values();
    for (const [index, value] of kernel!.entries()) expect(value).toBeCloseTo(2 - 0.1 * ofKernel[index]!, 6);
    for (const [index, value] of vector!.entries()) expect(value).toBeCloseTo(1 - 0.1 * (index + 1), 6);
    session.close();
  });

  it('clip the whole gradient to its largest norm, and leave a smaller one alone', () => {
    const { run, values, session } = linear({ clipNorm: 1 });
    const norm = Math.hypot(1, 2, 3, 4, 1, 2, 3, 4);
    expect(run([1, 2, 3, 4], 1)[1]).toBeCloseTo(norm, 5);
    const [kernel, vector] = values();
    for (let index = 0; index < 4; index++) {
      expect(kernel![index]).toBeCloseTo(2 - (index + 1) / norm, 6);
      expect(vector![index]).toBeCloseTo(1 - (index + 1) / norm, 6);
    }
    run([0.1, 0, 0, 0], 1);
    expect(values()[0]![0]).toBeCloseTo(2 - 1 / norm - 0.1, 6);
    session.close();
  });

  it('move statistics towards what was observed, and averages towards the new weights', () => {
    const { run, values, session } = linear({});
    run([4, 8, 0, -4], 0.25, 0.9);
    const [kernel, vector, statistics, kernelAverage, vectorAverage] = values();
    expect(statistics).toEqual([1, 2, 0, -1]);
    expect(kernel).toEqual([1, 0, 2, 3]);
    for (let index = 0; index < 4; index++) {
      expect(kernelAverage![index]).toBeCloseTo(0.9 * 2 + 0.1 * kernel![index]!, 6);
      expect(vectorAverage![index]).toBeCloseTo(0.9 * 1 + 0.1 * vector![index]!, 6);
    }
    session.close();
  });

  it('with loss scaling change nothing but the scale where a gradient is not finite', () => {
    const { run, values, state, session } = linear({
      scaleLoss: true,
      optimizer: { kind: 'momentum', momentum: 0.9, nesterov: false },
    });
    run([1, 2, 3, 4], 0.1, 0.5);
    const before = state();
    expect([...before.at(-1)!]).toEqual([2 ** 15, 1]);
    const [, norm] = run([1, Number.POSITIVE_INFINITY, 3, 4], 0.1, 0.5);
    expect(norm).toBe(Number.POSITIVE_INFINITY);
    const after = state();
    expect([...after.at(-1)!]).toEqual([2 ** 14, 0]);
    expect(after.slice(0, -1)).toEqual(before.slice(0, -1));
    run([1, 2, 3, 4], 0.1, 0.5);
    expect(values()[0]![0]).toBeCloseTo(2 - 0.1 - 0.19, 6);
    session.close();
  });

  it('with loss scaling double the scale after 2,000 finite steps in a row', () => {
    const { run, block, session, state } = linear({ scaleLoss: true });
    const bytes = block.read(session);
    const scale = new DataView(bytes.buffer, block.layout.at(-1)!.offset);
    scale.setFloat32(4, 1998, true);
    block.write(session, bytes);
    run([1, 2, 3, 4], 0.1);
    expect([...state().at(-1)!]).toEqual([2 ** 15, 1999]);
    run([1, 2, 3, 4], 0.1);
    expect([...state().at(-1)!]).toEqual([2 ** 16, 0]);
    session.close();
  });

  it('use a low average decay at first', () => {
    expect(averageDecayAt(0, 0.9999)).toBeCloseTo(0.1, 12);
    expect(averageDecayAt(90, 0.9999)).toBeCloseTo(0.91, 12);
    expect(averageDecayAt(1_000_000, 0.9999)).toBe(0.9999);
  });
});
