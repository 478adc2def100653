import type { Trial } from '../../shared/records/experiment.ts';
import { axisPercent, percent } from '../components/words.ts';
import { roundedCount } from '../graphs/part-words.ts';
import type { ChartData } from './chart-data.ts';

const MEASURES = [
  { title: 'Reward and parameters', xLabel: 'parameters', read: (trial: Trial) => trial.trainableParameters },
  { title: 'Reward and multiply-adds', xLabel: 'multiply-adds', read: (trial: Trial) => trial.multiplyAdds },
] as const;

/** Reward against what a cell costs, with the Pareto front: no cell is both cheaper and better than one on it. */
export function scatterCharts(trials: Iterable<Trial>): readonly ChartData[] {
  const rewarded = [...trials].filter(({ reward }) => reward !== null);
  return MEASURES.map(({ title, xLabel, read }) => {
    const sorted = rewarded.toSorted(
      (one, other) => read(one) - read(other) || (other.reward ?? 0) - (one.reward ?? 0),
    );
    const rewards = sorted.map(({ reward }) => reward ?? 0);
    const x = sorted.map(read);
    return {
      title,
      xLabel,
      x,
      xRange: xRange(x),
      xWords: roundedCount,
      words: percent,
      axisWords: axisPercent,
      yStep: 0.1,
      yBounds: [0, 1] as const,
      series: [
        { label: 'trial', colour: 1, kind: 'dots', values: rewards },
        { label: 'Pareto front', colour: 2, kind: 'steps', values: paretoFront(rewards) },
      ],
    };
  });
}

/** The best reward so far at each cost, of rewards in order of the cost. */
export function paretoFront(rewards: readonly number[]): number[] {
  let best = Number.NEGATIVE_INFINITY;
  return rewards.map((reward) => {
    best = Math.max(best, reward);
    return best;
  });
}

function xRange(sorted: readonly number[]): readonly [number, number] {
  const [least = 0, most = 1] = [sorted[0], sorted.at(-1)];
  const margin = (most - least || most || 1) / 20;
  return [least - margin, most + margin];
}
