import { describe, expect, it } from 'vitest';
import { axisLabels, stepNumber } from '../../../src/renderer/charts/axis-words.ts';
import { runsLike, twinOf } from '../../../src/renderer/charts/beside.ts';
import { chartToSvg } from '../../../src/renderer/charts/chart-svg.ts';
import { controllerCharts } from '../../../src/renderer/charts/controller-charts.ts';
import { type HeatMap, heatColour, heatTiles, heatToSvg, tileAt } from '../../../src/renderer/charts/heat-map.ts';
import {
  OPERATION_COLUMNS,
  operationsToCsv,
  readOperationSort,
  sortOperations,
  writeOperationSort,
} from '../../../src/renderer/charts/operation-table.ts';
import {
  columnSize,
  decisionToCsv,
  decisionWords,
  heatColumns,
  heatLevel,
  optionWords,
  relativeEntropies,
} from '../../../src/renderer/charts/policy-decisions.ts';
import { searchChart } from '../../../src/renderer/charts/search-chart.ts';
import { PAPER_SPACE } from '../../../src/shared/records/architecture.ts';
import type { UpdateReport } from '../../../src/shared/records/controller.ts';
import type { OperationShare, SearchCurve } from '../../../src/shared/records/leaderboard.ts';
import { decisionPlaces } from '../../../src/shared/search-space/decisions.ts';
import { makeExperiment } from '../../main/terminal/records.ts';
import { LIGHT, readXml } from './chart-samples.ts';

function makeUpdate(update: number, first: number, rewards: readonly number[] = [0.4, 0.6]): UpdateReport {
  return {
    update,
    proposals: rewards.map((_, index) => (update - 1) * rewards.length + index + 1),
    ignored: 0,
    rewards: [...rewards],
    advantages: rewards.map(() => 0),
    baseline: 0.5,
    meanEntropy: 1.5,
    maximumEntropy: 1.9,
    meanProbabilities: [[first, 1 - first]],
    ratio: { p5: 0.9, p50: 1, p95: 1.1 },
    clipFraction: 0.25,
    divergence: 0.01,
    gradientNorm: 1,
    epochs: 10,
    skippedEpochs: 0,
  };
}

describe('the figure of a search', () => {
  const own: SearchCurve = {
    proposals: [1, 5, 6],
    best: [0.5, 0.6, 0.6],
    top5: [null, 0.4, 0.45],
    top25: [null, null, null],
  };
  const random: SearchCurve = { proposals: [1, 4], best: [0.3, 0.55], top5: [null, null], top25: [null, null] };

  it('holds a search against its twin at the same proposals, dashed and named', () => {
    const data = searchChart(
      [
        { name: '', kind: 'own', curve: own },
        { name: 'random', kind: 'random', curve: random },
      ],
      500,
    );
    expect(data.x).toEqual([1, 4, 5, 6]);
    expect(data.xRange).toEqual([0, 500]);
    const byLabel = new Map(data.series.map((series) => [series.label, series]));
    expect(byLabel.get('best')).toMatchObject({ dash: [], values: [0.5, undefined, 0.6, 0.6] });
    expect(byLabel.get('best 5')!.values).toEqual([null, undefined, 0.4, 0.45]);
    expect(byLabel.get('random: best')).toMatchObject({ dash: [6, 4], values: [0.3, 0.55, undefined, undefined] });
    // The same measure has the same colour in both.
    expect(byLabel.get('random: best')!.colour).toBe(byLabel.get('best')!.colour);
    expect(byLabel.size).toBe(6);
  });

  it('knows the twin from either side, and searches that differ in seed and name alone', () => {
    const search = makeExperiment({ id: 1 });
    const twin = makeExperiment({ id: 2, twinOf: 1 });
    expect(twinOf(search, [search, twin])?.id).toBe(2);
    expect(twinOf(twin, [search, twin])?.id).toBe(1);
    expect(twinOf(search, [search])).toBeNull();
    const again = makeExperiment({ id: 3, config: { ...search.config, seed: 99, name: 'again' } });
    const other = makeExperiment({ id: 4, config: { ...search.config, trialsAtOnce: 7 } });
    expect(runsLike(search, [search, again, other])).toBe(2);
  });
});

describe('the charts of the controller', () => {
  it('show every reward with the baseline after its update and a tick between updates', () => {
    const charts = controllerCharts([makeUpdate(1, 0.5), makeUpdate(2, 0.5, [0.8, 0.9])], { updates: 10, trials: 20 });
    const [rewards, entropy, ratio, clipped] = charts;
    expect(rewards!.series[0]!.values).toEqual([0.4, 0.6, 0.8, 0.9]);
    expect(rewards!.series[1]!.values).toEqual([undefined, 0.5, undefined, 0.5]);
    expect(rewards!.ticks!.at).toEqual([2.5, 4.5]);
    expect(rewards!.xRange).toEqual([0, 20]);
    expect(entropy!.series.map(({ label, kind }) => [label, kind])).toEqual([
      ['policy', 'line'],
      ['uniform', 'dashed'],
    ]);
    expect(ratio!.series.map(({ values }) => values[0])).toEqual([1.1, 1, 0.9]);
    expect(clipped!.series[0]!.values).toEqual([0.25, 0.25]);
    for (const chart of charts.slice(1)) expect(chart.xRange).toEqual([1, 10]);
  });
});

describe('the numbers beside a chart', () => {
  /** What stands beside the axis of y of an exported chart. */
  const beside = (svg: string): string[] =>
    [...svg.matchAll(/<text x="60"[^>]*text-anchor="end">([^<]*)</g)].map(([, words]) => words!);

  it('differ from one another, however little the first updates change', () => {
    const calm = [1, 2].map((update) => ({
      ...makeUpdate(update, 0.5),
      meanEntropy: 1.90001 - update / 1e6,
      maximumEntropy: 1.90001,
      ratio: { p5: 0.99998, p50: 1, p95: 1.00002 },
      clipFraction: 0.3 + update / 1e6,
    }));
    for (const chart of controllerCharts(calm, { updates: 10, trials: 20 })) {
      const numbers = beside(chartToSvg(chart, LIGHT));
      expect(numbers.length).toBeGreaterThan(2);
      expect(new Set(numbers).size).toBe(numbers.length);
    }
  });

  it('have no more decimals than that takes', () => {
    const [rewards, entropy] = controllerCharts([makeUpdate(1, 0.5)], { updates: 10, trials: 20 });
    expect(beside(chartToSvg(rewards!, LIGHT))).toContain('50 %');
    for (const words of beside(chartToSvg(entropy!, LIGHT))) expect(words).toMatch(/^\d\.\d{1,2}$/);
    const log = { ...entropy!, isYLog: true, axisWords: stepNumber };
    expect(axisLabels(log, [0.01, 0.1, 1, 10])).toEqual(['0.01', '0.1', '1', '10']);
  });
});

describe('the map of a decision', () => {
  const updates = Array.from({ length: 480 }, (_, index) => makeUpdate(index + 1, index % 2 === 0 ? 1 : 0.5));

  it('names every decision and its options in words', () => {
    const places = decisionPlaces(PAPER_SPACE);
    expect(decisionWords(places[10]!)).toBe('Normal block 3, left input');
    expect(decisionWords(places[49]!)).toBe('Reduction block 5, combination');
    expect(optionWords(PAPER_SPACE, places[0]!)).toEqual(['h[i]', 'h[i−1]']);
    expect(optionWords(PAPER_SPACE, places[2]!)).toHaveLength(13);
    expect(optionWords(PAPER_SPACE, places[4]!)).toEqual(['add', 'concat']);
  });

  it('averages more than 240 updates in groups', () => {
    expect(columnSize(240)).toBe(1);
    expect(columnSize(241)).toBe(2);
    const columns = heatColumns(updates, 0, columnSize(updates.length));
    expect(columns).toHaveLength(240);
    expect(columns[0]).toEqual({ from: 1, to: 2, probabilities: [0.75, 0.25] });
    expect(columns.at(-1)).toMatchObject({ from: 479, to: 480 });
    expect(heatColumns(updates, 0, 1)).toHaveLength(480);
  });

  it('shades the strip by how undecided each one is', () => {
    expect(relativeEntropies([makeUpdate(1, 0.5)])[0]).toBeCloseTo(1, 12);
    expect(relativeEntropies([makeUpdate(1, 1)])[0]).toBe(0);
    expect([0, 0.5, 1].map(heatLevel)).toEqual([0, 3, 5]);
  });

  it('lays out a tile for each option and column, with room for the updates to come', () => {
    const map: HeatMap = {
      title: 'a map',
      options: ['a', 'b'],
      columns: [makeUpdate(1, 1), makeUpdate(2, 0.2)].map(({ update, meanProbabilities }) => ({
        from: update,
        to: update,
        probabilities: meanProbabilities[0]!,
      })),
      planned: 4,
    };
    const tiles = heatTiles(map, 400, 100);
    expect(tiles).toHaveLength(4);
    expect(tiles[3]).toEqual({ x: 100, y: 50, width: 100, height: 50, part: 0.8 });
    for (const [index, { x, y, width, height }] of tiles.entries()) {
      const middle = { x: x + width / 2, y: y + height / 2 };
      expect(tileAt(map, middle, { width: 400, height: 100 })).toEqual({ column: index >> 1, row: index % 2 });
    }
    expect(tileAt(map, { x: 350, y: 20 }, { width: 400, height: 100 })).toBeNull();
    const svg = heatToSvg(map, LIGHT);
    readXml(svg);
    const drawn = /<g class="tiles"[^>]*>([\s\S]*?)<\/g>/.exec(svg)![1]!;
    expect([...drawn.matchAll(/fill="([^"]+)"/g)].map(([, fill]) => fill)).toEqual(
      [1, 0, 0.2, 0.8].map((part) => LIGHT.heat[part * 5]),
    );
  });

  it('has the theme’s colours at their probabilities and others between them', () => {
    expect(heatColour(['#000000', '#646464', '#c8c8c8'], 0.25)).toBe('#323232');
    for (const level of [0, 1, 2, 3, 4, 5]) expect(heatColour(LIGHT.heat, level / 5)).toBe(LIGHT.heat[level]);
    expect(heatColour(LIGHT.heat, 2)).toBe(LIGHT.heat[5]);
  });

  it('is a table at full precision in a file', () => {
    expect(decisionToCsv(['h[i]', 'h[i−1]'], [makeUpdate(3, 1 / 3)], 0)).toBe(
      `update,h[i],h[i−1]\r\n3,${1 / 3},${1 - 1 / 3}\r\n`,
    );
  });
});

describe('the table of operations', () => {
  const row = (operation: OperationShare['operation'], topShare: number, reward: number | null): OperationShare => ({
    operation,
    topShare,
    share: 0.1,
    having: { reward, count: 3 },
    lacking: { reward: 0.5, count: 4 },
  });
  const rows = [row('identity', 0.1, 0.6), row('conv_1x1', 0.3, null), row('sep_conv_5x5', 0.2, 0.7)];
  const names = (sorted: readonly OperationShare[]) => sorted.map(({ operation }) => operation);

  it('is sorted by any head, what has no mean last whatever the direction', () => {
    expect(names(sortOperations(rows, readOperationSort(null)))).toEqual(['conv_1x1', 'sep_conv_5x5', 'identity']);
    const up = { column: 'with', isAscending: true } as const;
    expect(names(sortOperations(rows, up))).toEqual(['identity', 'sep_conv_5x5', 'conv_1x1']);
    expect(names(sortOperations(rows, { ...up, isAscending: false }))).toEqual([
      'sep_conv_5x5',
      'identity',
      'conv_1x1',
    ]);
    expect(names(sortOperations(rows, { column: 'all', isAscending: true }))).toEqual(
      names(sortOperations(rows, { column: 'operation', isAscending: true })),
    );
  });

  it('keeps its order in the address and only when it is another one', () => {
    expect(writeOperationSort(readOperationSort(null))).toBeNull();
    for (const text of ['with:up', 'operation:down', 'withoutCount:up']) {
      expect(writeOperationSort(readOperationSort(text))).toBe(text);
    }
    expect(readOperationSort('nonsense')).toEqual(readOperationSort(null));
  });

  it('has no head that reads as the best quarter where it counts trials', () => {
    for (const { title } of OPERATION_COLUMNS) expect(title).not.toMatch(/\d\s*%/);
  });

  it('leaves a mean of no trials empty in a file', () => {
    expect(operationsToCsv([rows[1]!]).split('\r\n')[1]).toBe('conv_1x1,0.3,0.1,,3,0.5,4');
  });
});
