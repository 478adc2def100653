import type { SearchSpace } from '../../shared/records/architecture.ts';
import type { UpdateReport } from '../../shared/records/controller.ts';
import type { DecisionPlace } from '../../shared/search-space/decisions.ts';
import { OPERATION_FACTS, stateLabel } from '../../shared/search-space/operation-facts.ts';

/** Columns of a heat map; more updates are averaged in groups (design, section 5). */
const MOST_COLUMNS = 240;

export interface HeatColumn {
  /** First and last update of the group. */
  readonly from: number;
  readonly to: number;
  /** By option, 0 to 1; they sum to 1. */
  readonly probabilities: readonly number[];
}

/** "Normal block 3, left input". */
export function decisionWords({ cell, block, step }: DecisionPlace): string {
  return `${cell === 'normal' ? 'Normal' : 'Reduction'} block ${block + 1}, ${step}`;
}

/** What a decision chooses from, in words. */
export function optionWords(space: SearchSpace, { block, step }: DecisionPlace): string[] {
  if (step === 'combination') return space.combinations.map((combination) => combination);
  if (step === 'left operation' || step === 'right operation') {
    return space.operations.map((operation) => OPERATION_FACTS[operation].label);
  }
  return Array.from({ length: block + 2 }, (_, state) => stateLabel(state));
}

/** Updates that share a column, so that all that are planned fit. */
export const columnSize = (planned: number): number => Math.max(1, Math.ceil(planned / MOST_COLUMNS));

/** How a decision's mean softmax went: a column for every `size` updates. */
export function heatColumns(updates: readonly UpdateReport[], decision: number, size: number): HeatColumn[] {
  const groups = Array.from({ length: Math.ceil(updates.length / size) }, (_, index) =>
    updates.slice(index * size, (index + 1) * size),
  );
  return groups.map((group) => ({
    from: group[0]?.update ?? 0,
    to: group.at(-1)?.update ?? 0,
    probabilities: mean(group.map(({ meanProbabilities }) => meanProbabilities[decision] ?? [])),
  }));
}

function mean(lists: readonly (readonly number[])[]): number[] {
  return (lists[0] ?? []).map((_, index) => lists.reduce((sum, list) => sum + (list[index] ?? 0), 0) / lists.length);
}

/** Entropy of each decision's mean softmax in the newest update, as a part of the largest possible, 0 to 1. */
export function relativeEntropies(updates: readonly UpdateReport[]): number[] {
  return (updates.at(-1)?.meanProbabilities ?? []).map((probabilities) => {
    if (probabilities.length < 2) return 0;
    const entropy = probabilities.reduce((sum, part) => (part > 0 ? sum - part * Math.log(part) : sum), 0);
    return entropy / Math.log(probabilities.length);
  });
}

/** Which of the six heat colours a part of 1 has. */
export const heatLevel = (part: number): number => Math.min(5, Math.max(0, Math.floor(part * 6)));

/** A decision's softmax in every update, at full precision. */
export function decisionToCsv(options: readonly string[], updates: readonly UpdateReport[], decision: number): string {
  const head = ['update', ...options].join(',');
  const rows = updates.map(({ update, meanProbabilities }) =>
    [update, ...(meanProbabilities[decision] ?? [])].join(','),
  );
  return `${[head, ...rows].join('\r\n')}\r\n`;
}
