import { useCallback, useMemo, useRef } from 'react';
import type { LeaderboardSource } from '../../state/leaderboard-source.ts';

/** What is pressed waits no longer for the order: over a frozen line it would never come. Milliseconds (ours). */
const LONGEST_WAIT_MS = 500;

const patience = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, LONGEST_WAIT_MS));

/** Why the order of rows must not change now (design). */
export type HoldReason = 'pointer' | 'focus' | 'scroll' | 'menu';

export interface OrderHold {
  set(reason: HoldReason, holds: boolean): void;
  /**
   * Focus came in: by keys the order is brought up to date first, and what is pressed meanwhile waits for it. Not under
   * the pointer, which may be about to press a row: a window that is pressed gets its focus back before it.
   */
  enter(isByPointer: boolean): void;
  /** Does it now, or when the order is up to date. */
  whenSettled(work: () => void): void;
}

/** Holds the order while somebody reads the rows. */
export function useOrderHold(source: LeaderboardSource): OrderHold {
  const reasons = useRef<Partial<Record<HoldReason, boolean>>>({});
  const waiting = useRef<(() => void)[] | null>(null);
  const set = useCallback(
    (reason: HoldReason, holds: boolean): void => {
      reasons.current[reason] = holds;
      source.hold(Object.values(reasons.current).some(Boolean));
    },
    [source],
  );
  const enter = useCallback(
    (isByPointer: boolean): void => {
      set('focus', true);
      if (isByPointer || reasons.current.pointer === true || waiting.current !== null) return;
      waiting.current = [];
      void Promise.race([source.settle(), patience()]).finally(() => {
        const works = waiting.current ?? [];
        waiting.current = null;
        for (const work of works) work();
      });
    },
    [source, set],
  );
  const whenSettled = useCallback((work: () => void): void => {
    if (waiting.current === null) work();
    else waiting.current.push(work);
  }, []);
  return useMemo(() => ({ set, enter, whenSettled }), [set, enter, whenSettled]);
}
