import { useEffect, useState } from 'react';
import type { Experiment } from '../../../shared/records/experiment.ts';

/** A mark that was on the screen for so long has been seen. Milliseconds (ours). */
const SEEN_AFTER_MS = 5_000;

/** Trial of a best reward that came while the page was open, until its row was on the screen for a while. */
export function useNewBest({ best }: Experiment, isShown: (trial: number) => boolean): number | null {
  const trial = best?.trial ?? null;
  // The best one as the page opens is no news.
  const [seen, setSeen] = useState(trial);
  const isNew = trial !== null && trial !== seen;
  const isVisible = isNew && isShown(trial);
  useEffect(() => {
    if (!isVisible) return;
    const timer = setTimeout(() => setSeen(trial), SEEN_AFTER_MS);
    return () => clearTimeout(timer);
  }, [isVisible, trial]);
  return isNew ? trial : null;
}
