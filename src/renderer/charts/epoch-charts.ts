import type { TrialEpoch } from '../../shared/records/experiment.ts';
import { axisPercent, percent } from '../components/words.ts';
import type { ChartData } from './chart-data.ts';

/** Accuracy and loss of one trial over the epochs that are planned. */
export function epochCharts(epochs: readonly TrialEpoch[], planned: number): readonly [ChartData, ChartData] {
  const x = epochs.map(({ epoch }) => epoch);
  const shared = { xLabel: 'epoch', x, xRange: [1, Math.max(2, planned)] as const };
  return [
    {
      ...shared,
      title: 'Accuracy',
      words: percent,
      axisWords: axisPercent,
      yStep: 0.1,
      yBounds: [0, 1],
      series: [
        { label: 'validation', colour: 1, kind: 'line', values: epochs.map((one) => one.validationAccuracy) },
        { label: 'training', colour: 1, kind: 'dashed', values: epochs.map((one) => one.trainingAccuracy) },
      ],
    },
    {
      ...shared,
      title: 'Loss',
      words: (value) => value.toFixed(3),
      series: [
        { label: 'validation', colour: 2, kind: 'line', values: epochs.map((one) => one.validationLoss) },
        { label: 'training', colour: 2, kind: 'dashed', values: epochs.map((one) => one.trainingLoss) },
      ],
    },
  ];
}

const COLOURS = [1, 2, 3, 4, 5, 6] as const;

/** Validation accuracy of up to six trials over the epochs that are planned. */
export function comparedAccuracy(
  names: readonly string[],
  curves: readonly (readonly TrialEpoch[])[],
  planned: number,
): ChartData {
  const x = Array.from({ length: planned }, (_, index) => index + 1);
  return {
    title: 'Validation accuracy',
    xLabel: 'epoch',
    x,
    xRange: [1, Math.max(2, planned)],
    words: percent,
    axisWords: axisPercent,
    yStep: 0.1,
    yBounds: [0, 1],
    series: COLOURS.slice(0, names.length).map((colour, index) => ({
      label: names[index] ?? '',
      colour,
      kind: 'line',
      values: x.map((epoch) => curves[index]?.find((one) => one.epoch === epoch)?.validationAccuracy ?? null),
    })),
  };
}
