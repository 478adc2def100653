import {
  type Attributes,
  boolAttribute,
  floatAttribute,
  intsAttribute,
  textAttribute,
  typeAttribute,
} from '../attributes.ts';
import { BYTES_PER_ELEMENT, elementCount, type Shape, sameShape } from '../data-types.ts';
import { type Tensor, typeText } from '../graph.ts';
import { addN, matMul, relu } from './arithmetic.ts';
import { reshape, scatterStrided, split } from './array.ts';
import { expectFloating, expectRank, expectSameType } from './shapes.ts';

/** Zeros at [[top, bottom], [left, right]]. */
export type ExplicitPadding = readonly [readonly [number, number], readonly [number, number]];
/** TensorFlow's: SAME puts an odd zero at the bottom or right; VALID reads only whole windows. */
export type Padding = 'SAME' | 'VALID' | ExplicitPadding;

export interface WindowOptions {
  /** [vertical, horizontal]. */
  readonly strides?: readonly [number, number];
  readonly padding: Padding;
}

export interface PoolOptions extends WindowOptions {
  /** [height, width]. */
  readonly size: readonly [number, number];
}

const NHWC = textAttribute('NHWC');

function outputSize(size: number, window: number, stride: number, padding: Padding, axis: 0 | 1): number {
  if (padding === 'SAME') return Math.ceil(size / stride);
  const padded = padding === 'VALID' ? size : size + padding[axis][0] + padding[axis][1];
  return Math.floor((padded - window) / stride) + 1;
}

function windowShape(x: Tensor, window: readonly number[], options: WindowOptions, channels: number): Shape {
  const [batch, height, width] = x.shape as [number, number, number, number];
  const [vertical, horizontal] = options.strides ?? [1, 1];
  const shape = [
    batch,
    outputSize(height, window[0]!, vertical, options.padding, 0),
    outputSize(width, window[1]!, horizontal, options.padding, 1),
    channels,
  ];
  if (shape[1]! < 1 || shape[2]! < 1) {
    throw new RangeError(
      `A ${window[0]}x${window[1]} window does not fit into ${typeText(x)} (${x.name}) with this padding.`,
    );
  }
  return shape;
}

/** Attributes of a window; there is never one for dilation, which TensorFlow's CPU gradients ignore silently. */
function windowAttributes(x: Tensor, options: WindowOptions): Attributes {
  const [vertical, horizontal] = options.strides ?? [1, 1];
  const shared = { T: typeAttribute(x.dtype), strides: intsAttribute([1, vertical, horizontal, 1]), data_format: NHWC };
  if (typeof options.padding === 'string') return { ...shared, padding: textAttribute(options.padding) };
  const explicit = [0, 0, ...options.padding[0], ...options.padding[1], 0, 0];
  return { ...shared, padding: textAttribute('EXPLICIT'), explicit_paddings: intsAttribute(explicit) };
}

/** Convolution of [batch, height, width, in] with a filter [height, width, in, out]. */
export function conv2d(x: Tensor, filter: Tensor, options: WindowOptions): Tensor {
  expectRank('conv2d', x, 4);
  expectRank('conv2d filter', filter, 4);
  expectFloating('conv2d', x);
  expectSameType('conv2d', x, filter);
  if (x.shape[3] !== filter.shape[2]) {
    throw new TypeError(`conv2d's filter ${typeText(filter)} does not fit the channels of ${typeText(x)} (${x.name}).`);
  }
  const shape = windowShape(x, filter.shape, options, filter.shape[3]!);
  return x.graph.add('Conv2D', [x, filter], windowAttributes(x, options), [{ dtype: x.dtype, shape }]).outputs[0]!;
}

/**
 * From this many bytes on, a concatenation is not made for a 1x1 convolution of it (measured at 2 readers of six maps:
 * [32, 32, 32, 6 x 32] 52 to 38 ms forward and backward, [32, 32, 32, 6 x 8] 13 to 7, [32, 8, 8, 6 x 32] equal).
 */
const WORTHWHILE_BYTES = 2 ** 21;

/**
 * A 1x1 convolution with stride 1, as a matrix product over all places: on a CPU never slower than TensorFlow's
 * convolution, forward and backward. Of a large concatenation (or its ReLU) it is the sum of the pieces' products, so
 * that the concatenation, and the cutting of its gradient, need not be computed.
 */
export function pointwiseConv2d(x: Tensor, filter: Tensor): Tensor {
  expectRank('pointwiseConv2d', x, 4);
  const [height, width, inputs, outputs] = filter.shape as [number, number, number, number];
  if (filter.shape.length !== 4 || height !== 1 || width !== 1 || inputs !== x.shape[3]) {
    throw new TypeError(`pointwiseConv2d's filter ${typeText(filter)} does not fit ${typeText(x)} (${x.name}).`);
  }
  const pieces = piecesOf(x);
  const widths = pieces.map(({ shape }) => shape[3]!);
  const weights = split(reshape(filter, [inputs, outputs]), widths, 0);
  const products = pieces.map((piece, index) => matMul(reshape(piece, [-1, widths[index]!]), weights[index]!));
  return reshape(addN(products), [...x.shape.slice(0, 3), outputs]);
}

/** The maps that a large concatenation on channels joins, each with its ReLU where the whole has one; or the map itself. */
function piecesOf(x: Tensor): readonly Tensor[] {
  const rectified = x.node.op === 'Relu';
  const joined = rectified ? x.node.inputs[0]! : x;
  const large = !x.shape.includes(-1) && elementCount(x.shape) * BYTES_PER_ELEMENT[x.dtype] >= WORTHWHILE_BYTES;
  if (joined.node.op !== 'ConcatV2' || !large || /gpu/i.test(x.graph.currentDevice)) return [x];
  const pieces = joined.node.inputs.slice(0, -1);
  const onChannels = pieces.every(({ shape }) => sameShape(shape.slice(0, 3), x.shape.slice(0, 3)));
  if (!onChannels) return [x];
  return rectified ? pieces.map(relu) : pieces;
}

/**
 * Each channel convolved with its own filter [height, width, channels, 1]. Strides must be equal: TensorFlow's kernel
 * on the CPU refuses others.
 */
export function depthwiseConv2d(x: Tensor, filter: Tensor, options: WindowOptions): Tensor {
  expectRank('depthwiseConv2d', x, 4);
  expectRank('depthwiseConv2d filter', filter, 4);
  expectFloating('depthwiseConv2d', x);
  expectSameType('depthwiseConv2d', x, filter);
  const [vertical, horizontal] = options.strides ?? [1, 1];
  if (vertical !== horizontal)
    throw new RangeError(`depthwiseConv2d needs equal strides, not ${vertical} and ${horizontal}.`);
  if (x.shape[3] !== filter.shape[2] || filter.shape[3] !== 1) {
    throw new TypeError(
      `depthwiseConv2d's filter ${typeText(filter)} does not fit the channels of ${typeText(x)} (${x.name}).`,
    );
  }
  const shape = windowShape(x, filter.shape, options, filter.shape[2]!);
  const attributes = windowAttributes(x, options);
  return x.graph.add('DepthwiseConv2dNative', [x, filter], attributes, [{ dtype: x.dtype, shape }]).outputs[0]!;
}

/**
 * A 3x3 filter [3, 3, …] as the 5x5 one with zeros between: a convolution with rate 2. Written out because TensorFlow's
 * depthwise gradients on the CPU ignore a `dilations` attribute without an error.
 */
export function zeroStuffed5x5(filter: Tensor): Tensor {
  expectRank('zeroStuffed5x5', filter, 4);
  if (filter.shape[0] !== 3 || filter.shape[1] !== 3)
    throw new TypeError(`zeroStuffed5x5 needs 3x3, not ${typeText(filter)}.`);
  const shape = [5, 5, ...filter.shape.slice(2)];
  return scatterStrided(filter, shape, [0, 0, 0, 0], shape, [2, 2, 1, 1]);
}

function pool(op: string, x: Tensor, options: PoolOptions): Tensor {
  expectRank(op, x, 4);
  expectFloating(op, x);
  if (typeof options.padding !== 'string') throw new TypeError(`${op} pads SAME or VALID.`);
  const attributes = { ...windowAttributes(x, options), ksize: intsAttribute([1, ...options.size, 1]) };
  const shape = windowShape(x, options.size, options, x.shape[3]!);
  return x.graph.add(op, [x], attributes, [{ dtype: x.dtype, shape }]).outputs[0]!;
}

/** The largest element of each window. */
export const maxPool = (x: Tensor, options: PoolOptions): Tensor => pool('MaxPool', x, options);
/** The mean of each window; SAME padding counts in no average. */
export const avgPool = (x: Tensor, options: PoolOptions): Tensor => pool('AvgPool', x, options);

/** Adds a bias [channels] to the last axis. */
export function biasAdd(x: Tensor, bias: Tensor): Tensor {
  expectRank('biasAdd bias', bias, 1);
  const dtype = expectSameType('biasAdd', x, bias);
  if (x.shape.at(-1) !== bias.shape[0])
    throw new TypeError(`biasAdd's ${typeText(bias)} does not fit ${typeText(x)} (${x.name}).`);
  const attributes = { T: typeAttribute(dtype), data_format: NHWC };
  return x.graph.add('BiasAdd', [x, bias], attributes, [x]).outputs[0]!;
}

export interface BatchNormResult {
  /** As the input, normalised. */
  readonly y: Tensor;
  /** Of the batch [channels] (training) or the given one. */
  readonly mean: Tensor;
  /** Of the batch, unbiased (Bessel's correction), as moving averages keep it. */
  readonly variance: Tensor;
}

export interface BatchNormOptions {
  /** Added to the variance. */
  readonly epsilon: number;
}

/**
 * Batch normalisation of [batch, height, width, channels] by the batch's own statistics. `scale` and `offset` are
 * float32 [channels] whatever the type of `x`; the statistics too.
 */
export function batchNormTraining(
  x: Tensor,
  scale: Tensor,
  offset: Tensor,
  options: BatchNormOptions,
): BatchNormResult {
  const empty = x.graph.constant([], 'float32', [0]);
  return batchNorm(x, [scale, offset, empty, empty], options, true);
}

/** Batch normalisation by given statistics, float32 [channels]. */
export function batchNormInference(
  x: Tensor,
  scale: Tensor,
  offset: Tensor,
  mean: Tensor,
  variance: Tensor,
  options: BatchNormOptions,
): Tensor {
  return batchNorm(x, [scale, offset, mean, variance], options, false).y;
}

function batchNorm(
  x: Tensor,
  vectors: readonly Tensor[],
  options: BatchNormOptions,
  training: boolean,
): BatchNormResult {
  expectRank('batchNorm', x, 4);
  const channels = x.shape[3]!;
  for (const vector of vectors) {
    const size = vector.shape[0];
    if (vector.dtype !== 'float32' || vector.shape.length !== 1 || (size !== channels && !(training && size === 0))) {
      throw new TypeError(
        `batchNorm of ${typeText(x)} needs float32 [${channels}], not ${typeText(vector)} (${vector.name}).`,
      );
    }
  }
  const statistic = { dtype: 'float32', shape: [channels] } as const;
  const attributes = {
    T: typeAttribute(x.dtype),
    U: typeAttribute('float32'),
    epsilon: floatAttribute(options.epsilon),
    data_format: NHWC,
    is_training: boolAttribute(training),
  };
  // The last output is used on GPUs only and is empty on a CPU; only the gradient kernel reads it.
  const outputs = [x, statistic, statistic, statistic, statistic, statistic];
  const node = x.graph.add('FusedBatchNormV3', [x, ...vectors], attributes, outputs);
  return { y: node.outputs[0]!, mean: node.outputs[1]!, variance: node.outputs[2]! };
}

export function softmax(logits: Tensor): Tensor {
  return logits.graph.add('Softmax', [logits], { T: typeAttribute(logits.dtype) }, [logits]).outputs[0]!;
}

/** Cross-entropy [batch] of logits [batch, classes] with int32 classes [batch]. */
export function sparseSoftmaxCrossEntropy(logits: Tensor, classes: Tensor): Tensor {
  expectRank('sparseSoftmaxCrossEntropy', logits, 2);
  const attributes = { T: typeAttribute(logits.dtype), Tlabels: typeAttribute(classes.dtype) };
  const outputs = [{ dtype: logits.dtype, shape: [logits.shape[0]!] }, logits];
  return logits.graph.add('SparseSoftmaxCrossEntropyWithLogits', [logits, classes], attributes, outputs).outputs[0]!;
}

/** Cross-entropy [batch] of logits [batch, classes] with distributions of the same shape. */
export function softmaxCrossEntropy(logits: Tensor, labels: Tensor): Tensor {
  expectRank('softmaxCrossEntropy', logits, 2);
  const dtype = expectSameType('softmaxCrossEntropy', logits, labels);
  const outputs = [{ dtype, shape: [logits.shape[0]!] }, logits];
  const attributes = { T: typeAttribute(dtype) };
  return logits.graph.add('SoftmaxCrossEntropyWithLogits', [logits, labels], attributes, outputs).outputs[0]!;
}
