import { lazy, type ReactElement, Suspense, useMemo } from 'react';
import type { Trial } from '../../../shared/records/experiment.ts';
import chart from '../../charts/chart.module.css';
import { scatterCharts } from '../../charts/scatter-charts.ts';
import { Empty } from '../../components/notices.tsx';

const LineChart = lazy(async () => ({ default: (await import('../../charts/line-chart.tsx')).LineChart }));

/** What accuracy costs. */
export function ScatterPane({ trials }: { trials: ReadonlyMap<number, Trial> }): ReactElement {
  const charts = useMemo(() => scatterCharts(trials.values()), [trials]);
  if ((charts[0]?.x.length ?? 0) === 0)
    return <Empty>No reward yet. The first dot comes with the first finished trial.</Empty>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls where the pane is low, by keys too
    <section className={chart.pair} aria-label="Scatter" tabIndex={0}>
      <Suspense fallback={null}>
        {charts.map((data) => (
          <LineChart key={data.title} data={data} />
        ))}
      </Suspense>
    </section>
  );
}
