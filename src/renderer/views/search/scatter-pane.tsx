import { lazy, memo, type ReactElement, Suspense, useCallback } from 'react';
import styles from '../../charts/chart-tools.module.css';
import { type Area, withArea } from '../../charts/scatter-area.ts';
import { COSTS } from '../../charts/scatter-data.ts';
import { ScatterTools } from '../../charts/scatter-tools.tsx';
import { useChartChoice } from '../../charts/use-chart-options.ts';
import { Button } from '../../components/button.tsx';
import { Empty, ErrorPanel } from '../../components/notices.tsx';
import { SkeletonAxes } from '../../components/skeletons.tsx';
import { useResultsRevision } from '../../state/leaderboard-revision.ts';
import { type RowKey, rowKeyOf } from '../../state/row-key.ts';
import { useFreshAnswer } from '../../state/use-fresh-answer.ts';
import type { SearchPaneProps } from './search-pane.ts';

const ScatterView = lazy(async () => ({ default: (await import('../../charts/scatter-view.tsx')).ScatterView }));

/** What accuracy costs: the trials that the table's filter lets through. */
export const ScatterPane = memo(function ScatterPane(
  props: SearchPaneProps & { readonly filter: string },
): ReactElement {
  const { experiment, trial, filter, onChange } = props;
  const [cost, setCost] = useChartChoice('cost', COSTS);
  const [scale, setScale] = useChartChoice('costs', ['linear', 'log']);
  const { id } = experiment;
  const answer = useFreshAnswer('experiment.scatter', { experiment: id, filter }, useResultsRevision(id), id);
  const selectTrial = useCallback((row: RowKey) => onChange({ trial: row }), [onChange]);
  const filterArea = useCallback(
    (area: Area) => onChange({ filter: withArea(filter, cost, area) }),
    [onChange, filter, cost],
  );
  if (answer.kind === 'failed') return <ErrorPanel message={answer.error.message} onRetry={answer.retry} />;
  return (
    <section className={styles.pane} aria-label="Scatter">
      <ScatterTools
        cost={cost}
        isLog={scale === 'log'}
        filter={filter}
        onCost={setCost}
        onLog={(isLog) => setScale(isLog ? 'log' : 'linear')}
        onFilter={(text) => onChange({ filter: text })}
      />
      {answer.kind === 'loading' ? (
        <SkeletonAxes />
      ) : answer.value.trial.length === 0 ? (
        <NoDots filter={filter} onClear={() => onChange({ filter: '' })} />
      ) : (
        <Suspense fallback={<SkeletonAxes />}>
          <ScatterView
            scatter={answer.value}
            cost={cost}
            isLog={scale === 'log'}
            selected={trial === null ? null : rowKeyOf(trial)}
            onSelect={selectTrial}
            onArea={filterArea}
          />
        </Suspense>
      )}
    </section>
  );
});

function NoDots({ filter, onClear }: { filter: string; onClear: () => void }): ReactElement {
  if (filter.trim() === '') return <Empty>No reward yet. The first dot comes with the first finished trial.</Empty>;
  return (
    <Empty actions={<Button onClick={onClear}>Clear filter</Button>}>
      No trial with a reward fits the filter <code>{filter}</code>.
    </Empty>
  );
}
