import type { SearchCurve } from '../../shared/records/leaderboard.ts';
import { percent } from '../components/words.ts';
import { stepPercent } from './axis-words.ts';
import type { ChartData, ChartSeries, ChartValue } from './chart-data.ts';

/** A search in the figure; the first one is the screen's own. */
export interface SearchRun {
  /** "random" or "search 3"; empty for the screen's own search. */
  readonly name: string;
  readonly kind: 'own' | 'random' | 'other';
  readonly curve: SearchCurve;
}

const MEASURES = [
  { key: 'best', words: 'best', colour: 1 },
  { key: 'top5', words: 'best 5', colour: 2 },
  { key: 'top25', words: 'best 25', colour: 3 },
] as const;

/** The search solid, the random one dashed, another one dotted; colours tell the measures. */
const DASHES = { own: [], random: [6, 4], other: [2, 3] } as const;

/**
 * The paper's figure 6: the best reward, and the mean of the best 5 and 25, against the proposals so far. Failed trials
 * count on x. `planned`: proposals that the largest budget allows.
 */
export function searchChart(runs: readonly SearchRun[], planned: number): ChartData {
  const x = [...new Set(runs.flatMap(({ curve }) => curve.proposals))].sort((one, other) => one - other);
  const series = runs.toReversed().flatMap(({ name, kind, curve }) => {
    const places = new Map(curve.proposals.map((proposal, index) => [proposal, index]));
    return MEASURES.map(({ key, words, colour }): ChartSeries => {
      const values = x.map((proposal): ChartValue => {
        const index = places.get(proposal);
        return index === undefined ? undefined : (curve[key][index] ?? null);
      });
      const label = name === '' ? words : `${name}: ${words}`;
      return { label, colour, kind: 'line', dash: DASHES[kind], width: name === '' ? 2 : 1.5, values };
    });
  });
  return {
    title: 'Best reward, and mean of the best 5 and 25',
    subject: runs.map(({ name }) => name).join(' '),
    xLabel: 'proposals',
    x,
    xRange: [0, Math.max(2, planned)],
    xUnit: 'count',
    series,
    words: percent,
    axisWords: stepPercent,
    yStep: 0.1,
    yBounds: [0, 1],
  };
}
