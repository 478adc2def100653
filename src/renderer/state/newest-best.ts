import { useSyncExternalStore } from 'react';

/** The last best reward that came while the page was open. */
export interface NewestBest {
  readonly experiment: number;
  readonly trial: number;
  /** A fraction. */
  readonly reward: number;
}

let newest: NewestBest | null = null;
const listeners = new Set<() => void>();

export function setNewestBest(best: NewestBest | null): void {
  newest = best;
  for (const listener of listeners) listener();
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const useNewestBest = (): NewestBest | null => useSyncExternalStore(subscribe, () => newest);
