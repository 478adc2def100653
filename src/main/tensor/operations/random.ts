import { typeAttribute } from '../attributes.ts';
import type { DataType, Shape } from '../data-types.ts';
import { type Tensor, typeText } from '../graph.ts';
import { add } from './arithmetic.ts';

/** Random numbers are functions of the seed, int32 [2], and of the shape: no state is kept, so a resume is exact. */
function stateless(op: string, seed: Tensor, shape: Shape, dtype: DataType): Tensor {
  if (seed.dtype !== 'int32' || seed.shape.length !== 1 || seed.shape[0] !== 2) {
    throw new TypeError(`${op} needs a seed int32 [2], not ${typeText(seed)} (${seed.name}).`);
  }
  const attributes = { dtype: typeAttribute(dtype), T: typeAttribute('int32'), Tseed: typeAttribute('int32') };
  const inputs = [seed.graph.constant(shape, 'int32', [shape.length]), seed];
  return seed.graph.add(op, inputs, attributes, [{ dtype, shape }]).outputs[0]!;
}

/** Uniform in [0, 1). */
export const randomUniform = (seed: Tensor, shape: Shape, dtype: DataType = 'float32'): Tensor =>
  stateless('StatelessRandomUniform', seed, shape, dtype);

/** Mean 0, deviation 1 before values beyond two deviations are drawn again. */
export const randomTruncatedNormal = (seed: Tensor, shape: Shape, dtype: DataType = 'float32'): Tensor =>
  stateless('StatelessTruncatedNormal', seed, shape, dtype);

/**
 * The seed of one place in the graph: `base` is int32 [2], fed as [seed, step]; `place` is a whole number, different
 * for each place that draws. Multiplied by an odd constant so that neighbouring places and seeds don't meet.
 */
export function placeSeed(base: Tensor, place: number): Tensor {
  const spread = Math.imul(place + 1, 0x9e3779b1) | 0;
  return add(base, base.graph.constant([spread, 0], 'int32', [2]));
}
