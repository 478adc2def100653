import type { Cell, Combination, Operand } from '../../shared/records/architecture.ts';
import { CELL_INPUTS } from '../../shared/search-space/live-blocks.ts';
import { OPERATION_FACTS, stateLabel } from '../../shared/search-space/operation-facts.ts';
import type { Side } from '../../shared/search-space/plan.ts';
import type { CellDrawing, Part } from './cell-drawing.ts';
import type { CellFacts, OperandFacts } from './cell-facts.ts';
import { readersOf } from './cell-paths.ts';
import { type CellComparison, operandDifference } from './compare-cells.ts';
import { DIFFERENCE_WORDS, signsOf } from './part-look.ts';
import { CELL_KIND_WORDS, type CellKind } from './thumbnail-summary.ts';

const COMBINATION_WORDS: Readonly<Record<Combination, string>> = { add: 'adds', concat: 'concatenates' };

export const COMBINATION_NOUNS: Readonly<Record<Combination, string>> = { add: 'sum', concat: 'concat' };

/** `32 × 32 × 44`: height, width, channels. */
export const shapeWords = (shape: readonly number[]): string => shape.join(' × ');

const counting = new Intl.NumberFormat('en');
const percent = new Intl.NumberFormat('en', { style: 'percent', maximumSignificantDigits: 2 });

export const countWords = (count: number): string => counting.format(count);
export const shareWords = (share: number): string => percent.format(share);

/** A hidden state in a sentence: `h[i]`, `h[i−1]`, `block 3`. */
export const stateWords = (state: number): string =>
  state < CELL_INPUTS ? stateLabel(state) : `block ${state - CELL_INPUTS + 1}`;

export const operandWords = ({ operation, input }: Operand): string =>
  `${OPERATION_FACTS[operation].words} of ${stateWords(input)}`;

/** "Normal cell, 5 blocks". */
export function cellTitle(cell: Cell, kind: CellKind): string {
  const { length } = cell.blocks;
  return `${CELL_KIND_WORDS[kind]} cell, ${length} ${length === 1 ? 'block' : 'blocks'}`;
}

/** What a part is, reads or is read by, what differs and what it costs; in full, for screen readers. */
export function partLabel(
  part: Part,
  cell: Cell,
  drawing: CellDrawing,
  facts?: CellFacts | null,
  comparison?: CellComparison,
): string {
  const words = [mainWords(part, cell, drawing)];
  const operand = part.kind === 'pill' ? operandFacts(facts, part.block, part.side) : undefined;
  if (operand !== undefined) words.push(`${countWords(operand.parameters)} parameters`);
  if (operand?.stride === 2) words.push('stride 2');
  if (!part.live) words.push(part.kind === 'input' ? 'not used' : 'not built');
  return [...words, ...differenceWords(part, comparison)].join(', ');
}

/** Who reads what leaves a part: "read by block 3, left; block 4, right; the output". */
export function readerWords(drawing: CellDrawing, state: number): string {
  const readers = readersOf(drawing, state).map((reader) =>
    reader.kind === 'pill' ? `block ${reader.block + 1}, ${reader.side}` : 'the output',
  );
  return readers.length === 0 ? 'read by nothing' : `read by ${readers.join('; ')}`;
}

export function operandFacts(facts: CellFacts | null | undefined, block: number, side: Side): OperandFacts | undefined {
  return facts?.operands.find((operand) => operand.block === block && operand.side === side);
}

/** What differs from the reference, in words; empty where nothing does. */
export function differenceWords(part: Part, comparison: CellComparison | undefined): string[] {
  const signs = signsOf(part, comparison);
  if (comparison === undefined || signs.length === 0) return [];
  if (part.kind === 'output') return ['joins other states than the reference'];
  if (part.kind === 'circle' && signs[0] === '≠') return ['other combination than the reference'];
  const difference = part.kind === 'pill' ? operandDifference(comparison, part.block, part.side) : null;
  const there = difference === null ? '' : ` (reference: ${operandWords(difference.reference)})`;
  return [`${signs.map((sign) => DIFFERENCE_WORDS[sign]).join(' and ')}${there}`];
}

function mainWords(part: Part, cell: Cell, drawing: CellDrawing): string {
  switch (part.kind) {
    case 'input': {
      const which = part.state === 0 ? 'current input' : 'previous input';
      return `${part.label}, ${which}, ${readerWords(drawing, part.state)}`;
    }
    case 'pill':
      return `block ${part.block + 1}, ${part.side}: ${operandWords(cell.blocks[part.block]![part.side])}`;
    case 'circle': {
      const readers = readerWords(drawing, part.block + CELL_INPUTS);
      return `block ${part.block + 1} ${COMBINATION_WORDS[part.combine]} its two results, ${readers}`;
    }
    case 'output': {
      const joined = cell.outputs.map(stateWords);
      return joined.length === 1 ? `output: ${joined[0]}` : `output: concatenates ${joined.join(', ')}`;
    }
  }
}
