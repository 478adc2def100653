import { useSyncExternalStore } from 'react';

function subscribe(listener: () => void): () => void {
  addEventListener('resize', listener);
  return () => removeEventListener('resize', listener);
}

/** What `choose` makes of the window's inner size, in CSS pixels; draws anew only when that differs. */
export function useWindowSize<T extends string | number | boolean>(choose: (width: number, height: number) => T): T {
  return useSyncExternalStore(subscribe, () => choose(innerWidth, innerHeight));
}
