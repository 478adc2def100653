import type { TrialEpoch, TrialState } from '../../shared/records/experiment.ts';
import { duration, percent } from '../components/words.ts';
import { stepNumber, stepPercent } from './axis-words.ts';
import { roundTime } from './chart-axis.ts';
import {
  type ChartData,
  type ChartMark,
  type ChartSeries,
  type ChartValue,
  dashOf,
  SERIES_COLOURS,
} from './chart-data.ts';
import { smoothed } from './smoothing.ts';

/** How one trial learned. */
export interface TrialCurve {
  /** "trial 5". */
  readonly name: string;
  readonly state: TrialState;
  readonly epochs: readonly TrialEpoch[];
}

export const EPOCH_MEASURES = ['accuracy', 'loss', 'rate', 'path'] as const;
export type EpochMeasure = (typeof EPOCH_MEASURES)[number];

export const MEASURE_TITLES: Readonly<Record<EpochMeasure, string>> = {
  accuracy: 'Accuracy',
  loss: 'Loss',
  rate: 'Learning rate',
  path: 'Path keep rate',
};

export interface CurveOptions {
  readonly x: 'epoch' | 'time';
  /** 0 to 0.95, see smoothing.ts. */
  readonly smoothing: number;
  readonly isLossLog: boolean;
}

interface Measure {
  readonly read: (epoch: TrialEpoch) => number;
  /** The same of the training split. */
  readonly readTraining?: (epoch: TrialEpoch) => number;
  /** Which value is the best; left out where none is. */
  readonly best?: 'largest' | 'least';
  readonly look: Pick<ChartData, 'words' | 'axisWords' | 'yStep' | 'yBounds'>;
}

const MEASURES: Readonly<Record<EpochMeasure, Measure>> = {
  accuracy: {
    read: (epoch) => epoch.validationAccuracy,
    readTraining: (epoch) => epoch.trainingAccuracy,
    best: 'largest',
    look: { words: percent, axisWords: stepPercent, yStep: 0.1, yBounds: [0, 1] },
  },
  loss: {
    read: (epoch) => epoch.validationLoss,
    readTraining: (epoch) => epoch.trainingLoss,
    best: 'least',
    look: { words: (value) => value.toFixed(3), axisWords: stepNumber },
  },
  rate: {
    read: (epoch) => epoch.learningRate,
    look: { words: (value) => String(Number(value.toPrecision(4))), axisWords: stepNumber },
  },
  path: { read: (epoch) => epoch.dropPathKeep, look: { words: percent, axisWords: stepPercent, yBounds: [0, 1] } },
};

/**
 * One measure of up to six trials over the epochs, or the training time, that are planned. The first trial is the
 * selected one: it lies on top. Best values are of the raw numbers, whatever the smoothing.
 */
export function epochChart(
  measure: EpochMeasure,
  curves: readonly TrialCurve[],
  planned: number,
  options: CurveOptions,
): ChartData {
  const isTime = options.x === 'time';
  const places = curves.map(({ epochs }) => (isTime ? elapsed(epochs) : epochs.map(({ epoch }) => epoch)));
  const x = [...new Set(places.flat())].sort((one, other) => one - other);
  const drawn = curves.map((curve, index) => ({ curve, index, values: aligned(x, places[index] ?? [], curve.epochs) }));
  const isLog = measure === 'loss' && options.isLossLog;
  const { look } = MEASURES[measure];
  return {
    title: titleOf(measure, curves),
    subject: `${measure} ${curves.map(({ name }) => name).join(' ')}`,
    ...(isTime
      ? { xLabel: 'time', xField: 'time_ms', xWords: duration, xUnit: 'ms' }
      : { xLabel: 'epoch', xUnit: 'count' }),
    x,
    xRange: isTime ? [0, plannedTime(curves, planned)] : [1, Math.max(2, planned)],
    ...look,
    isYLog: isLog,
    series: drawn.toReversed().flatMap((one) => seriesOf(measure, one, curves.length === 1, options.smoothing)),
    marks: drawn.flatMap(({ curve, index }) => marksOf(measure, curve, index, places[index] ?? [], isLog)),
  };
}

function titleOf(measure: EpochMeasure, curves: readonly TrialCurve[]): string {
  const title = MEASURE_TITLES[measure];
  if (curves.length === 1) return `${title} of ${curves[0]?.name}`;
  return MEASURES[measure].readTraining === undefined ? title : `${title}, training thin`;
}

/** Training time at the end of each epoch, in milliseconds. */
function elapsed(epochs: readonly TrialEpoch[]): number[] {
  let sum = 0;
  return epochs.map(({ durationMs }) => {
    sum += durationMs;
    return sum;
  });
}

/** The time that all planned epochs take at the pace of the slowest trial, rounded up. Milliseconds. */
function plannedTime(curves: readonly TrialCurve[], planned: number): number {
  const paces = curves.map(({ epochs }) => (elapsed(epochs).at(-1) ?? 0) / Math.max(1, epochs.length));
  const whole = Math.max(1, planned * Math.max(0, ...paces));
  const step = roundTime(whole / 10);
  return Math.ceil(whole / step - 1e-9) * step;
}

/** The epochs at their places of x; nothing where only another trial has a value. */
function aligned(
  x: readonly number[],
  places: readonly number[],
  epochs: readonly TrialEpoch[],
): readonly (TrialEpoch | undefined)[] {
  const byPlace = new Map(places.map((place, index) => [place, epochs[index]]));
  return x.map((place) => byPlace.get(place));
}

interface DrawnCurve {
  readonly curve: TrialCurve;
  readonly index: number;
  readonly values: readonly (TrialEpoch | undefined)[];
}

/**
 * A trial is told by its colour and, on its validation line, by the dashes of it; the first one's is solid. Training
 * lines have half the width and dashes of their own.
 */
function seriesOf(
  measure: EpochMeasure,
  { curve, index, values }: DrawnCurve,
  isAlone: boolean,
  smoothing: number,
): ChartSeries[] {
  const { read, readTraining } = MEASURES[measure];
  const colour = SERIES_COLOURS[index] ?? 6;
  const width = index === 0 ? 2.5 : 1.75;
  const name = (words: string): string => (isAlone ? words : `${curve.name} ${words}`);
  const lines = [
    ...(readTraining === undefined
      ? []
      : [
          {
            kind: 'dashed' as const,
            label: name('training'),
            width: width / 2,
            read: readTraining,
            isSilent: !isAlone,
          },
        ]),
    {
      kind: 'line' as const,
      label: readTraining === undefined ? curve.name : name('validation'),
      width,
      read,
      isSilent: false,
    },
  ];
  return lines.flatMap((line): ChartSeries[] => {
    const raw: ChartValue[] = values.map((epoch) => (epoch === undefined ? undefined : finite(line.read(epoch))));
    const shared = { colour, width: line.width, isSilent: line.isSilent };
    const own = {
      ...shared,
      label: line.label,
      kind: line.kind,
      ...(line.kind === 'line'
        ? { dash: dashOf(colour), endLabel: isAlone && readTraining !== undefined ? 'validation' : curve.name }
        : {}),
    };
    if (smoothing === 0) return [{ ...own, values: raw }];
    // Of several trials the raw training lines would hide the rest.
    const hasRaw = isAlone || line.kind === 'line';
    if (!hasRaw) return [{ ...own, values: smoothed(raw, smoothing) }];
    return [
      { ...shared, isSilent: true, label: `${line.label}, raw`, kind: 'raw', values: raw },
      { ...own, values: smoothed(raw, smoothing) },
    ];
  });
}

/** A loss that is not a number is missing. */
const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

const ENDS = ['failed', 'pruned', 'cancelled'] as const;

function marksOf(
  measure: EpochMeasure,
  { name, state, epochs }: TrialCurve,
  index: number,
  places: readonly number[],
  isLog: boolean,
): ChartMark[] {
  const { read, best, look } = MEASURES[measure];
  const colour = SERIES_COLOURS[index] ?? 6;
  const values = epochs.map(read);
  const usable = values.filter((value) => Number.isFinite(value) && (!isLog || value > 0));
  const marks: ChartMark[] = [];
  const end = ENDS.find((one) => one === state);
  const last = values.findLastIndex((value) => Number.isFinite(value) && (!isLog || value > 0));
  if (end !== undefined && last >= 0) {
    marks.push({ kind: end, x: places[last] ?? 0, y: values[last] ?? 0, colour, label: `${name} ended as ${end}` });
  }
  if (best !== undefined && usable.length > 0) {
    const value = best === 'largest' ? Math.max(...usable) : Math.min(...usable);
    // Of several trials only the selected one's value is written: six would cover one another.
    const label = index === 0 ? look.words(value) : '';
    marks.push({ kind: 'best', x: places[values.indexOf(value)] ?? 0, y: value, colour, label });
  }
  return marks.reverse();
}
