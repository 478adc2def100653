import { X } from 'lucide-react';
import { lazy, type ReactElement, Suspense, useMemo } from 'react';
import { Link } from 'wouter';
import type { Experiment, Trial } from '../../../shared/records/experiment.ts';
import { trialName } from '../../../shared/trial-name.ts';
import chart from '../../charts/chart.module.css';
import { IconButton } from '../../components/button.tsx';
import { SkeletonGraphs } from '../../components/skeletons.tsx';
import { type CellComparison, compareCells } from '../../graphs/compare-cells.ts';
import type { CellKind } from '../../graphs/thumbnail-summary.ts';
import { trialAddress } from '../../state/row-key.ts';
import { Outcome } from '../search/cell-pane-labels.tsx';
import { usePlan } from '../search/cell-pane-plan.ts';
import styles from './compare.module.css';

const CellGraph = lazy(async () => ({ default: (await import('../../graphs/cell-graph.tsx')).CellGraph }));

interface ComparedCellProps {
  readonly experiment: Experiment;
  readonly trial: Trial;
  readonly reference: Trial;
  readonly kinds: readonly CellKind[];
  /** Its colour among the curves, from 1. */
  readonly series: number;
  readonly onReference: () => void;
  readonly onRemove: () => void;
}

/** One of the compared trials: its cells, with what differs from the reference's marked. */
export function ComparedCell(props: ComparedCellProps): ReactElement {
  const { experiment, trial, reference, kinds, series, onReference, onRemove } = props;
  const isReference = trial === reference;
  const plan = usePlan(experiment, trial.architecture);
  const comparisons = useMemo((): Record<CellKind, CellComparison | undefined> => {
    const compare = (kind: CellKind) =>
      isReference ? undefined : compareCells(reference.architecture[kind], trial.architecture[kind]);
    return { normal: compare('normal'), reduction: compare('reduction') };
  }, [trial, reference, isReference]);
  return (
    <section className={styles.cell} aria-label={`Trial ${trialName(trial)}`}>
      <header className={styles.head}>
        <i className={`${styles.swatch} ${chart[`series${series}`]}`} aria-hidden="true" />
        <h2>
          <Link href={trialAddress(experiment.id, trial)}>Trial {trialName(trial)}</Link>
        </h2>
        <Outcome trial={trial} />
        <span className={styles.gap} />
        <button type="button" className={styles.reference} aria-pressed={isReference} onClick={onReference}>
          {isReference ? 'Reference' : 'Make reference'}
        </button>
        <IconButton
          label={`Take trial ${trialName(trial)} out`}
          icon={<X size={16} aria-hidden="true" />}
          onClick={onRemove}
        />
      </header>
      <Suspense fallback={<SkeletonGraphs count={kinds.length} className={styles.graph} />}>
        {kinds.map((kind) => (
          <div key={kind} className={styles.graph}>
            <CellGraph
              cell={trial.architecture[kind]}
              kind={kind}
              plan={plan}
              trial={trial}
              comparison={comparisons[kind]}
            />
          </div>
        ))}
      </Suspense>
    </section>
  );
}
