import { lazy, type ReactElement, Suspense, useEffect, useMemo, useState } from 'react';
import type { Experiment, Trial, TrialEpoch } from '../../../shared/records/experiment.ts';
import { comparedAccuracy } from '../../charts/epoch-charts.ts';
import { ErrorPanel } from '../../components/notices.tsx';
import { useAction, useSession, useStatus } from '../../state/use-workbench.ts';

const LineChart = lazy(async () => ({ default: (await import('../../charts/line-chart.tsx')).LineChart }));

/** Validation accuracy of up to six trials in one chart, as it stands when the screen is opened. */
export function CompareCurves(props: { experiment: Experiment; trials: readonly Trial[] }): ReactElement | null {
  const { experiment, trials } = props;
  const session = useSession();
  const { run, error } = useAction();
  const isConnected = useStatus().kind === 'connected';
  const [curves, setCurves] = useState<readonly (readonly TrialEpoch[])[] | null>(null);
  const numbers = trials.map(({ trial, reusedFrom }) => reusedFrom ?? trial).join(',');
  const { id } = experiment;
  useEffect(() => {
    if (!isConnected) return;
    const asked = numbers.split(',').map(Number);
    void run(async () => {
      setCurves(await Promise.all(asked.map((trial) => session.call('trial.epochs', { experiment: id, trial }))));
    });
  }, [session, run, isConnected, id, numbers]);
  const planned = experiment.config.training.epochs;
  const names = trials.map(({ trial }) => `trial ${trial}`).join(',');
  const data = useMemo(
    () => (curves === null ? null : comparedAccuracy(names.split(','), curves, planned)),
    [curves, names, planned],
  );
  if (error !== null) return <ErrorPanel message={error.message} />;
  if (data === null) return null;
  return (
    <Suspense fallback={null}>
      <LineChart data={data} />
    </Suspense>
  );
}
