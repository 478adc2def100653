import type { Block, Cell } from '../../../src/shared/records/architecture.ts';

/**
 * The definition of "the same cell" written down once more, without any cleverness: some one-to-one map between the
 * blocks that reach the output keeps operands (in either order), combinations and outputs. Slow on purpose.
 */
export function areIsomorphic(one: Cell, other: Cell): boolean {
  const [oneLive, otherLive] = [reaching(one), reaching(other)];
  if (oneLive.length !== otherLive.length) return false;
  return extend(one, other, oneLive, otherLive, new Map(), 0);
}

/** States of the blocks from which some way leads to an output. */
function reaching(cell: Cell): number[] {
  const states = cell.blocks.map((_, block) => block + 2);
  return states.filter((state) => leadsOut(cell, state));
}

function leadsOut(cell: Cell, state: number): boolean {
  if (cell.outputs.includes(state)) return true;
  return cell.blocks.some(
    ({ left, right }, block) => (left.input === state || right.input === state) && leadsOut(cell, block + 2),
  );
}

function extend(
  one: Cell,
  other: Cell,
  oneLive: number[],
  otherLive: number[],
  map: Map<number, number>,
  next: number,
): boolean {
  if (next === oneLive.length) return keeps(one, other, map);
  const taken = new Set(map.values());
  return otherLive.some((target) => {
    if (taken.has(target)) return false;
    map.set(oneLive[next]!, target);
    const found = extend(one, other, oneLive, otherLive, map, next + 1);
    map.delete(oneLive[next]!);
    return found;
  });
}

function keeps(one: Cell, other: Cell, map: Map<number, number>): boolean {
  const to = (state: number) => (state < 2 ? state : map.get(state)!);
  const blocksKept = [...map].every(([from, target]) => {
    const { left, right, combine } = one.blocks[from - 2]!;
    const moved = {
      left: { ...left, input: to(left.input) },
      right: { ...right, input: to(right.input) },
      combine,
    };
    return sameBlock(moved, other.blocks[target - 2]!);
  });
  const outputs = one.outputs.map(to).sort((a, b) => a - b);
  return blocksKept && outputs.join() === other.outputs.join();
}

function sameBlock(one: Block, other: Block): boolean {
  const sides = ({ left, right }: Block) =>
    [left, right]
      .map(({ input, operation }) => `${input} ${operation}`)
      .sort()
      .join(', ');
  return one.combine === other.combine && sides(one) === sides(other);
}

/**
 * The same cell written down otherwise: operands swapped, blocks in another order that respects their inputs, blocks
 * added that reach no output. `uniform` decides; at most `dead` blocks are added.
 */
export function rewrite(cell: Cell, uniform: () => number, dead: number): Cell {
  const waiting = new Set(cell.blocks.keys());
  const labels = new Map([
    [0, 0],
    [1, 1],
  ]);
  const blocks: Block[] = [];
  const pick = (count: number) => Math.floor(uniform() * count);
  while (waiting.size > 0) {
    if (dead > 0 && pick(3) === 0) {
      dead--;
      const operand = () => ({ input: pick(blocks.length + 2), operation: 'conv_3x3' }) as const;
      blocks.push({ left: operand(), right: operand(), combine: 'concat' });
      continue;
    }
    const ready = [...waiting].filter((block) => {
      const { left, right } = cell.blocks[block]!;
      return labels.has(left.input) && labels.has(right.input);
    });
    const chosen = ready[pick(ready.length)]!;
    const { left, right, combine } = cell.blocks[chosen]!;
    const sides = [left, right].map(({ input, operation }) => ({ input: labels.get(input)!, operation }));
    if (pick(2) === 0) sides.reverse();
    labels.set(chosen + 2, blocks.length + 2);
    blocks.push({ left: sides[0]!, right: sides[1]!, combine });
    waiting.delete(chosen);
  }
  return { blocks, outputs: cell.outputs.map((state) => labels.get(state)!).sort((a, b) => a - b) };
}
