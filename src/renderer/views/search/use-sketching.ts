import { useCallback, useEffect, useMemo, useRef, useState } from 'react';

/** Faster than this, rows that were not seen yet are not drawn. Pixels a millisecond (design). */
const FAST = 4;
/** The list stands still when it has not moved for so long. Milliseconds (ours). */
const STILL_MS = 80;
/** Drawings that are kept by the drawing function, which are quick to show again (design). */
const KEPT_DRAWINGS = 500;

/** New drawings of one frame: more would make it late, and come in the next ones (ours; at eight blocks one takes 1.6 ms). */
const DRAWINGS_A_FRAME = 6;

export interface Sketching {
  scrolled(top: number): void;
  /** Whether this row gets a bar instead of its drawing now. */
  isSketch(hash: string): boolean;
}

/** Leaves out the drawings of unseen rows while the list moves fast, and spreads many new ones over some frames. */
export function useSketching(): Sketching {
  const [isFast, setIsFast] = useState(false);
  const last = useRef({ top: 0, at: 0 });
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const drawn = useRef(new Set<string>());
  const spent = useRef(0);
  const hasMore = useRef(false);
  const [, drawMore] = useState(0);
  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => {
    if (spent.current === 0) return;
    const frame = requestAnimationFrame(() => {
      spent.current = 0;
      if (!hasMore.current) return;
      hasMore.current = false;
      drawMore((was) => was + 1);
    });
    return () => cancelAnimationFrame(frame);
  });
  const scrolled = useCallback((top: number): void => {
    const now = performance.now();
    const before = last.current;
    last.current = { top, at: now };
    const elapsed = now - before.at;
    setIsFast(elapsed < STILL_MS * 2 && Math.abs(top - before.top) / Math.max(1, elapsed) > FAST);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setIsFast(false), STILL_MS);
  }, []);
  const isSketch = useCallback(
    (hash: string): boolean => {
      if (drawn.current.has(hash)) return false;
      if (isFast) return true;
      if (spent.current >= DRAWINGS_A_FRAME) {
        hasMore.current = true;
        return true;
      }
      spent.current++;
      if (drawn.current.size >= KEPT_DRAWINGS) drawn.current.clear();
      drawn.current.add(hash);
      return false;
    },
    [isFast],
  );
  return useMemo(() => ({ scrolled, isSketch }), [scrolled, isSketch]);
}
