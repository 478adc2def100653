import { OPERATIONS, type Operation } from '../../shared/records/architecture.ts';
import type { Trial } from '../../shared/records/experiment.ts';
import { liveBlocks } from '../../shared/search-space/live-blocks.ts';

/** Trials that count as the top (design; the paper's figure 6 has the same 25). */
export const TOP = 25;

export interface OperationShare {
  readonly operation: Operation;
  /** Of all operands that are built in the top trials, 0 to 1. */
  readonly topShare: number;
  readonly share: number;
  /** Trials with a reward that have the operation, and those without; mean reward of each, null for none. */
  readonly having: { readonly count: number; readonly reward: number | null };
  readonly lacking: { readonly count: number; readonly reward: number | null };
}

/** How often each operation stands in the best cells and in all, and what the rewards are with and without it. */
export function operationShares(trials: Iterable<Trial>): OperationShare[] {
  const rewarded = [...trials]
    .filter(({ reward }) => reward !== null)
    .sort((one, other) => (other.reward ?? 0) - (one.reward ?? 0) || one.trial - other.trial);
  const used = rewarded.map((trial) => ({ reward: trial.reward ?? 0, operations: operationsOf(trial) }));
  const all = used.flatMap(({ operations }) => operations);
  const top = used.slice(0, TOP).flatMap(({ operations }) => operations);
  return OPERATIONS.map((operation) => ({
    operation,
    topShare: share(top, operation),
    share: share(all, operation),
    having: rewards(used.filter(({ operations }) => operations.includes(operation))),
    lacking: rewards(used.filter(({ operations }) => !operations.includes(operation))),
  })).filter(({ having }) => having.count > 0);
}

function operationsOf({ architecture }: Trial): Operation[] {
  return [architecture.normal, architecture.reduction].flatMap((cell) =>
    liveBlocks(cell).flatMap((index) => {
      const block = cell.blocks[index];
      return block === undefined ? [] : [block.left.operation, block.right.operation];
    }),
  );
}

function share(operations: readonly Operation[], wanted: Operation): number {
  if (operations.length === 0) return 0;
  return operations.filter((operation) => operation === wanted).length / operations.length;
}

function rewards(trials: readonly { readonly reward: number }[]): { count: number; reward: number | null } {
  const count = trials.length;
  return { count, reward: count === 0 ? null : trials.reduce((sum, { reward }) => sum + reward, 0) / count };
}
