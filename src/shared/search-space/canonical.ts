import { type Architecture, type Cell, OPERATIONS, type Operand } from '../records/architecture.ts';
import { fnv1a128 } from './fnv.ts';
import { CELL_INPUTS, liveBlocks } from './live-blocks.ts';

/*
 * When are two cells the same? When one becomes the other by
 *  - leaving out dead blocks, which are never built;
 *  - writing the blocks down in another order;
 *  - swapping the two operands of a block.
 * The last holds for concatenation too: swapping permutes the channels of the block's state, and reordering blocks
 * permutes those of the cell's output. Whatever reads them has weights for each channel, so the same permutation of
 * those weights gives the same function, and as initial weights are drawn alike for every channel, training has the
 * same distribution of results. (State 0 is always projected, so at most one unprojected state enters a cell and no
 * two different permutations ever meet in a sum.)
 *
 * The two inputs are different things, and two equal blocks are two blocks with weights of their own: a state used
 * twice is not two twins used once.
 */

/** An operand as a number, `input * OPERATION_BASE + operation`, is below `OPERAND_BASE`. */
const OPERATION_BASE = 16;
const OPERAND_BASE = 256;

interface LiveBlock {
  /** The state that it makes, in the cell's own numbering. */
  readonly state: number;
  readonly left: { readonly input: number; readonly operation: number };
  readonly right: { readonly input: number; readonly operation: number };
  readonly concatenates: boolean;
  readonly isOutput: boolean;
}

/**
 * A text that is equal for isomorphic cells and different for all others: the smallest of all ways to write down the
 * live blocks, such as `0.sep_conv_5x5 1.sep_conv_3x3 add out;…` and, last, the cell inputs among the outputs.
 */
export function canonicalText(cell: Cell): string {
  const lines = smallestOrder(readLiveBlocks(cell)).map(textOf);
  lines.push(cell.outputs.filter((state) => state < CELL_INPUTS).join(' '));
  return lines.join(';');
}

/**
 * 32 hexadecimal digits (128 bits), equal for isomorphic architectures and, but for a chance of about 2^-128 a pair,
 * for no others. It changes when the order of `OPERATIONS` does.
 */
export function architectureHash({ normal, reduction }: Architecture): string {
  return fnv1a128(`${canonicalText(normal)}|${canonicalText(reduction)}`);
}

/** Likewise for one cell. */
export function cellHash(cell: Cell): string {
  return fnv1a128(canonicalText(cell));
}

function readLiveBlocks(cell: Cell): LiveBlock[] {
  const read = ({ input, operation }: Operand) => ({ input, operation: OPERATIONS.indexOf(operation) });
  return liveBlocks(cell).map((block) => {
    const { left, right, combine } = cell.blocks[block]!;
    const state = block + CELL_INPUTS;
    return {
      state,
      left: read(left),
      right: read(right),
      concatenates: combine === 'concat',
      isOutput: cell.outputs.includes(state),
    };
  });
}

/** A block as a number, its inputs as `labels` names them; the order of its operands makes no difference. */
function codeOf({ left, right, concatenates, isOutput }: LiveBlock, labels: ReadonlyMap<number, number>): number {
  const one = labels.get(left.input)! * OPERATION_BASE + left.operation;
  const other = labels.get(right.input)! * OPERATION_BASE + right.operation;
  const operands = Math.min(one, other) * OPERAND_BASE + Math.max(one, other);
  return operands * 4 + (concatenates ? 2 : 0) + (isOutput ? 1 : 0);
}

function textOf(code: number): string {
  const operands = Math.floor(code / 4);
  const [one, other] = [Math.floor(operands / OPERAND_BASE), operands % OPERAND_BASE].map(
    (operand) => `${Math.floor(operand / OPERATION_BASE)}.${OPERATIONS[operand % OPERATION_BASE]}`,
  );
  return `${one} ${other} ${code & 2 ? 'concat' : 'add'}${code & 1 ? ' out' : ''}`;
}

/**
 * The smallest sequence of block codes over all orders in which every block comes after those that it reads. As a code
 * names inputs by their place in the sequence, only a smallest one can come next; of several blocks that have it each
 * is tried, twins once, and a beginning larger than the best sequence's is given up.
 */
function smallestOrder(blocks: readonly LiveBlock[]): number[] {
  const twins = twinClasses(blocks);
  const labels = new Map<number, number>([...Array(CELL_INPUTS).keys()].map((input) => [input, input]));
  const codes: number[] = [];
  let best: readonly number[] | null = null;

  const search = (): void => {
    if (best !== null && isLarger(codes, best)) return;
    if (codes.length === blocks.length) {
      best = [...codes];
      return;
    }
    const { code, candidates } = smallestNext(blocks, labels);
    const tried = new Set<number>();
    codes.push(code);
    for (const candidate of candidates) {
      if (tried.has(twins[candidate]!)) continue;
      tried.add(twins[candidate]!);
      labels.set(blocks[candidate]!.state, codes.length - 1 + CELL_INPUTS);
      search();
      labels.delete(blocks[candidate]!.state);
    }
    codes.pop();
  };
  search();
  return [...best!];
}

/** Whether a beginning is larger than the beginning of equal length of a whole sequence. */
function isLarger(beginning: readonly number[], whole: readonly number[]): boolean {
  const different = beginning.findIndex((code, place) => code !== whole[place]);
  return different >= 0 && beginning[different]! > whole[different]!;
}

/** The smallest code among the blocks that have no label yet and whose inputs all have one, and who has it. */
function smallestNext(
  blocks: readonly LiveBlock[],
  labels: ReadonlyMap<number, number>,
): { code: number; candidates: number[] } {
  let code = Number.POSITIVE_INFINITY;
  let candidates: number[] = [];
  for (const [index, block] of blocks.entries()) {
    if (labels.has(block.state) || !labels.has(block.left.input) || !labels.has(block.right.input)) continue;
    const own = codeOf(block, labels);
    if (own < code) candidates = [];
    if (own <= code) candidates.push(index);
    code = Math.min(code, own);
  }
  return { code, candidates };
}

/**
 * A number for each block. Blocks of one number are twins: they have the same operands, combination, place in the
 * output and readers, so that exchanging them changes nothing and it is enough to try one.
 */
function twinClasses(blocks: readonly LiveBlock[]): number[] {
  const own = new Map(blocks.flatMap(({ left, right }) => [left.input, right.input]).map((state) => [state, state]));
  const classes = new Map<string, number>();
  return blocks.map((block) => {
    const readers = blocks.flatMap(({ state, left, right }) =>
      [left, right].filter(({ input }) => input === block.state).map(({ operation }) => `${state}.${operation}`),
    );
    const key = `${codeOf(block, own)} ${readers.sort().join(' ')}`;
    const known = classes.get(key) ?? classes.size;
    classes.set(key, known);
    return known;
  });
}
