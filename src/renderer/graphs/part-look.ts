import type { CellDrawing, Part } from './cell-drawing.ts';
import { type CellComparison, operandDifference } from './compare-cells.ts';
import type { Palette } from './palette.ts';

/** How a part is painted. */
export interface Look {
  readonly fill: string;
  readonly border: string;
  readonly borderWidth: number;
  readonly dashed: boolean;
  readonly ink: string;
  /** What differs in a comparison: `≠` other operation or combination, `⇄` other input, `+` only here; or nothing. */
  readonly signs: readonly DifferenceSign[];
}

export type DifferenceSign = '≠' | '⇄' | '+';

export const DIFFERENCE_WORDS: Readonly<Record<DifferenceSign, string>> = {
  '≠': 'other operation',
  '⇄': 'other input',
  '+': 'only here',
};

/**
 * Width of the ring around what differs, in pixels of the drawing, and its distance (ours): with a gap of 4 the rings of
 * the two pills of a block fall together between them.
 */
export const RING = { width: 3, offset: 0.5 } as const;
/** Diameter of the disc that carries a sign (ours). */
export const SIGN_SIZE = 15;

/** Signs of a part in a comparison; none without one. */
export function signsOf(part: Part, comparison: CellComparison | undefined): DifferenceSign[] {
  if (comparison === undefined || part.kind === 'input') return [];
  if (part.kind === 'output') return comparison.output ? ['⇄'] : [];
  const block = comparison.blocks[part.block];
  if (block?.kind === 'only_here') return ['+'];
  if (part.kind === 'circle') return block?.combine === true ? ['≠'] : [];
  const difference = operandDifference(comparison, part.block, part.side);
  const signs: DifferenceSign[] = [];
  if (difference?.operation === true) signs.push('≠');
  if (difference?.input === true) signs.push('⇄');
  return signs;
}

/** A part's look: by family, or in a comparison without fill where nothing differs, and muted where it is not built. */
export function lookOf(part: Part, palette: Palette, comparison?: CellComparison): Look {
  const signs = signsOf(part, comparison);
  if (!part.live) {
    const border = { fill: palette.surface, border: palette.edge, borderWidth: 1, dashed: isIdentity(part) };
    return { ...border, ink: palette.text3, signs };
  }
  if (part.kind === 'pill' && (comparison === undefined || signs.length > 0))
    return pillLook(part.family, palette, signs);
  const ink = comparison === undefined || signs.length > 0 ? palette.text : palette.text2;
  const fill = part.kind === 'input' || part.kind === 'output' ? palette.sunken : palette.surface;
  const width = part.kind === 'pill' ? 1 : 1.5;
  return { fill, border: palette.edge, borderWidth: width, dashed: isIdentity(part), ink, signs };
}

const isIdentity = (part: Part): boolean => part.kind === 'pill' && part.family === 'identity';

function pillLook(family: keyof Palette['family'], palette: Palette, signs: readonly DifferenceSign[]): Look {
  const { fill, ink } = palette.family[family];
  if (family !== 'identity') return { fill, border: 'none', borderWidth: 0, dashed: false, ink, signs };
  return { fill: palette.surface, border: palette.off, borderWidth: 1.5, dashed: true, ink, signs };
}

export interface PlacedSign {
  readonly id: string;
  readonly sign: DifferenceSign;
  /** Middle of its disc. */
  readonly x: number;
  readonly y: number;
}

/**
 * Where the signs stand: the first at the upper right corner of its part, the second at the upper left. A block that is
 * only here has one for all, at its upper pill: beside the circle it would read as a second combination.
 */
export function signPlaces({ parts }: CellDrawing, comparison: CellComparison | undefined): PlacedSign[] {
  return parts.flatMap((part) => {
    const { id, box } = part;
    const isUpperPill = part.kind === 'pill' && part.side === 'left';
    const signs = signsOf(part, comparison).filter((sign) => sign !== '+' || isUpperPill);
    return signs.map((sign, index) => ({
      id: `${id} ${sign}`,
      sign,
      x: index === 0 ? box.x + box.width : box.x,
      y: box.y,
    }));
  });
}
