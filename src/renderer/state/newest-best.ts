import type { RowId } from './row-key.ts';
import { SharedValue, useShared } from './shared-value.ts';

/** The last best reward that came while the page was open. */
export interface NewestBest extends RowId {
  readonly experiment: number;
  /** A fraction. */
  readonly reward: number;
}

const newest = new SharedValue<NewestBest | null>(null);

export const setNewestBest = (best: NewestBest | null): void => newest.set(best);

export const useNewestBest = (): NewestBest | null => useShared(newest);
