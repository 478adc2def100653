import type { TrialState } from '../records/experiment.ts';

/** States in the order in which a column of them is sorted, and in which they are offered to choose from. */
export const STATE_ORDER: readonly TrialState[] = ['running', 'queued', 'completed', 'pruned', 'cancelled', 'failed'];

/** A text that sorts as people number things: "update 9" before "update 10". */
export function naturalOrder(text: string): string {
  return text.replace(/\d+/g, (digits) => digits.padStart(10, '0'));
}
