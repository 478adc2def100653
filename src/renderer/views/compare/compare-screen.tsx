import { lazy, type ReactElement, Suspense, useMemo, useState } from 'react';
import { Link, useSearchParams } from 'wouter';
import type { Experiment, Trial } from '../../../shared/records/experiment.ts';
import { Empty, ErrorPanel, Guard, SkeletonRows } from '../../components/notices.tsx';
import { percent } from '../../components/words.ts';
import { compareCells } from '../../graphs/compare-cells.ts';
import { useExperiment, useTrials } from '../../state/use-workbench.ts';
import { usePlan } from '../search/cell-pane.tsx';
import { readTrialNumbers } from '../search/search-view.ts';
import styles from './compare.module.css';
import { CompareCurves } from './compare-curves.tsx';
import { CompareTable } from './compare-table.tsx';

const CellGraph = lazy(async () => ({ default: (await import('../../graphs/cell-graph.tsx')).CellGraph }));

/** Two to six cells side by side: what differs from the first is marked. */
export function CompareScreen({ id }: { id: number }): ReactElement {
  const [params] = useSearchParams();
  const experiment = useExperiment(id);
  const trials = useTrials(id);
  const failed = [experiment, trials].find((loaded) => loaded.kind === 'failed');
  if (failed?.kind === 'failed') return <ErrorPanel message={failed.error.message} onRetry={failed.retry} />;
  if (experiment.kind !== 'ready' || trials.kind !== 'ready') return <SkeletonRows count={6} height={40} />;
  const compared = readTrialNumbers(params.get('trials')).flatMap((number) => trials.value.get(number) ?? []);
  if (experiment.value.experiment === null || compared.length < 2) {
    return (
      <Empty actions={<Link href={`/experiments/${id}`}>The search</Link>}>
        Mark two to six cells in the leaderboard with Space, then compare them with C.
      </Empty>
    );
  }
  return <Compare experiment={experiment.value.experiment} trials={compared} />;
}

function Compare({ experiment, trials }: { experiment: Experiment; trials: readonly Trial[] }): ReactElement {
  const [chosen, setChosen] = useState(trials[0]?.trial);
  const reference = trials.find(({ trial }) => trial === chosen) ?? trials[0];
  if (reference === undefined) return <Empty>Nothing to compare.</Empty>;
  return (
    <div className={styles.screen}>
      <h1 className="visually-hidden">Compare {trials.length} cells</h1>
      <div className={styles.cells}>
        {trials.map((trial) => (
          <ComparedCell
            key={trial.trial}
            experiment={experiment}
            trial={trial}
            reference={reference}
            onReference={() => setChosen(trial.trial)}
          />
        ))}
      </div>
      <div className={styles.lower}>
        <CompareTable trials={trials} />
        <div className={styles.curves}>
          <Guard>
            <CompareCurves experiment={experiment} trials={trials} />
          </Guard>
        </div>
      </div>
    </div>
  );
}

interface ComparedCellProps {
  readonly experiment: Experiment;
  readonly trial: Trial;
  readonly reference: Trial;
  readonly onReference: () => void;
}

function ComparedCell({ experiment, trial, reference, onReference }: ComparedCellProps): ReactElement {
  const isReference = trial === reference;
  const plan = usePlan(experiment, trial.architecture);
  const comparisons = useMemo(() => {
    const compare = (kind: 'normal' | 'reduction') =>
      isReference ? undefined : compareCells(reference.architecture[kind], trial.architecture[kind]);
    return { normal: compare('normal'), reduction: compare('reduction') };
  }, [trial, reference, isReference]);
  return (
    <section className={styles.cell} aria-label={`Trial ${trial.trial}`}>
      <header className={styles.head}>
        <h2>
          <Link href={`/experiments/${experiment.id}/trials/${trial.trial}`}>Trial {trial.trial}</Link>
        </h2>
        <span>{trial.reward === null ? trial.state : percent(trial.reward)}</span>
        <button type="button" className={styles.reference} aria-pressed={isReference} onClick={onReference}>
          {isReference ? 'Reference' : 'Make reference'}
        </button>
      </header>
      <Suspense fallback={null}>
        {(['normal', 'reduction'] as const).map((kind) => (
          <div key={kind} className={styles.graph}>
            <CellGraph cell={trial.architecture[kind]} kind={kind} plan={plan} comparison={comparisons[kind]} />
          </div>
        ))}
      </Suspense>
    </section>
  );
}
