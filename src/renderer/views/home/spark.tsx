import type { ReactElement } from 'react';
import type { Experiment } from '../../../shared/records/experiment.ts';
import { percent } from '../../components/words.ts';
import { useResultsRevision } from '../../state/leaderboard-revision.ts';
import { useFreshAnswer } from '../../state/use-fresh-answer.ts';
import styles from './home.module.css';
import { sparkPath } from './spark-path.ts';

const WIDTH = 96;
const HEIGHT = 26;

/** The best reward so far against the trials proposed, as large as a word. */
export function Spark({ experiment }: { experiment: Experiment }): ReactElement {
  const { id } = experiment;
  const curve = useFreshAnswer('experiment.curve', { experiment: id }, useResultsRevision(id), id);
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
