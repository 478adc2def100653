import type { Scatter } from '../../shared/records/leaderboard.ts';
import { duration, percent, roundedCount } from '../components/words.ts';
import { type RowKey, rowKeyOf } from '../state/row-key.ts';
import { stepPercent, withoutZeros } from './axis-words.ts';
import { roundTime } from './chart-axis.ts';
import { type ChartData, niceStep } from './chart-data.ts';

/** What a reward is held against; the names are the filter's fields. */
export const COSTS = ['params', 'madds', 'time'] as const;
export type Cost = (typeof COSTS)[number];

export interface CostFacts {
  readonly title: string;
  readonly xLabel: string;
  /** Kind of the filter's field of the same name. */
  readonly kind: 'count' | 'duration';
  readonly words: (value: number) => string;
  readonly read: (scatter: Scatter) => readonly number[];
}

export const COST_FACTS: Readonly<Record<Cost, CostFacts>> = {
  params: {
    title: 'Reward against parameters',
    xLabel: 'params',
    kind: 'count',
    words: roundedCount,
    read: ({ trainableParameters }) => trainableParameters,
  },
  madds: {
    title: 'Reward against multiply-adds',
    xLabel: 'mult-adds',
    kind: 'count',
    words: roundedCount,
    read: ({ multiplyAdds }) => multiplyAdds,
  },
  time: {
    title: 'Reward against training time',
    xLabel: 'time',
    kind: 'duration',
    words: duration,
    read: ({ durationMs }) => durationMs,
  },
};

/** Dots in ascending order of their cost, of equal ones the best reward first. Columns of equal length. */
export interface ScatterPoints {
  readonly row: readonly RowKey[];
  readonly x: readonly number[];
  readonly reward: readonly number[];
}

/**
 * A reused reward has no training time of its own: it has no place against time, as the front would begin with it. On a
 * logarithmic axis nothing at zero has one.
 */
export function scatterPoints(scatter: Scatter, cost: Cost, isLog: boolean): ScatterPoints {
  const x = COST_FACTS[cost].read(scatter);
  const { trial, run, reward } = scatter;
  const at = (column: readonly number[], index: number): number => column[index] ?? 0;
  const isZeroLeftOut = isLog || cost === 'time';
  const order = Uint32Array.from(trial.keys())
    .filter((index) => !isZeroLeftOut || at(x, index) > 0)
    .sort((one, other) => at(x, one) - at(x, other) || at(reward, other) - at(reward, one));
  const pick = (column: readonly number[]): number[] => Array.from(order, (index) => at(column, index));
  const row = Array.from(order, (index) => rowKeyOf({ trial: at(trial, index), run: at(run, index) }));
  return { row, x: pick(x), reward: pick(reward) };
}

/**
 * The Pareto front: where a dearer cell is better than all cheaper ones its reward, at the dearest of all the best one
 * once more, and nothing elsewhere. `rewards` in ascending order of the cost.
 */
export function paretoFront(rewards: readonly number[]): (number | undefined)[] {
  let best = Number.NEGATIVE_INFINITY;
  return rewards.map((reward, index) => {
    const isBetter = reward > best;
    best = Math.max(best, reward);
    return isBetter || index === rewards.length - 1 ? best : undefined;
  });
}

export function scatterChart({ x, reward }: ScatterPoints, cost: Cost, isLog: boolean): ChartData {
  const { title, xLabel, words, kind } = COST_FACTS[cost];
  return {
    title,
    subject: cost,
    xLabel,
    x,
    xRange: isLog ? logRange(x) : plainRange(x, kind === 'duration'),
    xWords: words,
    xAxisWords: (value) => withoutZeros(words(value)),
    isXLog: isLog,
    ...(kind === 'duration' ? { xUnit: 'ms' as const } : {}),
    words: percent,
    axisWords: stepPercent,
    yStep: 0.1,
    yBounds: [0, 1],
    series: [
      { label: 'trial', colour: 1, kind: 'dots', values: reward },
      { label: 'Pareto front', colour: 2, kind: 'steps', values: paretoFront(reward), width: 2 },
    ],
  };
}

/** Around all values, by steps of a tenth, so that it moves seldom. */
function plainRange(ascending: readonly number[], isTime: boolean): readonly [number, number] {
  const [least = 0, most = 1] = [ascending[0], ascending.at(-1)];
  const rough = (most - least || most || 1) / 10;
  const step = isTime ? roundTime(rough) : niceStep(rough);
  const from = Math.max(0, Math.floor(least / step - 0.2) * step);
  return [from, Math.ceil(most / step + 0.2) * step];
}

function logRange(ascending: readonly number[]): readonly [number, number] {
  const [least = 1, most = 10] = [ascending[0], ascending.at(-1)];
  return [10 ** (Math.floor(Math.log10(least) * 10 - 0.2) / 10), 10 ** (Math.ceil(Math.log10(most) * 10 + 0.2) / 10)];
}

/** All that is known of the dots, whatever the chart shows. Milliseconds and fractions at full precision. */
export function scatterToCsv({ trial, run, reward, trainableParameters, multiplyAdds, durationMs }: Scatter): string {
  const head = 'trial,run,reward,trainable_parameters,multiply_adds,duration_ms';
  const rows = trial.map((number, index) =>
    [number, run[index], reward[index], trainableParameters[index], multiplyAdds[index], durationMs[index]].join(','),
  );
  return `${[head, ...rows].join('\r\n')}\r\n`;
}
