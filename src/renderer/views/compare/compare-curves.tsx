import { lazy, type ReactElement, Suspense, useEffect, useMemo, useSyncExternalStore } from 'react';
import type { Experiment, Trial } from '../../../shared/records/experiment.ts';
import { epochChart } from '../../charts/epoch-charts.ts';
import { epochsOf } from '../../state/resource.ts';
import { useSession } from '../../state/use-workbench.ts';
import { trialKey } from '../../state/workbench-state.ts';

const LineChart = lazy(async () => ({ default: (await import('../../charts/line-chart.tsx')).LineChart }));

interface CompareCurvesProps {
  readonly experiment: Experiment;
  readonly trials: readonly Trial[];
}

/** Validation accuracy of up to six trials in one chart; live. A reused reward shows the curve that earned it. */
export function CompareCurves({ experiment, trials }: CompareCurvesProps): ReactElement {
  const session = useSession();
  const { id } = experiment;
  const planned = experiment.config.training.epochs;
  const wanted = trials.map(({ trial, reusedFrom }) => reusedFrom ?? trial).join(',');
  useEffect(() => {
    const releases = wanted.split(',').map((trial) => session.want(epochsOf(id, Number(trial))));
    return () => {
      for (const release of releases) release();
    };
  }, [session, id, wanted]);
  const epochs = useSyncExternalStore(session.subscribe, () => session.getSnapshot().state.epochs);
  const data = useMemo(() => {
    const curves = trials.map(({ trial, reusedFrom, state }) => ({
      name: `trial ${trial}`,
      state,
      epochs: epochs.get(trialKey(id, reusedFrom ?? trial)) ?? [],
    }));
    return epochChart('accuracy', curves, planned, { x: 'epoch', smoothing: 0, isLossLog: false });
  }, [trials, epochs, id, planned]);
  return (
    <Suspense fallback={null}>
      <LineChart data={data} empty="No epochs yet: none of these trials has finished one." />
    </Suspense>
  );
}
