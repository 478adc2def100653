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
  /** Whitened images [batch, size, size, 3], in the type that is computed with. */
  readonly images: Tensor;
  readonly parameters: ParameterSource;
  readonly mode: NetworkMode;
  /** Added to a variance in batch normalisation. */
  readonly batchNormEpsilon: number;
}

export interface Network {
  /** float32 [batch, classes]. */
  readonly logits: Tensor;
  /** float32 [batch, classes], in training mode only. */
  readonly auxiliaryLogits: Tensor | null;
  /** Each step's result by its index; undefined where the mode leaves a step out. */
  readonly results: readonly (Tensor | undefined)[];
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
 * Adds the network of a plan to the images' graph. Called once for training and once for evaluation with sources of the
 * same parameters, it gives two networks that share them.
 */
export function buildNetwork(plan: NetworkPlan, options: NetworkOptions): Network {
  const builder = new NetworkBuilder(options);
  const needed = neededSteps(plan, options.mode);
  for (const [index, step] of plan.steps.entries()) builder.append(index, needed.has(index) ? step : null);
  const auxiliary = plan.auxiliaryLogits === null ? undefined : builder.results[plan.auxiliaryLogits];
  return { logits: builder.results[plan.logits]!, auxiliaryLogits: auxiliary ?? null, results: builder.results };
}

/** Steps that the mode's results depend on. A step's place can't tell: a shared one has the place of its first reader. */
function neededSteps(plan: NetworkPlan, mode: NetworkMode): Set<number> {
  const needed = new Set([plan.predictions]);
  if (mode.kind === 'training' && plan.auxiliaryLogits !== null) needed.add(plan.auxiliaryLogits);
  for (let index = plan.steps.length - 1; index >= 0; index--) {
    if (needed.has(index)) for (const input of inputsOf(plan.steps[index]!)) needed.add(input);
  }
  return needed;
}

class NetworkBuilder {
  readonly results: (Tensor | undefined)[] = [];
  private readonly options: NetworkOptions;

  constructor(options: NetworkOptions) {
    this.options = options;
  }

  append(index: number, step: Step | null): void {
    const { graph } = this.options.images;
    this.results.push(step === null ? undefined : graph.scope(step.name, () => this.build(index, step)));
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
