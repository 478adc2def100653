import { describe, expect, it } from 'vitest';
import { axisPart, axisTicks, axisValue } from '../../../src/renderer/charts/chart-axis.ts';
import { chartToCsv, fileName } from '../../../src/renderer/charts/chart-csv.ts';
import { type ChartValue, nextYRange, yRange } from '../../../src/renderer/charts/chart-data.ts';
import { endLabels, LABEL_HEIGHT } from '../../../src/renderer/charts/end-labels.ts';
import { nearestIndex } from '../../../src/renderer/charts/nearest-index.ts';
import { smoothed } from '../../../src/renderer/charts/smoothing.ts';
import { sampleChart } from './chart-samples.ts';

const chart = (values: readonly ChartValue[], changes = {}) =>
  sampleChart({ series: [{ label: 'a', colour: 1, kind: 'line', values }], ...changes });
const accuracy = { yStep: 0.1, yBounds: [0, 1] as const };

describe('the range of y', () => {
  it('is rounded outwards to its steps and never leaves the bounds', () => {
    const [low, high] = yRange(chart([0.23, 0.61], accuracy));
    expect(low).toBeCloseTo(0.2, 9);
    expect(high).toBeCloseTo(0.7, 9);
    expect(yRange(chart([0, 1], accuracy))).toEqual([0, 1]);
    expect(yRange(chart([null, undefined], accuracy))).toEqual([0, 1]);
    const [same, above] = yRange(chart([2, 2]));
    expect(above).toBeGreaterThan(same);
  });

  it('stays while all points are inside and moves when one leaves it', () => {
    const first = nextYRange(null, chart([0.23, 0.61], accuracy));
    expect(nextYRange(first, chart([0.3, 0.4], accuracy))).toBe(first);
    expect(nextYRange(first, chart([0.3, 0.75], accuracy))[1]).toBeCloseTo(0.8, 9);
  });

  it('leaves out what has no logarithm on a logarithmic axis', () => {
    const [low, high] = yRange(chart([0, -1, 0.02, 5], { isYLog: true }));
    expect(low).toBeGreaterThan(0.015);
    expect(low).toBeLessThanOrEqual(0.02);
    expect(high).toBeGreaterThanOrEqual(5);
    expect(high).toBeLessThan(6.4);
  });
});

describe('the numbers of an axis', () => {
  it('are round, within it and not too many', () => {
    expect(axisTicks({ from: 0, to: 1, isLog: false }, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(axisTicks({ from: 1, to: 3, isLog: false }, 10, 'count')).toEqual([1, 2, 3]);
    expect(axisTicks({ from: 0, to: 500_000, isLog: false }, 6, 'ms')).toEqual([0, 120_000, 240_000, 360_000, 480_000]);
    expect(axisTicks({ from: 90_000, to: 4_000_000, isLog: true }, 8)).toEqual([1e5, 2e5, 5e5, 1e6, 2e6]);
    expect(axisTicks({ from: 1, to: 1e12, isLog: true }, 5).length).toBeLessThanOrEqual(5);
  });

  it('give back the value of each place, plain and logarithmic', () => {
    for (const axis of [
      { from: 2, to: 10, isLog: false },
      { from: 0.01, to: 100, isLog: true },
    ]) {
      for (const part of [0, 0.25, 1]) expect(axisPart(axis, axisValue(axis, part))).toBeCloseTo(part, 12);
    }
    expect(axisValue({ from: 0.01, to: 100, isLog: true }, 0.5)).toBeCloseTo(1, 12);
  });
});

it('moves labels at the ends of lines apart, in the order of the lines', () => {
  const data = sampleChart({
    x: [1],
    series: [0.5, 0.505, 0.51, 0.9].map((value, index) => ({
      label: `trial ${index}`,
      colour: 1,
      kind: 'line',
      values: [value],
    })),
  });
  const labels = endLabels(data, (x, y) => ({ x, y: 200 * (1 - y) }), 0, 110);
  expect(labels.map(({ text }) => text)).toEqual(['trial 3', 'trial 2', 'trial 1', 'trial 0']);
  for (const [index, { y }] of labels.entries()) {
    expect(y).toBeGreaterThanOrEqual(LABEL_HEIGHT / 2);
    expect(y).toBeLessThanOrEqual(110 - LABEL_HEIGHT / 2);
    if (index > 0) expect(y - labels[index - 1]!.y).toBeGreaterThanOrEqual(LABEL_HEIGHT - 1e-9);
  }
});

describe('smoothing', () => {
  it('changes nothing at 0 and keeps gaps', () => {
    expect(smoothed([1, null, 3], 0)).toEqual([1, null, 3]);
    expect(smoothed([1, null, undefined, 1], 0.9)).toEqual([1, null, undefined, 1]);
  });

  it('is the weighted mean of what came before, corrected for its begin', () => {
    // Weights 1 and 0.5: (0.5 * 0 + 1 * 3) / 1.5.
    expect(smoothed([0, 3], 0.5)[1]).toBeCloseTo(2, 12);
  });
});

it('writes files with full precision, empty where a value is missing, and no formulas', () => {
  const data = sampleChart({
    x: [1, 2],
    xField: 'time_ms',
    series: [
      { label: '=1+1', colour: 1, kind: 'line', values: [1 / 3, null] },
      { label: 'a, b', colour: 2, kind: 'line', values: [undefined, 2] },
    ],
  });
  expect(chartToCsv(data)).toBe(`time_ms,'=1+1,"a, b"\r\n1,${1 / 3},\r\n2,,2\r\n`);
  expect(fileName('Accuracy of trial 5', 'svg')).toBe('accuracy-of-trial-5.svg');
  expect(fileName('最良', 'csv')).toBe('chart.csv');
});

it('finds the nearest value by halving', () => {
  const values = [1, 2, 4, 8];
  for (const [at, index] of [
    [-5, 0],
    [2.9, 1],
    [3.1, 2],
    [100, 3],
  ]) {
    expect(nearestIndex(values, at!)).toBe(index);
  }
  expect(nearestIndex([], 1)).toBe(-1);
});
