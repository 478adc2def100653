import { lazy, type ReactElement, Suspense, useMemo } from 'react';
import type { Experiment, Trial } from '../../../shared/records/experiment.ts';
import { trialName } from '../../../shared/trial-name.ts';
import { ChartFailures } from '../../charts/chart-failures.tsx';
import { readingOf } from '../../charts/chart-reading.ts';
import { epochChart } from '../../charts/epoch-charts.ts';
import { curveOf, useLoadedCurves } from '../../charts/use-epoch-curves.ts';
import { SkeletonAxes } from '../../components/skeletons.tsx';

const LineChart = lazy(async () => ({ default: (await import('../../charts/line-chart.tsx')).LineChart }));

interface CompareCurvesProps {
  readonly experiment: Experiment;
  readonly trials: readonly Trial[];
}

/** Validation accuracy of up to six trials in one chart; live. A reused reward shows the curve that earned it. */
export function CompareCurves({ experiment, trials }: CompareCurvesProps): ReactElement {
  const loaded = useLoadedCurves(experiment.id, trials.map(curveOf));
  const planned = experiment.config.recipe.epochs;
  const data = useMemo(() => {
    const curves = trials.map((trial, index) => {
      const one = loaded[index];
      return { name: `trial ${trialName(trial)}`, state: trial.state, epochs: one?.kind === 'ready' ? one.value : [] };
    });
    return epochChart('accuracy', curves, planned, { x: 'epoch', smoothing: 0, isLossLog: false });
  }, [trials, loaded, planned]);
  const { isRead, failures } = readingOf(loaded);
  return (
    <Suspense fallback={<SkeletonAxes />}>
      <LineChart
        data={data}
        empty={isRead ? 'No epochs yet: none of these trials has finished one.' : undefined}
        note={failures.length === 0 ? undefined : <ChartFailures failures={failures} />}
      />
    </Suspense>
  );
}
