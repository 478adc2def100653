import { lazy, memo, type ReactElement, Suspense, useMemo } from 'react';
import type { Experiment, Trial } from '../../../shared/records/experiment.ts';
import { trialName } from '../../../shared/trial-name.ts';
import { ChartFailures } from '../../charts/chart-failures.tsx';
import { readingOf } from '../../charts/chart-reading.ts';
import styles from '../../charts/chart-tools.module.css';
import { EPOCH_MEASURES, epochChart, MEASURE_TITLES, type TrialCurve } from '../../charts/epoch-charts.ts';
import { type CurveChoices, useCurveChoices } from '../../charts/use-curve-choices.ts';
import { curveOf, useLoadedCurves } from '../../charts/use-epoch-curves.ts';
import { Empty } from '../../components/notices.tsx';
import { Segments } from '../../components/segments.tsx';
import { SkeletonAxes } from '../../components/skeletons.tsx';
import { aboutSpan } from '../../components/words.ts';
import { rowKeyOf } from '../../state/row-key.ts';
import { useProgress } from '../../state/use-workbench.ts';
import type { SearchPaneProps } from './search-pane.ts';
import { MOST_COMPARED, type SearchView } from './search-view.ts';
import { useMarkedTrials } from './use-marked-trials.ts';

const LineChart = lazy(async () => ({ default: (await import('../../charts/line-chart.tsx')).LineChart }));

/** How the selected trial learned, and beside it those that are marked for compare. */
export const CurvesPane = memo(function CurvesPane({ experiment, trial, compare }: SearchPaneProps): ReactElement {
  const choices = useCurveChoices();
  if (trial === null)
    return <Empty>No trial yet. The first curve comes with the first epoch of the first trial.</Empty>;
  return (
    <div className={styles.pane}>
      <CurveTools {...choices} />
      <Curves experiment={experiment} trial={trial} compare={compare} choices={choices} />
    </div>
  );
});

function Curves(props: {
  experiment: Experiment;
  trial: Trial;
  compare: SearchView['compare'];
  choices: CurveChoices;
}): ReactElement {
  const { experiment, trial, compare, choices } = props;
  const { measures, options } = choices;
  const marked = useMarkedTrials(experiment, compare, rowKeyOf(trial));
  const trials = useMemo(() => [trial, ...marked].slice(0, MOST_COMPARED), [trial, marked]);
  const loaded = useLoadedCurves(experiment.id, trials.map(curveOf));
  const planned = experiment.config.recipe.epochs;
  const charts = useMemo(() => {
    const curves = trials.map((one, index): TrialCurve => {
      const read = loaded[index];
      return { name: `trial ${trialName(one)}`, state: one.state, epochs: read?.kind === 'ready' ? read.value : [] };
    });
    return measures.map((measure) => ({ measure, data: epochChart(measure, curves, planned, options) }));
  }, [measures, trials, loaded, planned, options]);
  const expected = useExpectedEpoch(trial);
  const { failures } = readingOf(loaded);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls where the pane is low, by keys too
    <section className={styles.charts} aria-label={`Curves of trial ${trialName(trial)}`} tabIndex={0}>
      <Suspense fallback={<SkeletonAxes count={measures.length} />}>
        {charts.map(({ measure, data }, index) => (
          <LineChart
            key={measure}
            data={data}
            empty={loaded[0]?.kind === 'ready' ? expected : undefined}
            note={index > 0 || failures.length === 0 ? undefined : <ChartFailures failures={failures} />}
          />
        ))}
      </Suspense>
    </section>
  );
}

const MEASURE_OPTIONS = EPOCH_MEASURES.map((value) => ({
  value,
  title: value === 'path' ? 'Drop path' : MEASURE_TITLES[value],
}));
const X_OPTIONS = [
  { value: 'epoch', title: 'Epoch' },
  { value: 'time', title: 'Time' },
] as const;

function CurveTools(choices: CurveChoices): ReactElement {
  const { measures, options, toggleMeasure, setX, setSmoothing, setLossLog } = choices;
  return (
    <div className={styles.bar}>
      <Segments isSmall label="Charts" options={MEASURE_OPTIONS} chosen={measures} onChoose={toggleMeasure} />
      <Segments isSmall label="Along" options={X_OPTIONS} chosen={[options.x]} onChoose={setX} />
      <label className={styles.field}>
        Smoothing
        <input
          type="range"
          min={0}
          max={0.95}
          step={0.05}
          value={options.smoothing}
          onChange={({ target }) => setSmoothing(Number(target.value))}
        />
        <output>{options.smoothing.toFixed(2)}</output>
      </label>
      {measures.includes('loss') ? (
        <label className={styles.field}>
          <input type="checkbox" checked={options.isLossLog} onChange={({ target }) => setLossLog(target.checked)} />
          Loss on a log scale
        </label>
      ) : null}
    </div>
  );
}

/** Why there is no curve yet, and when the first point is expected. */
function useExpectedEpoch(trial: Trial): string {
  const { state } = trial;
  const progress = useProgress(trial);
  if (state === 'queued') return `Trial ${trialName(trial)} waits for a trainer.`;
  if (state !== 'running') return `Trial ${trialName(trial)} ended before its first epoch.`;
  if (progress === undefined || progress.epochs === 0 || progress.stepMs === 0) {
    return 'No epochs yet. The first of this trial is on its way.';
  }
  const left = Math.max(0, progress.steps / progress.epochs - progress.step) * progress.stepMs;
  return `No epochs yet. The first of this trial is expected in ${aboutSpan(left)}.`;
}
