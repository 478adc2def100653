import { lazy, type ReactElement, Suspense, useMemo } from 'react';
import type { Experiment } from '../../../shared/records/experiment.ts';
import chart from '../../charts/chart.module.css';
import { controllerCharts } from '../../charts/controller-charts.ts';
import { PolicyMap } from '../../charts/policy-map.tsx';
import { Empty, ErrorPanel } from '../../components/notices.tsx';
import { plural, STRATEGY_WORDS } from '../../components/words.ts';
import { finishedTrials } from '../../state/search-progress.ts';
import { useUpdates } from '../../state/use-workbench.ts';

const LineChart = lazy(async () => ({ default: (await import('../../charts/line-chart.tsx')).LineChart }));

/** The policy looked into, update by update. */
export function ControllerPane({ experiment }: { experiment: Experiment }): ReactElement | null {
  const updates = useUpdates(experiment.id);
  const { strategy, budget } = experiment.config;
  const value = updates.kind === 'ready' ? updates.value : null;
  const charts = useMemo(() => {
    const planned = { updates: Math.ceil(budget.trials / strategy.batchSize), trials: budget.trials };
    return value === null ? [] : controllerCharts(value, planned);
  }, [value, budget.trials, strategy.batchSize]);
  if (strategy.kind !== 'ppo') {
    return <Empty>This search has no controller: its strategy is {STRATEGY_WORDS[strategy.kind].toLowerCase()}.</Empty>;
  }
  if (updates.kind === 'failed') return <ErrorPanel message={updates.error.message} onRetry={updates.retry} />;
  if (value === null) return null;
  if (value.length === 0) {
    return (
      <Empty>
        The controller learns after {plural(strategy.batchSize, 'finished trial')}; {finishedTrials(experiment)} are in.
      </Empty>
    );
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls where the pane is low, by keys too
    <section className={chart.pair} aria-label="Controller" tabIndex={0}>
      <Suspense fallback={null}>
        {charts.map((data) => (
          <LineChart key={data.title} data={data} />
        ))}
      </Suspense>
      <PolicyMap space={experiment.config.space} updates={value} />
    </section>
  );
}
