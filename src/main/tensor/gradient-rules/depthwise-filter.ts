import { elementCount } from '../data-types.ts';
import type { GraphNode, Tensor } from '../graph.ts';
import { sum } from '../operations/arithmetic.ts';
import { concat, gather, pad, reshape, slice } from '../operations/array.ts';
import { kernel, shapeTensor } from './rule.ts';

/** Below this many elements the extra nodes cost more than the faster kernel saves (512 lose, 65,536 win). */
const WORTHWHILE_ELEMENTS = 16_384;

/**
 * The gradient of a depthwise filter. TensorFlow's kernel on a CPU (oneDNN's) is 10 to 20 times slower for filters
 * wider than 3 than for those of width 3, whatever their height, so a wide one is put together from narrow ones
 * (measured at [32, 32, 32, 32]: 8.4 to 1.8 ms for 5x5, 14.8 to 4.3 ms for 7x7).
 */
export function depthwiseFilterGradient(node: GraphNode, gradient: Tensor): Tensor {
  const [x, filter] = node.inputs as [Tensor, Tensor];
  if (canBeNarrowed(node)) return narrowed(node, x, filter, gradient);
  const inputs = [x, shapeTensor(filter), gradient];
  return kernel('DepthwiseConv2dNativeBackpropFilter', inputs, node.attributes, filter);
}

function canBeNarrowed({ inputs, attributes, device }: GraphNode): boolean {
  const [x, filter] = inputs as [Tensor, Tensor];
  const width = filter.shape[1]!;
  const { strides, padding } = attributes;
  const unit = strides?.kind === 'ints' && strides.value.every((stride) => stride === 1);
  const same = padding?.kind === 'text' && padding.value === 'SAME';
  const plain = unit && same && (width === 5 || width === 7) && x.shape[2]! % 2 === 0;
  return plain && !/gpu/i.test(device) && elementCount(x.shape) >= WORTHWHILE_ELEMENTS;
}

/** Which columns of the image meet the columns of the gradient, and what distances (taps) a narrow gradient then holds. */
interface Meeting {
  readonly image: Tensor;
  readonly gradient: Tensor;
  /** Of the narrow filter's three columns; undefined where the image lacks a column that the tap would read. */
  readonly distances: readonly (number | undefined)[];
}

/**
 * Two neighbouring columns are read as one column of twice the channels, which costs nothing. A narrow gradient there
 * holds, for either column of a pair, the taps at distances -2, 0 and 2. Those at odd distances come from the image
 * moved by one column: to the right (room is made for its last column, and zeros for the gradient there), and for
 * distance 3 to the left, where the first column is lost, which that distance does not read.
 */
function meetings(x: Tensor, gradient: Tensor, width: number): Meeting[] {
  const columns = (tensor: Tensor, before: number, after: number) =>
    pad(tensor, [
      [0, 0],
      [0, 0],
      [before, after],
      [0, 0],
    ]);
  const found: Meeting[] = [
    { image: x, gradient, distances: [-2, 0, 2] },
    { image: columns(x, 1, 1), gradient: columns(gradient, 0, 2), distances: [-3, -1, 1] },
  ];
  if (width === 7) {
    const [batch, height, columnCount, channels] = x.shape as [number, number, number, number];
    const withoutFirst = slice(x, [0, 0, 1, 0], [batch, height, columnCount - 1, channels]);
    found.push({ image: columns(withoutFirst, 0, 1), gradient, distances: [undefined, 1, 3] });
  }
  return found;
}

function narrowed(node: GraphNode, x: Tensor, filter: Tensor, gradient: Tensor): Tensor {
  const [height, width, channels] = filter.shape as [number, number, number];
  const pairs = (tensor: Tensor) => {
    const [batch, rows, columns] = tensor.shape as [number, number, number];
    return reshape(tensor, [batch, rows, columns / 2, 2 * channels]);
  };
  const shape = [height, 3, 2 * channels, 1];
  const size = x.graph.constant(shape, 'int32', [4]);
  const met = meetings(x, gradient, width);
  const found = met.map((each) => {
    const inputs = [pairs(each.image), size, pairs(each.gradient)];
    const both = kernel('DepthwiseConv2dNativeBackpropFilter', inputs, node.attributes, { ...filter, shape });
    return reshape(both, [height, 3, 2, channels]);
  });
  const distances = met.flatMap((each) => each.distances);
  const taps = Array.from({ length: width }, (_, tap) => distances.indexOf(tap - (width - 1) / 2));
  const ordered = gather(concat(found, 1), x.graph.constant(taps, 'int32', [width]), 1);
  return reshape(sum(ordered, { axes: [2] }), filter.shape);
}
