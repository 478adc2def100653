import type { UpdateReport } from '../../shared/records/controller.ts';
import { percent } from '../components/words.ts';
import { stepNumber, stepPercent } from './axis-words.ts';
import type { ChartData } from './chart-data.ts';

/** What the controller was told and what it became, over its updates. `planned`: updates that the budget allows. */
export function controllerCharts(
  updates: readonly UpdateReport[],
  planned: { readonly updates: number; readonly trials: number },
): readonly ChartData[] {
  const byUpdate = {
    xLabel: 'update',
    xUnit: 'count' as const,
    x: updates.map(({ update }) => update),
    xRange: [1, Math.max(2, planned.updates)] as const,
  };
  return [
    rewardChart(updates, planned.trials),
    {
      ...byUpdate,
      title: 'Entropy, nats a decision',
      words: (value) => value.toFixed(3),
      axisWords: stepNumber,
      series: [
        { label: 'policy', colour: 1, kind: 'line', values: updates.map(({ meanEntropy }) => meanEntropy) },
        {
          label: 'uniform',
          colour: 3,
          kind: 'dashed',
          width: 1.5,
          values: updates.map((one) => one.maximumEntropy),
        },
      ],
    },
    {
      ...byUpdate,
      title: 'Probability ratio, new to old',
      // The first updates change the policy by less than a thousandth.
      words: (value) => value.toFixed(5),
      axisWords: stepNumber,
      series: [
        { label: '95 %', colour: 5, kind: 'dashed', width: 1.5, values: updates.map(({ ratio }) => ratio.p95) },
        { label: 'median', colour: 1, kind: 'line', values: updates.map(({ ratio }) => ratio.p50) },
        { label: '5 %', colour: 4, kind: 'dashed', width: 1.5, values: updates.map(({ ratio }) => ratio.p5) },
      ],
    },
    {
      ...byUpdate,
      title: 'Clipped part of the ratios',
      words: percent,
      axisWords: stepPercent,
      yBounds: [0, 1],
      series: [
        {
          label: 'clipped',
          colour: 2,
          dash: [],
          kind: 'line',
          values: updates.map(({ clipFraction }) => clipFraction),
        },
      ],
    },
  ];
}

/** Every reward as it was told, the baseline after each update, and where the updates were. */
function rewardChart(updates: readonly UpdateReport[], trials: number): ChartData {
  const rewards: number[] = [];
  const baselines: (number | undefined)[] = [];
  const borders: number[] = [];
  for (const update of updates) {
    for (const [index, reward] of update.rewards.entries()) {
      rewards.push(reward);
      baselines.push(index === update.rewards.length - 1 ? update.baseline : undefined);
    }
    borders.push(rewards.length + 0.5);
  }
  return {
    title: 'Rewards and baseline',
    xLabel: 'result',
    xUnit: 'count',
    x: rewards.map((_, index) => index + 1),
    xRange: [0, Math.max(2, trials)],
    words: percent,
    axisWords: stepPercent,
    yStep: 0.1,
    yBounds: [0, 1],
    ticks: { label: 'an update', at: borders },
    series: [
      { label: 'reward', colour: 1, kind: 'dots', values: rewards },
      { label: 'baseline', colour: 2, kind: 'line', dash: [], values: baselines },
    ],
  };
}
