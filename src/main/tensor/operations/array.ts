import { type Attributes, intAttribute, typeAttribute } from '../attributes.ts';
import { type DataType, elementCount, type Shape, sameShape } from '../data-types.ts';
import { type Graph, type Tensor, typeText } from '../graph.ts';
import { expectRank, expectSameType, normaliseAxes } from './shapes.ts';

const INDEX = typeAttribute('int32');

function shapeConstant(graph: Graph, shape: Shape): Tensor {
  return graph.constant(shape, 'int32', [shape.length]);
}

/** The same elements in another shape, of which one size may be -1 to be worked out. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  const resolved = resolveShape(x, shape);
  if (sameShape(resolved, x.shape) && !resolved.includes(-1)) return x;
  const source = x.node.op === 'Reshape' && x.node.inputs[0] ? x.node.inputs[0] : x;
  if (source !== x && sameShape(resolved, source.shape) && !resolved.includes(-1)) return source;
  const attributes = { T: typeAttribute(x.dtype), Tshape: INDEX };
  const inputs = [source, shapeConstant(x.graph, resolved)];
  return x.graph.add('Reshape', inputs, attributes, [{ dtype: x.dtype, shape: resolved }]).outputs[0]!;
}

function resolveShape(x: Tensor, shape: Shape): Shape {
  if (x.shape.includes(-1)) return shape;
  const count = elementCount(x.shape);
  const known = shape.filter((size) => size !== -1).reduce((product, size) => product * size, 1);
  const unknown = shape.filter((size) => size === -1).length;
  const fits = unknown === 0 ? known === count : unknown === 1 && known > 0 && count % known === 0;
  if (!fits) throw new TypeError(`${typeText(x)} (${x.name}) can't be reshaped to [${shape.join(', ')}].`);
  return shape.map((size) => (size === -1 ? count / known : size));
}

export function transpose(x: Tensor, permutation: readonly number[]): Tensor {
  if (normaliseAxes(x, permutation).length !== x.shape.length || permutation.length !== x.shape.length) {
    throw new RangeError(`[${permutation.join(', ')}] is no permutation of the axes of ${typeText(x)} (${x.name}).`);
  }
  const attributes = { T: typeAttribute(x.dtype), Tperm: INDEX };
  const shape = permutation.map((axis) => x.shape[axis]!);
  const inputs = [x, shapeConstant(x.graph, permutation)];
  return x.graph.add('Transpose', inputs, attributes, [{ dtype: x.dtype, shape }]).outputs[0]!;
}

/** Joins tensors that are equal in all axes but one. */
export function concat(tensors: readonly Tensor[], axis: number): Tensor {
  const dtype = expectSameType('concat', ...tensors);
  const first = tensors[0]!;
  const [along] = normaliseAxes(first, [axis]) as [number];
  for (const tensor of tensors) {
    const fits =
      tensor.shape.length === first.shape.length &&
      tensor.shape.every((size, at) => at === along || size === first.shape[at]);
    if (!fits)
      throw new TypeError(
        `${typeText(first)} and ${typeText(tensor)} (${tensor.name}) can't be joined on axis ${axis}.`,
      );
  }
  if (tensors.length === 1) return first;
  const sizes = tensors.map((tensor) => tensor.shape[along]!);
  const total = sizes.includes(-1) ? -1 : sizes.reduce((sum, size) => sum + size, 0);
  const shape = first.shape.map((size, at) => (at === along ? total : size));
  const attributes = { N: intAttribute(tensors.length), T: typeAttribute(dtype), Tidx: INDEX };
  const inputs = [...tensors, first.graph.constant(along, 'int32')];
  return first.graph.add('ConcatV2', inputs, attributes, [{ dtype, shape }]).outputs[0]!;
}

/** Cuts a tensor along an axis into pieces of the given sizes, which must add up to it. */
export function split(x: Tensor, sizes: readonly number[], axis: number): readonly Tensor[] {
  const [along] = normaliseAxes(x, [axis]) as [number];
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total !== x.shape[along]) {
    throw new RangeError(`${typeText(x)} (${x.name}) can't be cut into [${sizes.join(', ')}] on axis ${axis}.`);
  }
  if (sizes.length === 1) return [x];
  const outputs = sizes.map((size) => ({
    dtype: x.dtype,
    shape: x.shape.map((old, at) => (at === along ? size : old)),
  }));
  const dimension = x.graph.constant(along, 'int32');
  const shared = { T: typeAttribute(x.dtype), num_split: intAttribute(sizes.length) };
  if (sizes.every((size) => size === sizes[0])) return x.graph.add('Split', [dimension, x], shared, outputs).outputs;
  const attributes = { ...shared, Tlen: INDEX };
  const inputs = [x, shapeConstant(x.graph, sizes), dimension];
  return x.graph.add('SplitV', inputs, attributes, outputs).outputs;
}

/** The block that starts at `begin` and has the given sizes; -1 takes the rest of an axis. */
export function slice(x: Tensor, begin: readonly number[], size: readonly number[]): Tensor {
  expectRank('slice', x, begin.length);
  expectRank('slice', x, size.length);
  const shape = size.map((wanted, axis) =>
    wanted === -1 && x.shape[axis] !== -1 ? x.shape[axis]! - begin[axis]! : wanted,
  );
  for (const [axis, wanted] of shape.entries()) {
    const available = x.shape[axis]!;
    if (begin[axis]! < 0 || wanted < -1 || (available !== -1 && begin[axis]! + wanted > available)) {
      throw new RangeError(`${typeText(x)} (${x.name}) has no slice of [${size.join(', ')}] at [${begin.join(', ')}].`);
    }
  }
  if (sameShape(shape, x.shape) && begin.every((start) => start === 0)) return x;
  const attributes = { T: typeAttribute(x.dtype), Index: INDEX };
  const inputs = [x, shapeConstant(x.graph, begin), shapeConstant(x.graph, shape)];
  return x.graph.add('Slice', inputs, attributes, [{ dtype: x.dtype, shape }]).outputs[0]!;
}

const NO_MASKS: Attributes = {
  begin_mask: intAttribute(0),
  end_mask: intAttribute(0),
  ellipsis_mask: intAttribute(0),
  new_axis_mask: intAttribute(0),
  shrink_axis_mask: intAttribute(0),
};

/**
 * Every second pixel of [batch, height, width, channels] in both directions: `out[i, j] = in[2i + offset, 2j + offset]`,
 * and 0 beyond the edge, of size ceil(size / 2). TensorFlow's strided slice takes 18 ms (and its gradient 17) for
 * [32, 32, 32, 192] on a CPU; with two rows and two columns read as one, it is a plain slice of 0.4 ms (and 1).
 */
export function everySecondPixel(x: Tensor, offset: 0 | 1): Tensor {
  expectRank('everySecondPixel', x, 4);
  const [, height, width] = x.shape as [number, number, number, number];
  const even = pad(x, [
    [0, 0],
    [0, height % 2],
    [0, width % 2],
    [0, 0],
  ]);
  const [batch, rows, columns, channels] = even.shape as [number, number, number, number];
  // One row of the pairs: the columns of an even row, two by two, then those of the odd row below it.
  const pairs = reshape(even, [batch === -1 ? -1 : (batch * rows) / 2, columns, 2 * channels]);
  const cut = slice(pairs, [0, (offset * columns) / 2, offset * channels], [-1, columns / 2, channels]);
  return reshape(cut, [batch, rows / 2, columns / 2, channels]);
}

/**
 * Elements begin, begin + stride … before `end` of each axis. Sizes must be known. Slow on a CPU, except for what is
 * `everySecondPixel`.
 */
export function stridedSlice(
  x: Tensor,
  begin: readonly number[],
  end: readonly number[],
  strides: readonly number[],
): Tensor {
  const shape = stridedShape(x.shape, begin, end, strides, x);
  const offset = begin[1];
  const halves = shape.length === 4 && shape.every((size, axis) => size === Math.ceil(x.shape[axis]! / strides[axis]!));
  const everySecond = halves && sameShape(strides, [1, 2, 2, 1]) && sameShape(end, x.shape) && begin[2] === offset;
  if (everySecond && (offset === 0 || offset === 1)) return everySecondPixel(x, offset);
  const attributes = { T: typeAttribute(x.dtype), Index: INDEX, ...NO_MASKS };
  const inputs = [x, ...[begin, end, strides].map((values) => shapeConstant(x.graph, values))];
  return x.graph.add('StridedSlice', inputs, attributes, [{ dtype: x.dtype, shape }]).outputs[0]!;
}

function stridedShape(
  shape: Shape,
  begin: readonly number[],
  end: readonly number[],
  strides: readonly number[],
  named: Tensor,
): Shape {
  return shape.map((size, axis) => {
    const [start, stop, stride] = [begin[axis], end[axis], strides[axis]];
    if (
      start === undefined ||
      stop === undefined ||
      stride === undefined ||
      stride < 1 ||
      start < 0 ||
      stop > size ||
      start >= stop
    ) {
      throw new RangeError(
        `${typeText(named)} (${named.name}) has no strided slice [${begin}]..[${end}] by [${strides}].`,
      );
    }
    return Math.ceil((stop - start) / stride);
  });
}

/** Zeros of a shape with `x` put at begin, begin + stride … of each axis: what undoes `stridedSlice`. */
export function scatterStrided(
  x: Tensor,
  shape: Shape,
  begin: readonly number[],
  end: readonly number[],
  strides: readonly number[],
): Tensor {
  if (!sameShape(stridedShape(shape, begin, end, strides, x), x.shape)) {
    throw new TypeError(`${typeText(x)} (${x.name}) does not fill the strided slice of [${shape.join(', ')}].`);
  }
  const attributes = { T: typeAttribute(x.dtype), Index: INDEX, ...NO_MASKS };
  const inputs = [...[shape, begin, end, strides].map((values) => shapeConstant(x.graph, values)), x];
  return x.graph.add('StridedSliceGrad', inputs, attributes, [{ dtype: x.dtype, shape }]).outputs[0]!;
}

/** Zeros around the tensor: [before, after] for each axis. */
export function pad(x: Tensor, paddings: readonly (readonly [number, number])[]): Tensor {
  expectRank('pad', x, paddings.length);
  if (paddings.every(([before, after]) => before === 0 && after === 0)) return x;
  if (paddings.some(([before, after]) => before < 0 || after < 0))
    throw new RangeError('pad adds zeros and can take none away.');
  const shape = x.shape.map((size, axis) => (size === -1 ? -1 : size + paddings[axis]![0] + paddings[axis]![1]));
  const widths = x.graph.constant(paddings.flat(), 'int32', [paddings.length, 2]);
  const attributes = { T: typeAttribute(x.dtype), Tpaddings: INDEX };
  return x.graph.add('Pad', [x, widths], attributes, [{ dtype: x.dtype, shape }]).outputs[0]!;
}

/** Rows (or blocks along `axis`) of `x` in the order of int32 indices of any shape. */
export function gather(x: Tensor, indices: Tensor, axis = 0): Tensor {
  if (indices.dtype !== 'int32' && indices.dtype !== 'int64') {
    throw new TypeError(`gather needs whole numbers as indices, not ${typeText(indices)} (${indices.name}).`);
  }
  const [along] = normaliseAxes(x, [axis]) as [number];
  const shape = [...x.shape.slice(0, along), ...indices.shape, ...x.shape.slice(along + 1)];
  const attributes = { Tparams: typeAttribute(x.dtype), Tindices: typeAttribute(indices.dtype), Taxis: INDEX };
  const inputs = [x, indices, x.graph.constant(along, 'int32')];
  return x.graph.add('GatherV2', inputs, attributes, [{ dtype: x.dtype, shape }]).outputs[0]!;
}

/** The tensor repeated to a shape that it broadcasts to. */
export function broadcastTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const attributes = { T: typeAttribute(x.dtype), Tidx: INDEX };
  return x.graph.add('BroadcastTo', [x, shapeConstant(x.graph, shape)], attributes, [{ dtype: x.dtype, shape }])
    .outputs[0]!;
}

/** A tensor of a shape with the same (scalar) value everywhere. */
export function fill(value: Tensor, shape: Shape): Tensor {
  expectRank('fill', value, 0);
  const attributes = { T: typeAttribute(value.dtype), index_type: INDEX };
  const inputs = [shapeConstant(value.graph, shape), value];
  return value.graph.add('Fill', inputs, attributes, [{ dtype: value.dtype, shape }]).outputs[0]!;
}

/** Zeros, made when the graph runs: a large constant would be part of the graph's own bytes. */
export function zeros(graph: Graph, dtype: DataType, shape: Shape): Tensor {
  return fill(graph.constant(0, dtype), shape);
}

/** int32 classes [batch] as rows [batch, depth] with `on` at the class and `off` elsewhere. */
export function oneHot(indices: Tensor, depth: number, on: number, off: number, dtype: DataType = 'float32'): Tensor {
  const { graph } = indices;
  const inputs = [indices, graph.constant(depth, 'int32'), graph.constant(on, dtype), graph.constant(off, dtype)];
  const attributes = { T: typeAttribute(dtype), TI: typeAttribute(indices.dtype), axis: intAttribute(-1) };
  return graph.add('OneHot', inputs, attributes, [{ dtype, shape: [...indices.shape, depth] }]).outputs[0]!;
}

/** Where the largest element along an axis is, int32. */
export function argMax(x: Tensor, axis = -1): Tensor {
  const [along] = normaliseAxes(x, [axis]) as [number];
  const attributes = { T: typeAttribute(x.dtype), Tidx: INDEX, output_type: INDEX };
  const shape = x.shape.filter((_, at) => at !== along);
  const inputs = [x, x.graph.constant(along, 'int32')];
  return x.graph.add('ArgMax', inputs, attributes, [{ dtype: 'int32', shape }]).outputs[0]!;
}

/** The same bits read as another type of the same width. */
export function bitcast(x: Tensor, dtype: DataType): Tensor {
  const attributes = { T: typeAttribute(x.dtype), type: typeAttribute(dtype) };
  return x.graph.add('Bitcast', [x], attributes, [{ dtype, shape: x.shape }]).outputs[0]!;
}

/** A copy in memory of its own. What is fed shares its memory with JavaScript, so no variable may keep it. */
export function deepCopy(x: Tensor): Tensor {
  return x.graph.add('DeepCopy', [x], { T: typeAttribute(x.dtype) }, [x], { stateful: true }).outputs[0]!;
}
