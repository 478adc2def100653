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
