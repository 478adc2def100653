import { boolAttribute, typeAttribute } from '../attributes.ts';
import { type DataType, elementCount, type Shape } from '../data-types.ts';
import { type Tensor, typeText } from '../graph.ts';
import { reshape } from './array.ts';

/** The bytes of a file, as a string scalar. The path is a string scalar too; read at each run. */
export function readFile(path: Tensor): Tensor {
  if (path.dtype !== 'string') throw new TypeError(`readFile needs a path, not ${typeText(path)} (${path.name}).`);
  return path.graph.add('ReadFile', [path], {}, [{ dtype: 'string', shape: [] }], { stateful: true }).outputs[0]!;
}

/** Raw little-endian elements of a string scalar as a tensor of a shape; running fails when the length differs. */
export function decodeRaw(bytes: Tensor, dtype: DataType, shape: Shape): Tensor {
  const attributes = { out_type: typeAttribute(dtype), little_endian: boolAttribute(true) };
  const flat = { dtype, shape: [elementCount(shape)] };
  return reshape(bytes.graph.add('DecodeRaw', [bytes], attributes, [flat], { stateful: true }).outputs[0]!, shape);
}
