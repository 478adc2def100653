import { type Attributes, isSet } from '../attributes.ts';
import type { Tensor } from '../graph.ts';
import * as math from '../operations/arithmetic.ts';
import { reshape } from '../operations/array.ts';
import { convolutionFilterGradient } from './convolution-filter.ts';
import { depthwiseFilterGradient } from './depthwise-filter.ts';
import { poolGradient } from './pool.ts';
import { type GradientRule, kernel, shapeTensor, simpleRule } from './rule.ts';

function pick(attributes: Attributes, ...names: readonly string[]): Attributes {
  return Object.fromEntries(names.map((name) => [name, attributes[name]!]));
}

const batchNormRule: GradientRule = ({ node, gradients, needed }) => {
  const [ofY, ...ofStatistics] = gradients;
  if (!ofY || ofStatistics.some((gradient) => gradient !== undefined)) {
    throw new Error(`The operation FusedBatchNormV3 (${node.name}) has a gradient rule for its first output only.`);
  }
  if (needed[3] || needed[4]) {
    throw new Error(`The operation FusedBatchNormV3 (${node.name}) has no gradient rule for given statistics.`);
  }
  const [x, scale, , mean, variance] = node.inputs as [Tensor, Tensor, Tensor, Tensor, Tensor];
  const training = isSet(node.attributes, 'is_training');
  const statistics = training ? [node.outputs[3]!, node.outputs[4]!] : [mean, variance];
  const attributes = pick(node.attributes, 'T', 'U', 'epsilon', 'data_format', 'is_training');
  const inputs = [ofY, x, scale, ...statistics, node.outputs[5]!];
  const unused = { dtype: 'float32', shape: [0] } as const;
  const { outputs } = node.graph.add('FusedBatchNormGradV3', inputs, attributes, [x, scale, scale, unused, unused]);
  return outputs.slice(0, 3);
};

/** Cross-entropies give their gradient (softmax − labels) as a second output. */
const crossEntropyRule: GradientRule = ({ node, gradients, needed }) => {
  const [gradient, ofSecond] = gradients;
  if (!gradient || ofSecond || needed[1]) {
    throw new Error(`The operation ${node.op} (${node.name}) has a gradient rule for its logits only.`);
  }
  return [math.multiply(reshape(gradient, [...gradient.shape, 1]), node.outputs[1]!)];
};

export const NEURAL_RULES: Readonly<Record<string, GradientRule>> = {
  Conv2D: simpleRule((gradient, [x, filter], _output, { node, needed }) => [
    needed[0] ? kernel('Conv2DBackpropInput', [shapeTensor(x!), filter!, gradient], node.attributes, x!) : undefined,
    needed[1] ? convolutionFilterGradient(node, gradient) : undefined,
  ]),
  DepthwiseConv2dNative: simpleRule((gradient, [x, filter], _output, { node, needed }) => [
    needed[0]
      ? kernel('DepthwiseConv2dNativeBackpropInput', [shapeTensor(x!), filter!, gradient], node.attributes, x!)
      : undefined,
    needed[1] ? depthwiseFilterGradient(node, gradient) : undefined,
  ]),
  MaxPool: simpleRule((gradient, _inputs, _y, { node }) => [poolGradient(node, gradient)]),
  AvgPool: simpleRule((gradient, _inputs, _y, { node }) => [poolGradient(node, gradient)]),
  BiasAdd: simpleRule((gradient, [, bias], _y, { node, needed }) => [
    gradient,
    needed[1] ? kernel('BiasAddGrad', [gradient], pick(node.attributes, 'T', 'data_format'), bias!) : undefined,
  ]),
  FusedBatchNormV3: batchNormRule,
  Softmax: simpleRule((gradient, _inputs, y) => {
    const weighted = math.sum(math.multiply(gradient, y), { axes: [-1], keepDimensions: true });
    return [math.multiply(math.subtract(gradient, weighted), y)];
  }),
  SparseSoftmaxCrossEntropyWithLogits: crossEntropyRule,
  SoftmaxCrossEntropyWithLogits: crossEntropyRule,
};
