import { type ReactElement, useEffect, useRef } from 'react';
import type { Experiment } from '../../../shared/records/experiment.ts';
import { finishedTrials } from '../../../shared/search-state.ts';
import { percent } from '../../components/words.ts';
import { useAnswer } from '../../state/use-workbench.ts';
import styles from './home.module.css';
import { sparkPath } from './spark-path.ts';

const WIDTH = 96;
const HEIGHT = 26;
/** A running search's spark is read again at most so often. Milliseconds (ours). */
const AGAIN_MS = 5_000;

/** The best reward so far against the trials proposed, as large as a word. */
export function Spark({ experiment }: { experiment: Experiment }): ReactElement {
  const curve = useAnswer('experiment.curve', { experiment: experiment.id });
  useReadAgain(finishedTrials(experiment), curve.again);
  const path =
    curve.kind === 'ready'
      ? sparkPath(curve.value.proposals, curve.value.best, experiment.config.budget.trials, WIDTH, HEIGHT)
      : '';
  const { best } = experiment;
  const label = best === null ? 'No reward yet' : `Best reward so far: ${percent(best.reward)} at trial ${best.trial}`;
  return (
    <svg className={styles.spark} width={WIDTH} height={HEIGHT} role="img" aria-label={label}>
      <path d={`M0 ${HEIGHT - 0.5}H${WIDTH}`} className={styles.sparkBase} />
      <path d={path} className={styles.sparkLine} />
    </svg>
  );
}

function useReadAgain(finished: number, again: () => void): void {
  const read = useRef({ finished, at: 0 });
  useEffect(() => {
    if (read.current.at === 0) read.current = { finished, at: Date.now() };
    if (finished === read.current.finished) return;
    const wait = Math.max(0, read.current.at + AGAIN_MS - Date.now());
    const timer = setTimeout(() => {
      read.current = { finished, at: Date.now() };
      again();
    }, wait);
    return () => clearTimeout(timer);
  }, [finished, again]);
}
