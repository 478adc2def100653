import type { UpdateReport } from '../../shared/records/controller.ts';
import { axisPercent, percent } from '../components/words.ts';
import type { ChartData } from './chart-data.ts';

/** What the controller was told and what it became, over its updates. `planned`: updates that the budget allows. */
export function controllerCharts(
  updates: readonly UpdateReport[],
  planned: { readonly updates: number; readonly trials: number },
): readonly ChartData[] {
  const byUpdate = {
    xLabel: 'update',
    x: updates.map(({ update }) => update),
    xRange: [1, Math.max(2, planned.updates)] as const,
  };
  return [
    rewardChart(updates, planned.trials),
    {
      ...byUpdate,
      title: 'Entropy, nats a decision',
      words: (value) => value.toFixed(3),
      series: [
        { label: 'policy', colour: 1, kind: 'line', values: updates.map(({ meanEntropy }) => meanEntropy) },
        { label: 'uniform', colour: 3, kind: 'dashed', values: updates.map((one) => one.maximumEntropy) },
      ],
    },
    {
      ...byUpdate,
      title: 'Probability ratio, new to old',
      words: (value) => value.toFixed(3),
      series: [
        { label: 'median', colour: 1, kind: 'line', values: updates.map(({ ratio }) => ratio.p50) },
        { label: '5 %', colour: 4, kind: 'dashed', values: updates.map(({ ratio }) => ratio.p5) },
        { label: '95 %', colour: 5, kind: 'dashed', values: updates.map(({ ratio }) => ratio.p95) },
      ],
    },
    {
      ...byUpdate,
      title: 'Clipped ratios',
      words: percent,
      axisWords: axisPercent,
      yBounds: [0, 1],
      series: [{ label: 'clipped', colour: 2, kind: 'line', values: updates.map(({ clipFraction }) => clipFraction) }],
    },
  ];
}

/** Every reward as it was told, and the baseline after each update. */
function rewardChart(updates: readonly UpdateReport[], trials: number): ChartData {
  const told = updates.flatMap(({ rewards, baseline }) =>
    rewards.map((reward, index) => ({ reward, baseline: index === rewards.length - 1 ? baseline : null })),
  );
  return {
    title: 'Rewards and baseline',
    xLabel: 'result',
    x: told.map((_, index) => index + 1),
    xRange: [1, Math.max(2, trials)],
    words: percent,
    axisWords: axisPercent,
    yStep: 0.1,
    yBounds: [0, 1],
    series: [
      { label: 'reward', colour: 1, kind: 'dots', values: told.map(({ reward }) => reward) },
      { label: 'baseline', colour: 2, kind: 'line', values: held(told.map(({ baseline }) => baseline)) },
    ],
  };
}

/** A value holds until the next one comes; before the first there is none. */
function held(values: readonly (number | null)[]): (number | null)[] {
  let last: number | null = null;
  return values.map((value) => {
    last = value ?? last;
    return last;
  });
}
