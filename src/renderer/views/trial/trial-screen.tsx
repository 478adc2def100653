import { type ReactElement, useState } from 'react';
import { Link } from 'wouter';
import type { Experiment, Trial } from '../../../shared/records/experiment.ts';
import { Button } from '../../components/button.tsx';
import { CopyButton, Empty, ErrorPanel, Guard, SkeletonRows } from '../../components/notices.tsx';
import { TrialStateMark } from '../../components/states.tsx';
import { FAILURE_WORDS, percent } from '../../components/words.ts';
import { useExperiment, useTrials } from '../../state/use-workbench.ts';
import { CellGraphs } from '../search/cell-pane.tsx';
import { CurvesPane } from '../search/curves-pane.tsx';
import { KillTrial } from '../search/kill-trial.tsx';
import styles from './trial.module.css';
import { TrialFacts } from './trial-facts.tsx';
import { TrialLog } from './trial-log.tsx';

/** Everything about one trial. */
export function TrialScreen(props: { experiment: number; trial: number }): ReactElement {
  const { experiment: id, trial: number } = props;
  const experiment = useExperiment(id);
  const trials = useTrials(id);
  const failed = [experiment, trials].find((loaded) => loaded.kind === 'failed');
  if (failed?.kind === 'failed') return <ErrorPanel message={failed.error.message} onRetry={failed.retry} />;
  if (experiment.kind !== 'ready' || trials.kind !== 'ready') return <SkeletonRows count={8} height={40} />;
  const trial = trials.value.get(number);
  if (experiment.value.experiment === null || trial === undefined) {
    return (
      <Empty actions={<Link href={`/experiments/${id}`}>The search</Link>}>
        Search {id} has no trial {number}.
      </Empty>
    );
  }
  return <TrialView experiment={experiment.value.experiment} trial={trial} />;
}

function TrialView({ experiment, trial }: { experiment: Experiment; trial: Trial }): ReactElement {
  const [isKilling, setIsKilling] = useState(false);
  const isOpen = trial.state === 'running' || trial.state === 'queued';
  return (
    <div className={styles.screen}>
      <header className={styles.head}>
        <h1>Trial {trial.trial}</h1>
        <TrialStateMark
          state={trial.state}
          detail={trial.failure === null ? undefined : FAILURE_WORDS[trial.failure]}
        />
        {trial.reward === null ? null : <b className={styles.reward}>{percent(trial.reward)}</b>}
        <span className={styles.gap} />
        <Link className={styles.link} href={`/experiments/${experiment.id}?trial=${trial.trial}`}>
          In the leaderboard
        </Link>
        <CopyButton label="Copy cell" text={() => JSON.stringify(trial.architecture, null, 2)} />
        <CopyButton label="Copy configuration" text={() => JSON.stringify(experiment.config, null, 2)} />
        {isOpen ? <Button onClick={() => setIsKilling(true)}>Kill</Button> : null}
      </header>
      {trial.message === null ? null : <p className={styles.message}>{trial.message}</p>}
      <div className={styles.columns}>
        <div className={styles.left}>
          <TrialFacts experiment={experiment} trial={trial} />
          <div className={styles.curves}>
            <Guard>
              <CurvesPane experiment={experiment} trial={trial} />
            </Guard>
          </div>
          <TrialLog experiment={experiment.id} trial={trial.trial} />
        </div>
        <div className={styles.right}>
          <Guard>
            <CellGraphs experiment={experiment} architecture={trial.architecture} />
          </Guard>
        </div>
      </div>
      {isKilling ? <KillTrial trial={trial} onClose={() => setIsKilling(false)} /> : null}
    </div>
  );
}
