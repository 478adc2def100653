import { type Attributes, textAttribute } from '../attributes.ts';
import { elementCount } from '../data-types.ts';
import type { GraphNode, Tensor } from '../graph.ts';
import { sum } from '../operations/arithmetic.ts';
import { concat, gather, pad, reshape, slice } from '../operations/array.ts';
import { kernel, shapeTensor } from './rule.ts';

/** Below this many elements the extra nodes cost more than the faster kernel saves (512 lose, 65,536 win). */
const WORTHWHILE_ELEMENTS = 16_384;

/** Narrower maps would leave nothing when a column is taken off. */
const SMALLEST_WIDTH = 4;

/**
 * The gradient of a depthwise filter. TensorFlow's kernel on a CPU (oneDNN's) is 10 to 20 times slower for filters
 * wider than 3 than for those of width 3, whatever their height, so a wide one is put together from narrow ones
 * (measured at [32, 32, 32, 32]: 8.4 to 1.8 ms for 5x5, 14.8 to 4.3 ms for 7x7).
 */
export function depthwiseFilterGradient(node: GraphNode, gradient: Tensor): Tensor {
  const [x, filter] = node.inputs as [Tensor, Tensor];
  if (!canBeNarrowed(node)) return filterGradient(node, x, gradient, filter.shape);
  const parts = strideOf(node) === 1 ? partsAtStride1(node, gradient) : partsAtStride2(node, gradient);
  const held = parts.flatMap(({ taps }) => taps);
  const order = Array.from({ length: filter.shape[1]! }, (_, tap) => held.indexOf(tap));
  const joined = concat(
    parts.map(({ columns }) => columns),
    1,
  );
  const ordered = gather(joined, x.graph.constant(order, 'int32', [order.length]), 1);
  return reshape(sum(ordered, { axes: [2] }), filter.shape);
}

function filterGradient(
  node: GraphNode,
  x: Tensor,
  gradient: Tensor,
  shape: readonly number[],
  attributes: Attributes = node.attributes,
): Tensor {
  const like = { ...node.inputs[1]!, shape };
  return kernel('DepthwiseConv2dNativeBackpropFilter', [x, shapeTensor(like), gradient], attributes, like);
}

function strideOf({ attributes: { strides } }: GraphNode): number {
  return strides?.kind === 'ints' ? strides.value[1]! : 0;
}

function canBeNarrowed(node: GraphNode): boolean {
  const [x, filter] = node.inputs as [Tensor, Tensor];
  const { padding } = node.attributes;
  const width = filter.shape[1]!;
  const stride = strideOf(node);
  const same = padding?.kind === 'text' && padding.value === 'SAME';
  const columns = x.shape[2]!;
  const even = columns % 2 === 0;
  const fits =
    same && (width === 5 || width === 7) && (stride === 2 || (stride === 1 && even)) && columns >= SMALLEST_WIDTH;
  return fits && !/gpu/i.test(node.device) && elementCount(x.shape) >= WORTHWHILE_ELEMENTS;
}

/** Some columns of the wide filter's gradient. */
interface Part {
  /** [height, 3, summands, channels]: the gradient is the sum over the third axis. */
  readonly columns: Tensor;
  /** Which column (tap) of the wide filter each of the three is; undefined where it lacks a product, or is one too many. */
  readonly taps: readonly (number | undefined)[];
}

/** A map with columns of zeros added on its left and right. */
function widened(map: Tensor, left: number, right: number): Tensor {
  return pad(map, [
    [0, 0],
    [0, 0],
    [left, right],
    [0, 0],
  ]);
}

function withoutColumn(map: Tensor, which: 'first' | 'last'): Tensor {
  const [batch, height, width, channels] = map.shape as [number, number, number, number];
  return slice(map, [0, 0, which === 'first' ? 1 : 0, 0], [batch, height, width - 1, channels]);
}

/**
 * Two neighbouring columns are read as one column of twice the channels, which costs nothing. A narrow gradient there
 * holds, for either column of a pair, the taps at distances -2, 0 and 2 from the centre. Those at odd distances come
 * from the image moved by one column: to the right (with room for its last column, and zeros for the gradient there),
 * and for distance 3 to the left, where the first column is lost, which that distance does not read.
 */
function partsAtStride1(node: GraphNode, gradient: Tensor): Part[] {
  const [x, filter] = node.inputs as [Tensor, Tensor];
  const [height, width, channels] = filter.shape as [number, number, number];
  const pairs = (map: Tensor) => {
    const [batch, rows, columns] = map.shape as [number, number, number];
    return reshape(map, [batch, rows, columns / 2, 2 * channels]);
  };
  const centre = (width - 1) / 2;
  const part = (image: Tensor, arrived: Tensor, distances: readonly number[]): Part => {
    const both = filterGradient(node, pairs(image), pairs(arrived), [height, 3, 2 * channels, 1]);
    return { columns: reshape(both, [height, 3, 2, channels]), taps: distances.map((distance) => centre + distance) };
  };
  const even = part(x, gradient, [-2, 0, 2]);
  const odd = part(widened(x, 1, 1), widened(gradient, 0, 2), [-3, -1, 1]);
  if (width === 5) return [even, odd];
  const { columns } = part(widened(withoutColumn(x, 'first'), 0, 1), gradient, [-1, 1, 3]);
  return [even, odd, { columns, taps: [undefined, undefined, width - 1] }];
}

/**
 * With stride 2 a narrow gradient holds the three middle taps of five or of seven; with the output's gradient moved by
 * one column, hence the image by two, the ones beside them. Moved to the left, what its third tap lacks is its first
 * column. For a height of 7 the kernel is fast without padding only, so the image is padded before (9.3 to 3.6 ms at
 * [32, 32, 32, 64]; 5x5 from 5.9 to 2.2).
 */
function partsAtStride2(node: GraphNode, gradient: Tensor): Part[] {
  const [x, filter] = node.inputs as [Tensor, Tensor];
  const [height, width, channels] = filter.shape as [number, number, number];
  const middle = (width - 3) / 2;
  const image = height === 7 ? paddedForStride2(x, height) : x;
  const attributes = image === x ? node.attributes : { ...node.attributes, padding: textAttribute('VALID') };
  const part = (arrived: Tensor, taps: readonly (number | undefined)[]): Part => {
    const columns = filterGradient(node, image, arrived, [height, 3, channels, 1], attributes);
    return { columns: reshape(columns, [height, 3, 1, channels]), taps };
  };
  const toTheRight = widened(withoutColumn(gradient, 'last'), 1, 0);
  const toTheLeft = widened(withoutColumn(gradient, 'first'), 0, 1);
  return [
    part(gradient, [middle, middle + 1, middle + 2]),
    part(toTheLeft, [middle - 2, middle - 1, undefined]),
    part(toTheRight, [undefined, middle + 3, middle + 4]),
  ];
}

/** What SAME adds for a filter of this height and a width of 3 at stride 2: the smaller half before. */
function paddedForStride2(x: Tensor, height: number): Tensor {
  const around = (size: number, window: number): [number, number] => {
    const total = Math.max(0, (Math.ceil(size / 2) - 1) * 2 + window - size);
    return [Math.floor(total / 2), Math.ceil(total / 2)];
  };
  return pad(x, [[0, 0], around(x.shape[1]!, height), around(x.shape[2]!, 3), [0, 0]]);
}
