import { describe, expect, it } from 'vitest';
import { type ChartData, yRange } from '../../../src/renderer/charts/chart-data.ts';
import { chartToSvg } from '../../../src/renderer/charts/chart-svg.ts';
import { epochChart } from '../../../src/renderer/charts/epoch-charts.ts';
import { heatToSvg } from '../../../src/renderer/charts/heat-map.ts';
import { scatterChart } from '../../../src/renderer/charts/scatter-data.ts';
import { DARK, LIGHT, pathPoints, readXml, sampleChart, sampleEpochs } from './chart-samples.ts';

/** The path of a series, by the title that it carries. */
function pathOf(svg: string, label: string): { path: string; attributes: string } {
  const found = new RegExp(`<path d="([^"]*)"([^>]*)><title>${label}</title>`).exec(svg);
  if (found === null) throw new Error(`no series ${label}`);
  return { path: found[1]!, attributes: found[2]! };
}

/** Back from pixels to values, by the rectangle that the lines are clipped to. */
function valuesIn(svg: string, data: ChartData, points: readonly [number, number][]): [number, number][] {
  const [, x, y, width, height] = /<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"\/><\/clipPath>/
    .exec(svg)!
    .map(Number) as [number, number, number, number, number];
  const [left, top, right, bottom] = [x, y + 2, x + width - 1, y + height - 2];
  const [low, high] = yRange(data);
  const [from, to] = data.xRange;
  const across = (part: number) => (data.isXLog === true ? from * (to / from) ** part : from + part * (to - from));
  const up = (part: number) => (data.isYLog === true ? low * (high / low) ** part : low + part * (high - low));
  return points.map(([px, py]) => [across((px - left) / (right - left)), up((bottom - py) / (bottom - top))]);
}

describe('the SVG file of a chart', () => {
  it('has the points of its data, and a gap where a value is missing', () => {
    const data = sampleChart();
    const svg = chartToSvg(data, LIGHT);
    const { path } = pathOf(svg, 'validation');
    const values = valuesIn(svg, data, pathPoints(path));
    expect(values).toHaveLength(3);
    for (const [index, [x, y]] of [
      [1, 0.1],
      [2, 0.4],
      [4, 0.6],
    ].entries()) {
      expect(values[index]![0]).toBeCloseTo(x!, 2);
      expect(values[index]![1]).toBeCloseTo(y!, 2);
    }
    // A line begins twice: before the gap and after it.
    expect(path.match(/M/g)).toHaveLength(2);
  });

  it('shows the only epoch of a trial as a dot, smaller for training', () => {
    const curve = { name: 'trial 5', state: 'running', epochs: sampleEpochs([0.3]) } as const;
    const data = epochChart('accuracy', [curve], 5, { x: 'epoch', smoothing: 0, isLossLog: false });
    const svg = chartToSvg(data, LIGHT);
    const dots = [...svg.matchAll(/<path d="(M[\d.]+ [\d.]+h0)"[^>]* stroke-width="(\d)" stroke-linecap="round"\/>/g)];
    const places = dots.map(([, path, size]) => [...valuesIn(svg, data, pathPoints(path!))[0]!, Number(size)]);
    expect(places.map((numbers) => numbers.map((number) => Number(number.toFixed(2))))).toEqual([
      [1, 0.4, 3],
      [1, 0.3, 5],
    ]);
  });

  it('goes by the logarithm where an axis does', () => {
    const data = sampleChart({
      isYLog: true,
      series: [{ label: 'loss', colour: 1, kind: 'line', values: [10, 1, 0, 0.1] }],
    });
    const svg = chartToSvg(data, LIGHT);
    const values = valuesIn(svg, data, pathPoints(pathOf(svg, 'loss').path));
    // Zero has no logarithm: it is missing.
    expect(values.map(([, y]) => Number(y.toPrecision(2)))).toEqual([10, 1, 0.1]);
  });

  it('draws a dot a trial and the front as steps', () => {
    const points = { row: ['3', '1', '1.2'] as const, x: [100, 200, 400], reward: [0.5, 0.4, 0.6] };
    const data = scatterChart(points, 'params', false);
    const svg = chartToSvg(data, DARK);
    const dots = valuesIn(svg, data, pathPoints(pathOf(svg, 'trial').path));
    for (const [index, [x, y]] of dots.entries()) {
      expect(x).toBeCloseTo(points.x[index]!, 0);
      expect(y).toBeCloseTo(points.reward[index]!, 2);
    }
    const steps = valuesIn(svg, data, pathPoints(pathOf(svg, 'Pareto front').path));
    expect(steps.map(([x, y]) => [Math.round(x / 10) * 10, Number(y.toFixed(2))])).toEqual([
      [100, 0.5],
      [400, 0.5],
      [400, 0.6],
    ]);
  });

  it('names title, axis, ends of lines and legend as text, and dashes what is dashed', () => {
    const svg = chartToSvg(sampleChart(), LIGHT);
    const texts = [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);
    for (const word of ['a chart', 'epoch']) expect(texts).toContain(word);
    // At the end of the line, and in the legend.
    for (const label of ['validation', 'training']) expect(texts.filter((text) => text === label)).toHaveLength(2);
    expect(pathOf(svg, 'training').attributes).toContain('stroke-dasharray="6 4"');
    expect(pathOf(svg, 'validation').attributes).not.toContain('dasharray');
  });

  it('is well-formed XML without scripts and styles, whatever the names are', () => {
    const hostile = '</text><script>alert("1")</script>&\u0000\u202E𝄞\uD834';
    const chart = sampleChart({
      title: hostile,
      series: [{ label: hostile, colour: 3, kind: 'line', values: [1, 2, 3, 4] }],
      marks: [{ kind: 'best', x: 2, y: 2, colour: 3, label: hostile }],
      ticks: { label: hostile, at: [1, 2] },
    });
    const heat = {
      title: hostile,
      options: [hostile],
      columns: [{ from: 1, to: 1, probabilities: [0.4] }],
      planned: 3,
    };
    for (const svg of [
      chartToSvg(chart, LIGHT),
      heatToSvg(heat, LIGHT),
      chartToSvg(sampleChart({ x: [], series: [] }), DARK),
    ]) {
      const names = readXml(svg);
      expect(names).not.toContain('script');
      expect(names).not.toContain('style');
      expect(svg.isWellFormed()).toBe(true);
      expect(svg).not.toContain('\u0000');
      expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    }
  });

  it('has no colour but those of its theme', () => {
    const palette = JSON.stringify(DARK);
    const colours = new Set(chartToSvg(sampleChart(), DARK).match(/#[0-9a-f]{6}/gi));
    expect(colours.size).toBeGreaterThan(4);
    for (const colour of colours) expect(palette).toContain(colour);
  });

  it('marks the best value and how a line ended', () => {
    const curve = { name: 'trial 5', state: 'pruned', epochs: sampleEpochs([0.3, 0.5, 0.4]) } as const;
    const data = epochChart('accuracy', [curve], 5, { x: 'epoch', smoothing: 0, isLossLog: false });
    const svg = chartToSvg(data, LIGHT);
    expect(svg).toContain('<title>trial 5 ended as pruned</title>');
    expect(svg).toMatch(/<text[^>]*>50\.00 %<\/text>/);
    readXml(svg);
  });
});
