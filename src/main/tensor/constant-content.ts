import { BYTES_PER_ELEMENT, type DataType, elementCount, type Shape } from './data-types.ts';

/** What a constant may be given as. */
export type ConstantValue = number | boolean | string | readonly number[] | readonly string[] | ArrayBufferView;

const ENCODERS: Partial<Record<DataType, (values: readonly number[]) => ArrayBufferView>> = {
  float32: (values) => Float32Array.from(values),
  float64: (values) => Float64Array.from(values),
  int32: (values) => Int32Array.from(values),
  int64: (values) => BigInt64Array.from(values, BigInt),
  uint8: (values) => Uint8Array.from(values),
  bool: (values) => Uint8Array.from(values),
  /** The upper half of a float32: exact for the values that graphs hold as constants (0, 1, powers of two). */
  bfloat16: (values) => Uint16Array.from(new Uint32Array(Float32Array.from(values).buffer), (bits) => bits >>> 16),
  float16: (values) => Uint16Array.from(values, halfBits),
};

/** IEEE 754 half precision, rounding towards zero below its 11 bits; for constants that are exact in it. */
function halfBits(value: number): number {
  const bits = new Uint32Array(new Float32Array([value]).buffer)[0]!;
  const sign = (bits >>> 16) & 0x8000;
  const exponent = ((bits >>> 23) & 0xff) - 112;
  if (exponent <= 0) return sign;
  if (exponent >= 31) return sign | 0x7c00;
  return sign | (exponent << 10) | ((bits >>> 13) & 0x3ff);
}

/** A constant's raw little-endian bytes, or those of each text. One number fills the whole shape. */
export function encodeConstant(
  value: ConstantValue,
  dtype: DataType,
  shape: Shape,
): Uint8Array | readonly Uint8Array[] {
  const count = elementCount(shape);
  if (dtype === 'string') {
    const texts = typeof value === 'string' ? [value] : (value as readonly string[]);
    return checkCount(
      texts.map((text) => new TextEncoder().encode(text)),
      count,
      shape,
    );
  }
  if (ArrayBuffer.isView(value)) {
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    if (bytes.length !== count * BYTES_PER_ELEMENT[dtype]) {
      throw new RangeError(`A ${dtype} constant [${shape.join(', ')}] was given ${bytes.length} bytes.`);
    }
    return bytes;
  }
  const encode = ENCODERS[dtype];
  if (!encode) throw new TypeError(`A constant can't hold ${dtype}.`);
  const numbers = Array.isArray(value) ? (value as readonly number[]) : new Array<number>(count).fill(Number(value));
  const view = encode(checkCount(numbers, count, shape));
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

function checkCount<Values extends readonly unknown[]>(values: Values, count: number, shape: Shape): Values {
  if (values.length !== count) {
    throw new RangeError(`A constant [${shape.join(', ')}] has ${count} elements and was given ${values.length}.`);
  }
  return values;
}
