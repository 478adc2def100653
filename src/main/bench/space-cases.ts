import { randomUnit } from '../../shared/random.ts';
import {
  type Architecture,
  COMBINATIONS,
  MAXIMUM_BLOCKS,
  OPERATIONS,
  type Scale,
  STEMS,
} from '../../shared/records/architecture.ts';
import { type ImageFacts, stemFor } from '../../shared/search-space/child-scale.ts';
import { randomArchitecture } from '../../shared/search-space/decisions.ts';
import { planNetwork } from '../../shared/search-space/plan-network.ts';

export const SPACE_CLASSES = 3;

/** Images are tiny, so that a case is the building of a graph and little else. Odd and oblong ones, and grey ones. */
const SPACE_IMAGES: readonly ImageFacts[] = [
  { height: 8, width: 8, channels: 3, classes: SPACE_CLASSES },
  { height: 11, width: 16, channels: 1, classes: SPACE_CLASSES },
  { height: 16, width: 9, channels: 3, classes: SPACE_CLASSES },
];

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
    ...SPACE_IMAGES[index % SPACE_IMAGES.length]!,
    auxiliary: uniform() < 0.5,
    skipReductionInput: uniform() < 0.5,
  };
  return { index, architecture, scale };
}

/** Sides of the images of `sizedCase`, pixels. */
const SIDES = { smallest: 8, largest: 512 };
/** Pixels above which a case has one or two filters, so that it takes seconds and no gigabytes. */
const LARGE_AREA = 1600;

/**
 * A case like `spaceCase` on images of any size: sides of 8 to 512 pixels, each as likely in each octave and apart from
 * the other; every sixth has a side of 512; half are grey. Large images have the stem that a search gives them.
 */
export function sizedCase(index: number): SpaceCase {
  let draws = 0;
  const uniform = () => randomUnit(2019, index, draws++);
  const space = { blocks: 1 + (index % 5), operations: [...OPERATIONS], combinations: [...COMBINATIONS] };
  const architecture = randomArchitecture(space, uniform);
  const side = () => Math.floor(SIDES.smallest * (SIDES.largest / SIDES.smallest) ** uniform());
  const height = side();
  const width = index % 6 === 5 ? SIDES.largest : side();
  const most = height * width > LARGE_AREA ? 2 : 6;
  const anyStem = STEMS[Math.floor(uniform() * STEMS.length)]!;
  const scale: Scale = {
    stem: height * width > LARGE_AREA ? stemFor(height, width) : anyStem,
    normalRepeats: 1,
    filters: 1 + Math.floor(uniform() * most),
    height,
    width,
    channels: uniform() < 0.5 ? 1 : 3,
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
