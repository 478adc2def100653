/**
 * Element types of a tensor, by the names that TensorFlow's documentation uses. `float64` serves checks of gradients;
 * `bfloat16` and `float16` serve mixed precision.
 */
export type DataType =
  | 'float32'
  | 'float64'
  | 'bfloat16'
  | 'float16'
  | 'int32'
  | 'int64'
  | 'uint8'
  | 'bool'
  | 'string'
  | 'resource';

/** TensorFlow's DataType enumeration (types.proto). */
export const DATA_TYPE_CODES: Readonly<Record<DataType, number>> = {
  float32: 1,
  float64: 2,
  int32: 3,
  uint8: 4,
  string: 7,
  int64: 9,
  bool: 10,
  bfloat16: 14,
  float16: 19,
  resource: 20,
};

/** Bytes of one element; 0 where elements have no fixed size. */
export const BYTES_PER_ELEMENT: Readonly<Record<DataType, number>> = {
  float32: 4,
  float64: 8,
  int32: 4,
  uint8: 1,
  string: 0,
  int64: 8,
  bool: 1,
  bfloat16: 2,
  float16: 2,
  resource: 0,
};

const FLOATING: ReadonlySet<DataType> = new Set(['float32', 'float64', 'bfloat16', 'float16']);

/** Whether gradients flow through a tensor of this type. */
export function isFloating(dtype: DataType): boolean {
  return FLOATING.has(dtype);
}

/** `[batch, height, width, channels]` and the like; -1 is a batch that is not known before a run. */
export type Shape = readonly number[];

/** Elements of a tensor; refuses a shape with an unknown dimension. */
export function elementCount(shape: Shape): number {
  let count = 1;
  for (const size of shape) {
    if (size < 0)
      throw new RangeError(`The shape [${shape.join(', ')}] has an unknown dimension, so no element count.`);
    count *= size;
  }
  return count;
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}
