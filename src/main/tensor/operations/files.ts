import { boolAttribute, typeAttribute } from '../attributes.ts';
import { type DataType, elementCount, type Shape } from '../data-types.ts';
import { type Tensor, typeText } from '../graph.ts';
import { reshape } from './array.ts';

/** Files are read and decoded on the host: TensorFlow has no kernels for it elsewhere. */
const HOST = '/device:CPU:0';

/** The bytes of a file, as a string scalar. The path is a string scalar too; read at each run. */
export function readFile(path: Tensor): Tensor {
  if (path.dtype !== 'string') throw new TypeError(`readFile needs a path, not ${typeText(path)} (${path.name}).`);
  const read = () => path.graph.add('ReadFile', [path], {}, [{ dtype: 'string', shape: [] }], { stateful: true });
  return path.graph.device(HOST, read).outputs[0]!;
}

/** Raw little-endian elements of a string scalar as a tensor of a shape; running fails when the length differs. */
export function decodeRaw(bytes: Tensor, dtype: DataType, shape: Shape): Tensor {
  const attributes = { out_type: typeAttribute(dtype), little_endian: boolAttribute(true) };
  const flat = { dtype, shape: [elementCount(shape)] };
  const decode = () => bytes.graph.add('DecodeRaw', [bytes], attributes, [flat], { stateful: true }).outputs[0]!;
  return bytes.graph.device(HOST, () => reshape(decode(), shape));
}
