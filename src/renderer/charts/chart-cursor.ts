import { useCallback, useSyncExternalStore } from 'react';

/** Where the pointer is, by what x counts: all charts and tables of one kind of x share a cursor. */
const places = new Map<string, number>();
const listeners = new Set<() => void>();

export function setCursor(xLabel: string, x: number | null): void {
  if ((places.get(xLabel) ?? null) === x) return;
  if (x === null) places.delete(xLabel);
  else places.set(xLabel, x);
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The x under the cursor; null while it is over no chart of that kind. */
export function useCursor(xLabel: string): number | null {
  return useSyncExternalStore(
    subscribe,
    useCallback(() => places.get(xLabel) ?? null, [xLabel]),
  );
}

/** Index of the value that is nearest, of ascending ones; −1 of none. */
export function nearestIndex(ascending: readonly number[], value: number): number {
  let low = 0;
  let high = ascending.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  const before = ascending[low - 1];
  const here = ascending[low];
  if (here === undefined) return -1;
  return before !== undefined && value - before <= here - value ? low - 1 : low;
}
