import type { DropPathStep, NetworkPlan } from '../../shared/search-space/plan.ts';
import type { DataType } from '../tensor/data-types.ts';
import type { Tensor } from '../tensor/graph.ts';
import { add, cast, divide, floor, multiply, subtract } from '../tensor/operations/arithmetic.ts';
import { reshape, split } from '../tensor/operations/array.ts';
import { placeSeed, randomUniform } from '../tensor/operations/random.ts';

/**
 * Places that draw random numbers in a training step; each has its own seed. A place within a place adds up: the two of
 * the augmentation, 1 and 2 within 0, have the seeds of 2 and 3, so dropout stays clear of any such sum.
 */
export const CHANCE_PLACES = { augmentation: 0, dropPath: 1, dropout: 1000 } as const;

/** The site's share of the whole drop rate: (c + 1) / C, so later cells drop more (released code, version 3). */
export function depthShare({ cellIndex, cellCount }: Pick<DropPathStep, 'cellIndex' | 'cellCount'>): number {
  return (cellIndex + 1) / cellCount;
}

/** Keep probability at a site: 1 − progress · (c + 1)/C · (1 − keepFinal); `progress` is min(1, t / T). */
export function keepProbability(
  site: Pick<DropPathStep, 'cellIndex' | 'cellCount'>,
  progress: number,
  keepFinal: number,
): number {
  return 1 - progress * depthShare(site) * (1 - keepFinal);
}

export interface DropPathOptions {
  /** Keep probability of the last cell at the end of the training. */
  readonly keepFinal: number;
  /** Scalar float32 in [0, 1], fed: min(1, t / T). */
  readonly progress: Tensor;
  /** int32 [2], fed: [seed, step]. */
  readonly chance: Tensor;
  readonly batchSize: number;
  readonly dtype: DataType;
}

/**
 * Multipliers of ScheduledDropPath for every site of a plan, [batch, 1, 1, 1] by the step's index: 0 where an example's
 * path is dropped, 1 / keep elsewhere (paper A.5; released `drop_path`). All sites share one random draw [sites, batch]
 * and a few kernels, because a draw at each of some forty sites costs more than the multiplications.
 */
export function dropPathMasks(plan: NetworkPlan, options: DropPathOptions): ReadonlyMap<number, Tensor> {
  const { keepFinal, progress, chance, batchSize, dtype } = options;
  const sites = [...plan.steps.entries()].filter((entry): entry is [number, DropPathStep] => isSite(entry[1]));
  if (sites.length === 0) return new Map();
  const { graph } = progress;
  return graph.scope('drop_path', () => {
    const rates = sites.map(([, site]) => depthShare(site) * (1 - keepFinal));
    const rate = graph.constant(rates, 'float32', [sites.length, 1]);
    const keep = subtract(graph.constant(1, 'float32'), multiply(progress, rate));
    const uniform = randomUniform(placeSeed(chance, CHANCE_PLACES.dropPath), [sites.length, batchSize]);
    const masks = cast(divide(floor(add(keep, uniform)), keep), dtype);
    const rows = split(
      masks,
      sites.map(() => 1),
      0,
    );
    return new Map(sites.map(([index], row) => [index, reshape(rows[row]!, [batchSize, 1, 1, 1])]));
  });
}

function isSite(step: { readonly kind: string }): step is DropPathStep {
  return step.kind === 'drop_path';
}
