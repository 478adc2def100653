import type { Tensor } from '../tensor/graph.ts';
import { add, cast, divide, floor, multiply } from '../tensor/operations/arithmetic.ts';
import { placeSeed, randomUniform } from '../tensor/operations/random.ts';
import { CHANCE_PLACES } from './drop-path.ts';

/** Features [batch, n], each dropped with probability 1 − keep or divided by `keep`; `chance` is int32 [2], [seed, step]. */
export function dropout(features: Tensor, keep: number, chance: Tensor): Tensor {
  const { graph, shape, dtype } = features;
  const probability = graph.constant(keep, 'float32');
  const uniform = randomUniform(placeSeed(chance, CHANCE_PLACES.dropout), shape);
  return multiply(features, cast(divide(floor(add(uniform, probability)), probability), dtype));
}
