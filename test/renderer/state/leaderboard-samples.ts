import type { LeaderboardAnswer } from '../../../src/renderer/state/leaderboard-window.ts';
import type { Trial } from '../../../src/shared/records/experiment.ts';
import type { LeaderboardRow } from '../../../src/shared/records/leaderboard.ts';
import { makeTrial } from '../../main/terminal/records.ts';

export const NO_LABELS = { isStarred: false, note: '', tags: [] };
export const NO_COUNTS = { queued: 0, running: 0, completed: 0, failed: 0, pruned: 0, cancelled: 0 };

/** A row of one trial, whose cell nobody else has. */
export function makeRow(
  trial: number,
  changes: Partial<Trial> = {},
  row: Partial<LeaderboardRow> = {},
): LeaderboardRow {
  const made = makeTrial(trial, { hash: `hash-${trial}`, ...changes });
  return {
    trial: made,
    rank: null,
    reward: made.reward,
    deviation: null,
    best: made.bestAccuracy,
    bestEpoch: made.bestEpoch,
    proposals: 1,
    trials: 1,
    labels: NO_LABELS,
    ...row,
  };
}

export const rowsOf = (from: number, count: number): LeaderboardRow[] =>
  Array.from({ length: count }, (_, index) => makeRow(from + index));

export const answer = (rows: readonly LeaderboardRow[], total: number): LeaderboardAnswer => ({
  total,
  rows: [...rows],
  counts: NO_COUNTS,
  best: null,
});
