import { intsAttribute } from '../attributes.ts';
import type { GraphNode, Tensor } from '../graph.ts';
import { stridedSlice } from '../operations/array.ts';
import { kernel, shapeTensor } from './rule.ts';

/** Channels that oneDNN's widest kernels take at once (AVX-512; 8 with AVX2). Fewer are what is unsafe. */
const CHANNELS_AT_ONCE = 16;

/**
 * The gradient of a convolution's filter. For a 1x1 filter with strides that divide the image, oneDNN (3.7.3, and its
 * main line of 2026) gathers the pixels that are read into a scratch memory of `pixels * channels` numbers, but writes
 * from `pixel * 8` (AVX2) or `pixel * 16` (AVX-512) on: with fewer channels than that it writes past the end, over
 * whatever lies there (its issue 6035). Seen with AVX2 from 4x4 pixels and 4 channels on; by the source AVX-512 does so
 * as soon as it works in more than one piece, from about 8x8 pixels on. So the pixels are picked out in the graph; what
 * is left is the very kernel that oneDNN would have run on its scratch memory, and its sums are the same bit for bit.
 */
export function convolutionFilterGradient(node: GraphNode, gradient: Tensor): Tensor {
  const [x, filter] = node.inputs as [Tensor, Tensor];
  const { attributes } = node;
  if (!writesPastItsScratchMemory(node)) {
    return kernel('Conv2DBackpropFilter', [x, shapeTensor(filter), gradient], attributes, filter);
  }
  const pixels = stridedSlice(x, [0, 0, 0, 0], x.shape, stridesOf(node));
  const atStride1 = { ...attributes, strides: intsAttribute([1, 1, 1, 1]) };
  return kernel('Conv2DBackpropFilter', [pixels, shapeTensor(filter), gradient], atStride1, filter);
}

/** float64 is not computed by oneDNN, and neither is explicit padding. */
function writesPastItsScratchMemory(node: GraphNode): boolean {
  const [{ shape, dtype }, filter] = node.inputs as [Tensor, Tensor];
  const [, vertical, horizontal] = stridesOf(node) as [number, number, number, number];
  const pointwise = filter.shape[0] === 1 && filter.shape[1] === 1;
  const gathered = vertical * horizontal > 1 && shape[1]! % vertical === 0 && shape[2]! % horizontal === 0;
  const byOneDnn = dtype !== 'float64' && !isPaddedExplicitly(node) && !/gpu/i.test(node.device);
  return pointwise && gathered && byOneDnn && shape[3]! < CHANNELS_AT_ONCE;
}

function stridesOf({ attributes: { strides } }: GraphNode): readonly number[] {
  return strides?.kind === 'ints' ? strides.value : [1, 1, 1, 1];
}

function isPaddedExplicitly({ attributes: { padding } }: GraphNode): boolean {
  return padding?.kind === 'text' && padding.value === 'EXPLICIT';
}
