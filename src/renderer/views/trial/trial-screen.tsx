import type { ReactElement } from 'react';
import { Link } from 'wouter';
import { withBatchSize } from '../../../shared/batch-sizes.ts';
import type { Experiment, ExperimentConfig, Trial } from '../../../shared/records/experiment.ts';
import { trialName } from '../../../shared/trial-name.ts';
import { Empty, ErrorPanel, Guard } from '../../components/notices.tsx';
import { SkeletonRows } from '../../components/skeletons.tsx';
import { nameInAddress, type RowKey, readRowKey } from '../../state/row-key.ts';
import { useExperiment, useTrial } from '../../state/use-workbench.ts';
import { CellGraphs } from '../search/cell-pane-graphs.tsx';
import { useCellCommands } from '../search/cell-pane-menu.tsx';
import { CellWindow, useWholeCell } from '../search/cell-pane-window.tsx';
import { CurvesPane } from '../search/curves-pane.tsx';
import styles from './trial.module.css';
import { TrialAttempts } from './trial-attempts.tsx';
import { TrialConfig } from './trial-config.tsx';
import { TrialFacts } from './trial-facts.tsx';
import { TrialHead } from './trial-head.tsx';
import { TrialLog } from './trial-log.tsx';
import { TrialRuns } from './trial-runs.tsx';
import { TrialStates } from './trial-states.tsx';
import { useTrainingImages } from './use-training-images.ts';

/** Nothing is marked for compare on this screen, so its curves are the trial's alone. */
const ALONE: readonly RowKey[] = [];
const keepsAlone = (): void => undefined;

/** Everything about one run of a trial; `asked` is what the address calls it. */
export function TrialScreen({ experiment: id, asked }: { experiment: number; asked: string }): ReactElement {
  const row = readRowKey(asked);
  const experiment = useExperiment(id);
  const trial = useTrial(id, row);
  if (experiment.kind === 'failed') return <ErrorPanel message={experiment.error.message} onRetry={experiment.retry} />;
  const isMissing = experiment.kind === 'ready' && experiment.value.experiment === null;
  if (isMissing || row === null || (trial.kind === 'failed' && trial.error.code === 'not_found')) {
    return (
      <Empty actions={<Link href={isMissing ? '/' : `/experiments/${id}`}>{isMissing ? 'Home' : 'The search'}</Link>}>
        {isMissing ? `There is no search ${id} in this project.` : `Search ${id} has no trial ${nameInAddress(asked)}.`}
      </Empty>
    );
  }
  if (trial.kind === 'failed') return <ErrorPanel message={trial.error.message} onRetry={trial.retry} />;
  if (experiment.kind !== 'ready' || trial.kind !== 'ready' || experiment.value.experiment === null) {
    return <SkeletonRows count={8} height={40} />;
  }
  return <TrialView experiment={experiment.value.experiment} trial={trial.value} />;
}

/** What it was really trained with. */
function configOf({ config }: Experiment, { reducedBatchSize }: Trial, images: number): ExperimentConfig {
  return { ...config, recipe: withBatchSize(config.recipe, images, reducedBatchSize) };
}

function TrialView({ experiment, trial }: { experiment: Experiment; trial: Trial }): ReactElement {
  const whole = useWholeCell();
  const images = useTrainingImages(experiment);
  useCellCommands(experiment, trial);
  return (
    <div className={styles.screen} data-letter-keys="">
      <TrialHead experiment={experiment} trial={trial} onWhole={whole.open} />
      {trial.message === null ? null : <p className={styles.message}>{trial.message}</p>}
      <div className={styles.columns}>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, by keys too */}
        <section className={styles.left} aria-label={`About trial ${trialName(trial)}`} tabIndex={0}>
          <div className={styles.about}>
            <TrialFacts experiment={experiment} trial={trial} images={images} />
            <TrialRuns trial={trial} />
            <TrialStates trial={trial} />
            <TrialAttempts trial={trial} />
          </div>
          <div className={styles.course}>
            <div className={styles.curves}>
              <Guard>
                <CurvesPane experiment={experiment} trial={trial} compare={ALONE} onChange={keepsAlone} />
              </Guard>
            </div>
            <TrialLog experiment={experiment.id} trial={trial.trial} />
            <TrialConfig config={configOf(experiment, trial, images)} />
          </div>
        </section>
        <div className={styles.right}>
          <Guard>
            <CellGraphs experiment={experiment} trial={trial} onOpen={whole.open} />
          </Guard>
        </div>
      </div>
      <CellWindow experiment={experiment} trial={trial} />
    </div>
  );
}
