import { ArrowLeftRight, Maximize2 } from 'lucide-react';
import { memo, type ReactElement, useId } from 'react';
import { Link } from 'wouter';
import type { Trial } from '../../../shared/records/experiment.ts';
import type { CellLabels } from '../../../shared/records/leaderboard.ts';
import { trialName } from '../../../shared/trial-name.ts';
import { Empty } from '../../components/notices.tsx';
import { roundedCount } from '../../components/words.ts';
import { type RowKey, rowKeyOf, trialAddress } from '../../state/row-key.ts';
import { useCellRow } from '../trial/use-cell-row.ts';
import styles from './cell-pane.module.css';
import { CellGraphs } from './cell-pane-graphs.tsx';
import { Notes, Outcome, StarButton } from './cell-pane-labels.tsx';
import { CellMenu, useCellCommands } from './cell-pane-menu.tsx';
import { useWholeCell } from './cell-pane-window.tsx';
import type { SearchPaneProps } from './search-pane.ts';
import { compareAddress, MOST_COMPARED, toggleCompared } from './search-view.ts';

/** The selected cell: both graphs, with what its parts cost at this search's scale. */
export const CellPane = memo(function CellPane({ trial, ...props }: SearchPaneProps): ReactElement {
  if (trial === null) return <Empty>No cell yet. The first proposal appears here.</Empty>;
  return <SelectedCell {...props} trial={trial} />;
});

function SelectedCell({ experiment, trial, compare, onChange }: SearchPaneProps & { trial: Trial }): ReactElement {
  const row = useCellRow(trial);
  const labels = row.kind === 'ready' ? row.value.labels : null;
  const whole = useWholeCell();
  const headingId = useId();
  useCellCommands(experiment, trial);
  return (
    <section className={styles.pane} aria-labelledby={headingId}>
      <header className={styles.head}>
        <h2 id={headingId} className={styles.title}>
          <span className="visually-hidden">Cell of </span>
          <Link href={trialAddress(experiment.id, trial)}>Trial {trialName(trial)}</Link>
        </h2>
        <Outcome trial={trial} />
        <span className={styles.gap} />
        <CompareButtons experiment={experiment.id} row={rowKeyOf(trial)} compare={compare} onChange={onChange} />
        <StarButton trial={trial} labels={labels} />
        <button
          type="button"
          className={styles.icon}
          title="Whole cell (E)"
          aria-label="Whole cell"
          onClick={whole.open}
        >
          <Maximize2 size={16} aria-hidden="true" />
        </button>
        <CellMenu experiment={experiment} trial={trial} />
      </header>
      <CellFacts trial={trial} labels={labels} />
      <CellGraphs experiment={experiment} trial={trial} onOpen={whole.open} />
    </section>
  );
}

function CellFacts({ trial, labels }: { trial: Trial; labels: CellLabels | null }): ReactElement {
  return (
    <p className={styles.facts}>
      <span className={styles.costs}>
        {roundedCount(trial.trainableParameters)} parameters · {roundedCount(trial.multiplyAdds)} multiply-adds
      </span>
      <Notes labels={labels} />
    </p>
  );
}

function CompareButtons(props: Pick<SearchPaneProps, 'compare' | 'onChange'> & { experiment: number; row: RowKey }) {
  const { experiment, row, compare, onChange } = props;
  const isMarked = compare.includes(row);
  const isFull = compare.length >= MOST_COMPARED && !isMarked;
  return (
    <>
      {compare.length > 1 ? (
        <Link className={styles.compare} href={compareAddress(experiment, compare)}>
          Compare {compare.length}
        </Link>
      ) : null}
      <button
        type="button"
        className={`${styles.icon} ${isMarked ? styles.marked : ''}`}
        title={isFull ? `${MOST_COMPARED} cells are marked already` : 'Mark for compare (Space)'}
        aria-label="Mark for compare"
        aria-pressed={isMarked}
        disabled={isFull}
        onClick={() => onChange({ compare: toggleCompared(compare, row) })}
      >
        <ArrowLeftRight size={16} aria-hidden="true" />
      </button>
    </>
  );
}
