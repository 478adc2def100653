/** How the panes of a search stand, by the room there is (design, section 2). */
export type SearchLayoutKind =
  /** Leaderboard beside tabs, of which the cell is one. */
  | 'narrow'
  /** Leaderboard above charts, beside the cell. */
  | 'medium'
  /** Leaderboard, cell and charts side by side. */
  | 'wide'
  /** So, with the controller beneath the other charts. */
  | 'vast';

export function searchLayout(width: number, height: number): SearchLayoutKind {
  if (width < 1200) return 'narrow';
  if (width < 2560) return 'medium';
  // Ours: two charts of 560 and what stands around them need this much.
  return width >= 3400 && height >= 1300 ? 'vast' : 'wide';
}

/** Shares of the columns, in percent. In `vast` 1400, 1240 and 1200 of 3840. */
export const COLUMN_SHARES = {
  narrow: [46, 54],
  medium: [58, 42],
  wide: [42, 31, 27],
  vast: [36.5, 32.3, 31.2],
} as const satisfies Record<SearchLayoutKind, readonly number[]>;
