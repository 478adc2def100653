import { expect, it } from 'vitest';
import { type ChartData, yRange } from '../../../src/renderer/charts/chart-data.ts';
import {
  heatColumns,
  heatLevel,
  optionWords,
  relativeEntropies,
} from '../../../src/renderer/charts/policy-decisions.ts';
import { paretoFront, scatterCharts } from '../../../src/renderer/charts/scatter-charts.ts';
import { operationShares } from '../../../src/renderer/state/operation-shares.ts';
import { PAPER_SPACE } from '../../../src/shared/records/architecture.ts';
import type { UpdateReport } from '../../../src/shared/records/controller.ts';
import { decisionPlaces } from '../../../src/shared/search-space/decisions.ts';
import { makeTrial } from '../../main/terminal/records.ts';

const chart = (values: (number | null)[], changes: Partial<ChartData> = {}): ChartData => ({
  title: 'a chart',
  xLabel: 'x',
  x: values.map((_, index) => index),
  xRange: [0, values.length],
  words: String,
  series: [{ label: 'a', colour: 1, kind: 'line', values }],
  ...changes,
});

it('rounds the range of y outwards to its steps and never leaves the bounds', () => {
  const accuracy = { yStep: 0.1, yBounds: [0, 1] as const };
  const [low, high] = yRange(chart([0.23, 0.61], accuracy));
  expect(low).toBeCloseTo(0.2, 9);
  expect(high).toBeCloseTo(0.7, 9);
  expect(yRange(chart([0, 1], accuracy))).toEqual([0, 1]);
  expect(yRange(chart([null], accuracy))).toEqual([0, 1]);
  const [same, above] = yRange(chart([2, 2]));
  expect(above).toBeGreaterThan(same);
});

it('steps the Pareto front up only where a dearer cell is better', () => {
  expect(paretoFront([0.5, 0.4, 0.6, 0.6, 0.55])).toEqual([0.5, 0.5, 0.6, 0.6, 0.6]);
  const [byParameters] = scatterCharts([
    makeTrial(1, { trainableParameters: 300, reward: 0.6 }),
    makeTrial(2, { trainableParameters: 100, reward: 0.5 }),
    makeTrial(3, { reward: null }),
  ]);
  expect(byParameters?.x).toEqual([100, 300]);
  expect(byParameters?.series[0]?.values).toEqual([0.5, 0.6]);
});

it('counts operations of the blocks that are built, and compares rewards with and without', () => {
  const shares = operationShares([makeTrial(1, { reward: 0.4 }), makeTrial(2, { reward: 0.6 })]);
  expect(shares.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
  for (const { having, lacking } of shares) {
    expect(having).toEqual({ count: 2, reward: 0.5 });
    expect(lacking).toEqual({ count: 0, reward: null });
  }
  // Paper figure 4: NASNet-A's Normal cell has no max pooling of 5x5.
  expect(shares.map(({ operation }) => operation)).not.toContain('max_pool_5x5');
});

it('names the options of every decision and averages many updates in groups', () => {
  const places = decisionPlaces(PAPER_SPACE);
  expect(optionWords(PAPER_SPACE, places[0]!)).toEqual(['h[i]', 'h[i−1]']);
  expect(optionWords(PAPER_SPACE, places[2]!)).toHaveLength(13);
  expect(optionWords(PAPER_SPACE, places[4]!)).toEqual(['add', 'concat']);
  const updates = Array.from({ length: 120 }, (_, index): UpdateReport => {
    const first = index % 2 === 0 ? 1 : 0.5;
    return { update: index + 1, meanProbabilities: [[first, 1 - first]] } as unknown as UpdateReport;
  });
  const columns = heatColumns(updates, 0);
  expect(columns).toHaveLength(60);
  expect(columns[0]).toEqual({ from: 1, to: 2, probabilities: [0.75, 0.25] });
  expect(relativeEntropies(updates)[0]).toBeCloseTo(1, 12);
  expect([0, 0.5, 1].map(heatLevel)).toEqual([0, 3, 5]);
});
