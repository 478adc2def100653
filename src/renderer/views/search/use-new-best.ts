import { useEffect, useState } from 'react';
import type { Experiment } from '../../../shared/records/experiment.ts';
import { type RowKey, rowKeyOf } from '../../state/row-key.ts';

/** A mark that was on the screen for so long has been seen. Milliseconds (ours). */
const SEEN_AFTER_MS = 5_000;

/** The row of a best reward that came while the page was open, until it was on the screen for a while. */
export function useNewBest({ best }: Experiment, isShown: (row: RowKey) => boolean): RowKey | null {
  const row = best === null ? null : rowKeyOf(best);
  // The best one as the page opens is no news.
  const [seen, setSeen] = useState(row);
  const isNew = row !== null && row !== seen;
  const isVisible = isNew && isShown(row);
  useEffect(() => {
    if (!isVisible) return;
    const timer = setTimeout(() => setSeen(row), SEEN_AFTER_MS);
    return () => clearTimeout(timer);
  }, [isVisible, row]);
  return isNew ? row : null;
}
