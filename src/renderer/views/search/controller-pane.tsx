import { lazy, memo, type ReactElement, Suspense, useMemo } from 'react';
import type { Experiment } from '../../../shared/records/experiment.ts';
import { finishedTrials } from '../../../shared/search-state.ts';
import styles from '../../charts/chart-tools.module.css';
import { controllerCharts } from '../../charts/controller-charts.ts';
import { PolicyMap } from '../../charts/policy-map.tsx';
import { Empty, ErrorPanel } from '../../components/notices.tsx';
import { SkeletonAxes } from '../../components/skeletons.tsx';
import { plural, STRATEGY_WORDS } from '../../components/words.ts';
import { useUpdates } from '../../state/use-workbench.ts';
import type { SearchPaneProps } from './search-pane.ts';

const LineChart = lazy(async () => ({ default: (await import('../../charts/line-chart.tsx')).LineChart }));
const SearchFigure = lazy(async () => ({ default: (await import('../../charts/search-figure.tsx')).SearchFigure }));

/** How the search gets on against chance, and its policy looked into, update by update. */
export const ControllerPane = memo(function ControllerPane({ experiment }: SearchPaneProps): ReactElement {
  const { kind } = experiment.config.strategy;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls where the pane is low, by keys too
    <section className={`${styles.charts} ${styles.whole}`} aria-label="Controller" tabIndex={0}>
      <Suspense fallback={<SkeletonAxes count={3} />}>
        <SearchFigure key={experiment.id} experiment={experiment} />
        {kind === 'ppo' ? (
          <Policy experiment={experiment} />
        ) : (
          <Empty>This search has no controller: its strategy is {STRATEGY_WORDS[kind].toLowerCase()}.</Empty>
        )}
      </Suspense>
    </section>
  );
});

/** The reports are many for a long search: they are read when this is first shown, and once. */
function Policy({ experiment }: { experiment: Experiment }): ReactElement | null {
  const updates = useUpdates(experiment.id);
  const { strategy, budget, space } = experiment.config;
  const value = updates.kind === 'ready' ? updates.value : null;
  const planned = Math.ceil(budget.trials / strategy.batchSize);
  const charts = useMemo(
    () => (value === null ? [] : controllerCharts(value, { updates: planned, trials: budget.trials })),
    [value, planned, budget.trials],
  );
  if (updates.kind === 'failed') return <ErrorPanel message={updates.error.message} onRetry={updates.retry} />;
  if (value === null) return <SkeletonAxes count={3} />;
  if (value.length === 0) {
    return (
      <Empty>
        The controller learns after {plural(strategy.batchSize, 'finished trial')}; {finishedTrials(experiment)} are in.
      </Empty>
    );
  }
  return (
    <>
      {charts.map((data) => (
        <LineChart key={data.title} data={data} />
      ))}
      <PolicyMap space={space} updates={value} planned={planned} />
    </>
  );
}
