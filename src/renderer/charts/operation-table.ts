import type { OperationShare } from '../../shared/records/leaderboard.ts';
import { OPERATION_FACTS } from '../../shared/search-space/operation-facts.ts';

export const OPERATION_COLUMNS = [
  { id: 'operation', title: 'Operation', meaning: 'By name' },
  { id: 'top', title: 'In the top 25, %', meaning: 'Share of the operations in the best 25 trials' },
  { id: 'all', title: 'In all, %', meaning: 'Share of the operations in all trials with a reward' },
  { id: 'with', title: 'With %', meaning: 'Mean reward of the trials that have it' },
  { id: 'withCount', title: 'Trials with', meaning: 'Trials with a reward that have it' },
  { id: 'without', title: 'Without %', meaning: 'Mean reward of the trials that do not have it' },
  { id: 'withoutCount', title: 'Trials without', meaning: 'Trials with a reward that do not have it' },
] as const;
export type OperationColumn = (typeof OPERATION_COLUMNS)[number]['id'];

export interface OperationSort {
  readonly column: OperationColumn;
  readonly isAscending: boolean;
}

const FIRST: OperationSort = { column: 'top', isAscending: false };

/** `with:up`; what is not understood is the sort that the table opens with. */
export function readOperationSort(text: string | null): OperationSort {
  const [name, direction] = (text ?? '').split(':');
  const known = OPERATION_COLUMNS.find(({ id }) => id === name);
  return known === undefined ? FIRST : { column: known.id, isAscending: direction === 'up' };
}

/** Null for the sort that the table opens with. */
export function writeOperationSort({ column, isAscending }: OperationSort): string | null {
  if (column === FIRST.column && isAscending === FIRST.isAscending) return null;
  return `${column}:${isAscending ? 'up' : 'down'}`;
}

const VALUES: Readonly<Record<OperationColumn, (row: OperationShare) => number | string | null>> = {
  operation: ({ operation }) => OPERATION_FACTS[operation].label,
  top: ({ topShare }) => topShare,
  all: ({ share }) => share,
  with: ({ having }) => having.reward,
  withCount: ({ having }) => having.count,
  without: ({ lacking }) => lacking.reward,
  withoutCount: ({ lacking }) => lacking.count,
};

/** In another order: ties by name, rows without the value last whatever the direction. */
export function sortOperations(rows: readonly OperationShare[], sort: OperationSort): OperationShare[] {
  const value = VALUES[sort.column];
  const direction = sort.isAscending ? 1 : -1;
  const byName = (one: OperationShare, other: OperationShare): number =>
    OPERATION_FACTS[one.operation].label.localeCompare(OPERATION_FACTS[other.operation].label, 'en');
  return rows.toSorted((one, other) => {
    const [first, second] = [value(one), value(other)];
    if (first === null || second === null) {
      return Number(first === null) - Number(second === null) || byName(one, other);
    }
    if (typeof first === 'string') return direction * byName(one, other);
    return direction * (first - Number(second)) || byName(one, other);
  });
}

/** Fractions at full precision; a mean of no trials stays empty. */
export function operationsToCsv(rows: readonly OperationShare[]): string {
  const head = 'operation,top_share,share,reward_with,trials_with,reward_without,trials_without';
  const lines = rows.map(({ operation, topShare, share, having, lacking }) =>
    [operation, topShare, share, having.reward ?? '', having.count, lacking.reward ?? '', lacking.count].join(','),
  );
  return `${[head, ...lines].join('\r\n')}\r\n`;
}
