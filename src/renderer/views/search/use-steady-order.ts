import { useEffect, useRef, useState } from 'react';
import type { LeaderboardRow } from '../../state/leaderboard-rows.ts';

/** The order of rows changes at most this often. Milliseconds (design). */
const ORDER_EVERY_MS = 1_000;

/**
 * Rows that don't jump: values change at once, their order at most once a second, and not at all while somebody reads
 * (`isHeld`). `waiting` rows are then let in by `admit`. Another `reset` is another list.
 */
export function useSteadyOrder(rows: readonly LeaderboardRow[], reset: string, isHeld: boolean) {
  const shown = useRef<{ reset: string; keys: readonly string[]; at: number }>({ reset: '', keys: [], at: 0 });
  const [, redraw] = useState(0);
  const now = performance.now();
  const { keys, at } = shown.current;
  const isFree = !isHeld && now - at >= ORDER_EVERY_MS;
  if (shown.current.reset !== reset || keys.length === 0 || isFree) {
    shown.current = { reset, keys: rows.map(({ key }) => key), at: now };
  }
  const byKey = new Map(rows.map((row) => [row.key, row]));
  const kept = shown.current.keys.flatMap((key) => byKey.get(key) ?? []);
  const waiting = rows.length - kept.length;
  const isBehind = waiting > 0 || kept.some((row, index) => row !== rows[index]);
  useEffect(() => {
    if (!isBehind || isHeld) return;
    const timer = setTimeout(() => redraw((was) => was + 1), ORDER_EVERY_MS);
    return () => clearTimeout(timer);
  }, [isBehind, isHeld]);
  const admit = (): void => {
    shown.current = { reset: '', keys: [], at: 0 };
    redraw((was) => was + 1);
  };
  return { rows: kept, waiting, admit };
}
