import { lazy, type ReactElement, Suspense, useMemo } from 'react';
import type { Experiment, Trial } from '../../../shared/records/experiment.ts';
import chart from '../../charts/chart.module.css';
import { epochCharts } from '../../charts/epoch-charts.ts';
import { Empty, ErrorPanel } from '../../components/notices.tsx';
import { useEpochs } from '../../state/use-workbench.ts';

const LineChart = lazy(async () => ({ default: (await import('../../charts/line-chart.tsx')).LineChart }));

/** How one trial learned. A reused reward shows the curves of the trial that earned it. */
export function CurvesPane({
  experiment,
  trial,
}: {
  experiment: Experiment;
  trial: Trial | null;
}): ReactElement | null {
  const shown = trial === null ? null : (trial.reusedFrom ?? trial.trial);
  const epochs = useEpochs(experiment.id, shown);
  const planned = experiment.config.training.epochs;
  const value = epochs.kind === 'ready' ? epochs.value : null;
  const charts = useMemo(() => (value === null ? [] : epochCharts(value, planned)), [value, planned]);
  if (trial === null) return <Empty>No trial yet.</Empty>;
  if (epochs.kind === 'failed') return <ErrorPanel message={epochs.error.message} onRetry={epochs.retry} />;
  if (value === null) return null;
  if (value.length === 0) return <Empty>{emptyWords(trial)}</Empty>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls where the pane is low, by keys too
    <section className={chart.pair} aria-label={`Curves of trial ${shown}`} tabIndex={0}>
      <Suspense fallback={null}>
        {charts.map((data) => (
          <LineChart key={data.title} data={data} />
        ))}
      </Suspense>
    </section>
  );
}

function emptyWords({ trial, state }: Trial): string {
  if (state === 'running') return `No epochs yet. The first of trial ${trial} is on its way.`;
  if (state === 'queued') return `Trial ${trial} waits for a trainer.`;
  return `Trial ${trial} ended before its first epoch.`;
}
