import { elementCount } from '../data-types.ts';
import type { GraphNode, Tensor } from '../graph.ts';
import { pad, slice } from '../operations/array.ts';
import { kernel, shapeTensor } from './rule.ts';

/** Below this many elements the padding costs more than the faster kernel saves. */
const WORTHWHILE_ELEMENTS = 65_536;
/** Channels that oneDNN's pooling takes at a time. */
const BLOCK = 16;

/**
 * The gradient of a pooling. Unless the channels fill blocks of 16, TensorFlow's kernel on a CPU is up to 10 times
 * slower, so channels of zeros are added for it (measured at [32, 32, 32, 8], stride 1: average 3x3 2.3 to 0.9 ms and
 * 7x7 10.5 to 1.6; largest 7x7 10.7 to 3.8, its forward pass repeated on the wider map).
 */
export function poolGradient(node: GraphNode, gradient: Tensor): Tensor {
  const [x] = node.inputs as [Tensor];
  if (!canBeFilled(node)) return gradientKernel(node, x, node.outputs[0]!, gradient);
  const missing = BLOCK - (x.shape[3]! % BLOCK);
  const filled = (map: Tensor) =>
    pad(map, [
      [0, 0],
      [0, 0],
      [0, 0],
      [0, missing],
    ]);
  const wide = node.op === 'MaxPool' ? filled(x) : widerBy(x, missing);
  const output =
    node.op === 'MaxPool' ? kernel('MaxPool', [wide], node.attributes, widerBy(node.outputs[0]!, missing)) : wide;
  return slice(gradientKernel(node, wide, output, filled(gradient)), [0, 0, 0, 0], x.shape);
}

function widerBy(map: Tensor, channels: number): Tensor {
  return { ...map, shape: [...map.shape.slice(0, 3), map.shape[3]! + channels] };
}

function canBeFilled({ inputs, attributes: { strides }, device }: GraphNode): boolean {
  const [x] = inputs as [Tensor];
  const unit = strides?.kind === 'ints' && strides.value.every((stride) => stride === 1);
  const ragged = unit && x.shape[3]! % BLOCK !== 0;
  return ragged && !/gpu/i.test(device) && elementCount(x.shape) >= WORTHWHILE_ELEMENTS;
}

function gradientKernel({ op, attributes }: GraphNode, x: Tensor, y: Tensor, gradient: Tensor): Tensor {
  if (op === 'MaxPool') return kernel('MaxPoolGrad', [x, y, gradient], attributes, x);
  return kernel('AvgPoolGrad', [shapeTensor(x), gradient], attributes, x);
}
