import type { Architecture, Block, Cell, SearchSpace } from '../records/architecture.ts';
import { WorkbenchError } from '../workbench-error.ts';
import { CELL_INPUTS } from './live-blocks.ts';

/** The paper's five steps of a block (section 3), in its order; each is one decision. */
export const BLOCK_STEPS = ['left input', 'right input', 'left operation', 'right operation', 'combination'] as const;
export const DECISIONS_PER_BLOCK = BLOCK_STEPS.length;

/** The two cells in the order of their decisions: first 5B for Normal, then 5B for Reduction. */
export const CELL_KINDS = ['normal', 'reduction'] as const;
export type CellKind = (typeof CELL_KINDS)[number];

/** What a position in the list of decisions is about; `block` counts from 0. */
export interface DecisionPlace {
  readonly cell: CellKind;
  readonly block: number;
  readonly step: (typeof BLOCK_STEPS)[number];
}

/** The 2 x 5B decisions of a space, in order. */
export function decisionPlaces(space: SearchSpace): DecisionPlace[] {
  const blocks = [...Array(space.blocks).keys()];
  return CELL_KINDS.flatMap((cell) => blocks.flatMap((block) => BLOCK_STEPS.map((step) => ({ cell, block, step }))));
}

/** Number of options of each of the 2 x 5B decisions. Inputs grow by one a block: 2, 3, … B + 1. */
export function decisionSizes(space: SearchSpace): number[] {
  const { operations, combinations } = space;
  return decisionPlaces(space).map(({ block, step }) => {
    if (step === 'combination') return combinations.length;
    return step === 'left input' || step === 'right input' ? block + CELL_INPUTS : operations.length;
  });
}

/**
 * The decisions that make an architecture: for an input the hidden state's index, for an operation or a combination
 * its position in the space's list. Throws `invalid_input`, saying why, when the space does not hold the architecture.
 */
export function encode(space: SearchSpace, architecture: Architecture): number[] {
  const reason = whyOutside(space, architecture);
  if (reason !== null) throw new WorkbenchError('invalid_input', reason);
  return CELL_KINDS.flatMap((kind) =>
    architecture[kind].blocks.flatMap(({ left, right, combine }) => [
      left.input,
      right.input,
      space.operations.indexOf(left.operation),
      space.operations.indexOf(right.operation),
      space.combinations.indexOf(combine),
    ]),
  );
}

/**
 * The architecture that decisions make; `decode(space, encode(space, a))` equals `a`. A cell's outputs are the created
 * states that no block uses; a cell input is never one of them (paper section 3). Throws `invalid_input` when the
 * decisions are not of this space.
 */
export function decode(space: SearchSpace, decisions: readonly number[]): Architecture {
  const sizes = decisionSizes(space);
  if (decisions.length !== sizes.length) {
    const expected = `${space.blocks} blocks take ${sizes.length} decisions`;
    throw new WorkbenchError('invalid_input', `An architecture of ${expected}, not ${decisions.length}.`);
  }
  for (const [index, size] of sizes.entries()) {
    const chosen = decisions[index]!;
    if (!Number.isInteger(chosen) || chosen < 0 || chosen >= size) {
      const options = `Decision ${index + 1} has the options 0 to ${size - 1}`;
      throw new WorkbenchError('invalid_input', `${options}, not ${chosen}.`);
    }
  }
  const half = decisions.length / 2;
  return {
    normal: decodeCell(space, decisions.slice(0, half)),
    reduction: decodeCell(space, decisions.slice(half)),
  };
}

function decodeCell(space: SearchSpace, decisions: readonly number[]): Cell {
  const blocks = Array.from({ length: space.blocks }, (_, block): Block => {
    const [leftInput, rightInput, leftOperation, rightOperation, combination] = decisions.slice(
      block * DECISIONS_PER_BLOCK,
    );
    return {
      left: { input: leftInput!, operation: space.operations[leftOperation!]! },
      right: { input: rightInput!, operation: space.operations[rightOperation!]! },
      combine: space.combinations[combination!]!,
    };
  });
  return { blocks, outputs: unusedStates(blocks) };
}

/** The created states that no block reads, ascending: what a cell of the search space concatenates. Never empty. */
export function unusedStates(blocks: readonly Block[]): number[] {
  const used = new Set(blocks.flatMap(({ left, right }) => [left.input, right.input]));
  return blocks.map((_, block) => block + CELL_INPUTS).filter((state) => !used.has(state));
}

/**
 * The architecture whose cells concatenate what cells of a search space do: their unused states, whatever they
 * concatenated before. The released NASNet-A's Normal cell, for one, also concatenates its previous input.
 */
export function withSpaceOutputs({ normal, reduction }: Architecture): Architecture {
  const settle = ({ blocks }: Cell): Cell => ({ blocks, outputs: unusedStates(blocks) });
  return { normal: settle(normal), reduction: settle(reduction) };
}

/** Whether some decisions of the space make exactly this architecture. */
export function isInSpace(space: SearchSpace, architecture: Architecture): boolean {
  return whyOutside(space, architecture) === null;
}

/** Why the space does not hold an architecture, in one sentence; null when it does. */
export function whyOutside(space: SearchSpace, architecture: Architecture): string | null {
  for (const kind of CELL_KINDS) {
    const reason = whyCellOutside(space, architecture[kind]);
    if (reason !== null) return `The ${kind === 'normal' ? 'Normal' : 'Reduction'} cell ${reason}.`;
  }
  return null;
}

function whyCellOutside(space: SearchSpace, { blocks, outputs }: Cell): string | null {
  if (blocks.length !== space.blocks) return `has ${blocks.length} blocks, the search space ${space.blocks}`;
  for (const [index, { left, right, combine }] of blocks.entries()) {
    for (const { input, operation } of [left, right]) {
      if (!space.operations.includes(operation)) {
        return `uses ${operation} in block ${index + 1}, which is not among the search space's operations`;
      }
      if (input >= index + CELL_INPUTS) return `reads state ${input} in block ${index + 1}, which comes later`;
    }
    if (!space.combinations.includes(combine)) {
      return `uses ${combine} in block ${index + 1}, which is not among the search space's combinations`;
    }
  }
  const unused = unusedStates(blocks);
  if (unused.join() !== outputs.join()) {
    return `concatenates states ${outputs.join(', ')}, and in the search space its unused states ${unused.join(', ')}`;
  }
  return null;
}

/**
 * Natural logarithm of the probability of any one architecture when each decision is uniform: the starting point of a
 * controller, and random search throughout. −84.5474638 in the paper's space.
 */
export function uniformLogProbability(space: SearchSpace): number {
  return decisionSizes(space).reduce((sum, size) => sum - Math.log(size), 0);
}

/** A uniform integer from 0 to size - 1 out of a uniform number in [0, 1). */
function choose(size: number, uniform: () => number): number {
  return Math.min(size - 1, Math.floor(uniform() * size));
}

/** Every decision uniform (random search of the paper's section 4.4). `uniform` gives numbers in [0, 1), one a decision. */
export function randomArchitecture(space: SearchSpace, uniform: () => number): Architecture {
  return decode(
    space,
    decisionSizes(space).map((size) => choose(size, uniform)),
  );
}

/**
 * Changes exactly one decision: an input (hidden-state mutation), an operation or a combination, of one block of one
 * cell. Takes two numbers from `uniform`. The decision is uniform among those with a choice, and so is its new value
 * among the others: then input and operation mutations are equally likely, as in regularised evolution (Real et al.,
 * AAAI 2019); ours: combinations, which that paper does not have, are drawn like any decision, and there is no
 * identity mutation. Throws `invalid_input` when the architecture is outside the space.
 */
export function mutate(space: SearchSpace, architecture: Architecture, uniform: () => number): Architecture {
  const decisions = encode(space, architecture);
  const sizes = decisionSizes(space);
  const changeable = [...sizes.keys()].filter((index) => sizes[index]! > 1);
  const index = changeable[choose(changeable.length, uniform)]!;
  const others = choose(sizes[index]! - 1, uniform);
  decisions[index] = others < decisions[index]! ? others : others + 1;
  return decode(space, decisions);
}
