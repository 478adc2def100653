import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';

interface Place {
  readonly x: number;
  /** Who put it there. */
  readonly by: CursorPublisher;
}

/** Where the pointer is, by what x counts: all charts and tables of one kind of x share a cursor. */
const places = new Map<string, Place>();
const listeners = new Set<() => void>();

/** A chart or table that says where the pointer is in it; it takes back only what it has said itself. */
export class CursorPublisher {
  publish(xLabel: string, x: number | null): void {
    const before = cursorAt(xLabel);
    if (x !== null) places.set(xLabel, { x, by: this });
    else if (places.get(xLabel)?.by === this) places.delete(xLabel);
    if (before !== cursorAt(xLabel)) tell();
  }

  /** For a chart that is taken away: no pointer will leave it any more. */
  release(): void {
    const own = [...places].filter(([, { by }]) => by === this);
    for (const [xLabel] of own) places.delete(xLabel);
    if (own.length > 0) tell();
  }
}

function tell(): void {
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The x under the cursor; null while it is over no chart of that kind. */
export const cursorAt = (xLabel: string): number | null => places.get(xLabel)?.x ?? null;

/** The same, kept fresh. */
export function useCursor(xLabel: string): number | null {
  return useSyncExternalStore(
    subscribe,
    useCallback(() => cursorAt(xLabel), [xLabel]),
  );
}

/** A component's own publisher; what it said last goes with it. */
export function useCursorPublisher(): CursorPublisher {
  const [publisher] = useState(() => new CursorPublisher());
  useEffect(() => () => publisher.release(), [publisher]);
  return publisher;
}
