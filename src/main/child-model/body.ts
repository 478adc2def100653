import {
  type BatchNormStep,
  type ConvolutionStep,
  type DenseStep,
  type DepthwiseStep,
  inputsOf,
  type NetworkPlan,
  type PickStep,
  type PlanVariable,
  type PoolStep,
  type Step,
} from '../../shared/search-space/plan.ts';
import type { Tensor } from '../tensor/graph.ts';
import { FAN_OUT, type Initial, ONES, ZEROS } from '../tensor/initial.ts';
import { add, cast, matMul, mean, multiply, relu } from '../tensor/operations/arithmetic.ts';
import { concat, pad, reshape, stridedSlice } from '../tensor/operations/array.ts';
import {
  avgPool,
  batchNormInference,
  batchNormTraining,
  biasAdd,
  conv2d,
  depthwiseConv2d,
  maxPool,
  pointwiseConv2d,
  softmax,
  zeroStuffed5x5,
} from '../tensor/operations/neural.ts';
import type { ParameterSource } from '../tensor/parameters.ts';

/** What a network does besides its weights' work. */
export type NetworkMode =
  /** Moving statistics, no chance, no auxiliary classifier. */
  | { readonly kind: 'inference' }
  | {
      readonly kind: 'training';
      /** Multipliers [batch, 1, 1, 1] by the index of the drop-path step; a site without one passes its input on. */
      readonly dropPath: ReadonlyMap<number, Tensor>;
      /** Multiplier [batch, features] before the classifier, or null for no dropout. */
      readonly dropout: ((features: Tensor) => Tensor) | null;
    };

export interface NetworkOptions {
  /** Preprocessed images [batch, height, width, channels], in the type that is computed with. */
  readonly images: Tensor;
  readonly parameters: ParameterSource;
  readonly mode: NetworkMode;
  /** Added to a variance in batch normalisation. */
  readonly batchNormEpsilon: number;
}

/** How a variable starts (released code: variance scaling by FAN_OUT for all kernels, slim's defaults for the rest). */
export function initialOf({ role }: Pick<PlanVariable, 'role'>): Initial {
  switch (role) {
    case 'convolution':
    case 'depthwise':
    case 'dense':
      return FAN_OUT;
    case 'gamma':
    case 'moving_variance':
      return ONES;
    case 'bias':
    case 'beta':
    case 'moving_mean':
      return ZEROS;
  }
}

/**
 * A network that grows along its plan. Steps are added in the plan's order whoever asks for them: that is the order in
 * which parameters are declared, and so their layout in every checkpoint.
 */
export class NetworkBody {
  readonly plan: NetworkPlan;
  /** Each step's result by its index; undefined where nothing that was asked for depends on it. */
  readonly results: (Tensor | undefined)[] = [];
  private readonly options: NetworkOptions;
  private readonly needed: ReadonlySet<number>;

  /** @param ends steps that will be asked for, by a head or as features */
  constructor(plan: NetworkPlan, options: NetworkOptions, ends: readonly number[]) {
    this.plan = plan;
    this.options = options;
    this.needed = neededSteps(plan, ends);
  }

  /** A feature map by the name of its endpoint (`Stem`, `Cell_3`, `Reduction_Cell_1`), with everything before it. */
  feature(name: string): Tensor {
    const endpoint = this.plan.endpoints.find((candidate) => candidate.name === name);
    if (endpoint?.shape.length !== 3) throw new RangeError(`The plan has no feature map ${name}.`);
    return this.upTo(endpoint.step);
  }

  /** Adds what is needed up to a step, and gives that one's result. */
  upTo(index: number): Tensor {
    const { graph } = this.options.images;
    for (let next = this.results.length; next <= index; next++) {
      const step = this.plan.steps[next]!;
      this.results.push(this.needed.has(next) ? graph.scope(step.name, () => this.build(next, step)) : undefined);
    }
    return this.result(index);
  }

  private result(index: number): Tensor {
    const tensor = this.results[index];
    if (tensor === undefined) throw new RangeError(`Step ${index} of the plan is read before it is built.`);
    return tensor;
  }

  private build(index: number, step: Step): Tensor {
    switch (step.kind) {
      case 'input':
        return this.options.images;
      case 'convolution':
        return this.convolution(step);
      case 'depthwise':
        return this.depthwise(step);
      case 'batch_norm':
        return this.batchNorm(step);
      case 'relu':
        return relu(this.result(step.input));
      case 'pool':
        return pool(this.result(step.input), step);
      case 'pick':
        return pick(this.result(step.input), step);
      case 'add':
        return add(this.result(step.inputs[0]), this.result(step.inputs[1]));
      case 'concat':
        return concat(
          step.inputs.map((input) => this.result(input)),
          3,
        );
      case 'drop_path':
        return this.dropPath(index, this.result(step.input));
      case 'global_pool':
        return mean(this.result(step.input), { axes: [1, 2] });
      case 'flatten':
        return reshape(this.result(step.input), [this.options.images.shape[0]!, ...step.shape]);
      case 'dropout':
        return this.dropout(this.result(step.input));
      case 'dense':
        return this.dense(step);
      case 'softmax':
        return softmax(this.result(step.input));
    }
  }

  private kernel(variable: PlanVariable): Tensor {
    return this.options.parameters.kernel(variable.name, variable.shape, initialOf(variable));
  }

  private vector(variable: PlanVariable): Tensor {
    return this.options.parameters.vector(variable.name, variable.shape, initialOf(variable));
  }

  private convolution(step: ConvolutionStep): Tensor {
    const { kernel, strides, padding } = step;
    const input = this.result(step.input);
    const weights = this.kernel(step.weights);
    const plain = [...kernel, ...strides].every((size) => size === 1);
    return plain ? pointwiseConv2d(input, weights) : conv2d(input, weights, { strides, padding });
  }

  private depthwise(step: DepthwiseStep): Tensor {
    const { stride, dilation } = step;
    const weights = this.kernel(step.weights);
    const filter = dilation === 2 ? zeroStuffed5x5(weights) : weights;
    return depthwiseConv2d(this.result(step.input), filter, { strides: [stride, stride], padding: 'SAME' });
  }

  private batchNorm(step: BatchNormStep): Tensor {
    const { parameters, mode, batchNormEpsilon: epsilon } = this.options;
    const input = this.result(step.input);
    const gamma = this.vector(step.gamma);
    const beta = this.vector(step.beta);
    const { movingMean, movingVariance } = step;
    if (mode.kind === 'inference') {
      const [average, variance] = [movingMean, movingVariance].map((variable) =>
        parameters.statistic(variable.name, variable.shape, initialOf(variable)),
      );
      return batchNormInference(input, gamma, beta, average!, variance!, { epsilon });
    }
    const { y, mean: average, variance } = batchNormTraining(input, gamma, beta, { epsilon });
    parameters.observe(movingMean.name, movingMean.shape, initialOf(movingMean), average);
    parameters.observe(movingVariance.name, movingVariance.shape, initialOf(movingVariance), variance);
    return y;
  }

  private dropPath(index: number, input: Tensor): Tensor {
    const { mode } = this.options;
    const mask = mode.kind === 'training' ? mode.dropPath.get(index) : undefined;
    return mask ? multiply(input, mask) : input;
  }

  private dropout(input: Tensor): Tensor {
    const { mode } = this.options;
    return mode.kind === 'training' && mode.dropout ? mode.dropout(input) : input;
  }

  /** The class scores are float32 whatever the network computes with: a softmax needs the digits. */
  private dense(step: DenseStep): Tensor {
    const product = matMul(this.result(step.input), this.kernel(step.weights));
    return biasAdd(cast(product, 'float32'), this.vector(step.biases));
  }
}

/** Steps that the ends depend on. A step's place can't tell: a shared one has the place of its first reader. */
export function neededSteps(plan: NetworkPlan, ends: readonly number[]): Set<number> {
  const needed = new Set(ends);
  for (let index = plan.steps.length - 1; index >= 0; index--) {
    if (needed.has(index)) for (const input of inputsOf(plan.steps[index]!)) needed.add(input);
  }
  return needed;
}

function pool(input: Tensor, { mode, kernel, stride, padding }: PoolStep): Tensor {
  const options = { size: [kernel, kernel], strides: [stride, stride], padding } as const;
  return mode === 'max' ? maxPool(input, options) : avgPool(input, options);
}

/** Every second pixel from `offset` on. With an odd size and offset 1 the last one lies beyond the edge and is 0. */
function pick(input: Tensor, { offset, shape }: PickStep): Tensor {
  const [batch, height, width, channels] = input.shape as [number, number, number, number];
  const missing = [2 * shape[0] - 1 + offset - height, 2 * shape[1] - 1 + offset - width] as const;
  const padded =
    missing[0] > 0 || missing[1] > 0
      ? pad(input, [
          [0, 0],
          [0, Math.max(0, missing[0])],
          [0, Math.max(0, missing[1])],
          [0, 0],
        ])
      : input;
  const end = [batch, padded.shape[1]!, padded.shape[2]!, channels];
  return stridedSlice(padded, [0, offset, offset, 0], end, [1, 2, 2, 1]);
}
