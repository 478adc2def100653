import { randomUnit } from '../../shared/random.ts';
import {
  type Architecture,
  COMBINATIONS,
  MAXIMUM_BLOCKS,
  OPERATIONS,
  type Scale,
  STEMS,
} from '../../shared/records/architecture.ts';
import { randomArchitecture } from '../../shared/search-space/decisions.ts';
import { planNetwork } from '../../shared/search-space/plan-network.ts';

/** Images are tiny, so that a case is the building of a graph and little else. Pixels; odd sizes as well. */
export const SPACE_IMAGE_SIZES = [8, 11, 16] as const;
export const SPACE_CLASSES = 3;

export interface SpaceCase {
  readonly index: number;
  readonly architecture: Architecture;
  readonly scale: Scale;
}

/**
 * The case with this number, from 0: a random architecture of 1 to 8 blocks (each as often), every operation, add and
 * concatenation, on either stem, at a tiny scale. A function of the number alone.
 */
export function spaceCase(index: number): SpaceCase {
  let draws = 0;
  const uniform = () => randomUnit(2018, index, draws++);
  const blocks = 1 + (index % MAXIMUM_BLOCKS);
  const space = { blocks, operations: [...OPERATIONS], combinations: [...COMBINATIONS] };
  const architecture = randomArchitecture(space, uniform);
  const scale: Scale = {
    stem: STEMS[Math.floor(index / MAXIMUM_BLOCKS) % STEMS.length]!,
    normalRepeats: 1,
    filters: 1 + Math.floor(uniform() * 6),
    imageSize: SPACE_IMAGE_SIZES[index % SPACE_IMAGE_SIZES.length]!,
    classes: SPACE_CLASSES,
    auxiliary: uniform() < 0.5,
    skipReductionInput: uniform() < 0.5,
  };
  return { index, architecture, scale };
}

/** What a case trains: `operation, kind of cell, stride` of every operand that is built. */
export function operandsOf({ architecture, scale }: SpaceCase): Set<string> {
  const { cells } = planNetwork(architecture, scale);
  const operands = cells.flatMap(({ kind, blocks }) =>
    blocks.flatMap(({ left, right }) =>
      [left, right].map(({ operation, stride }) => `${operation}, ${kind}, stride ${stride}`),
    ),
  );
  return new Set(operands);
}

/** Everything that `operandsOf` can hold: a Normal cell never strides. */
export const ALL_OPERANDS: readonly string[] = OPERATIONS.flatMap((operation) => [
  `${operation}, normal, stride 1`,
  `${operation}, reduction, stride 1`,
  `${operation}, reduction, stride 2`,
]);
