import { describe, expect, it } from 'vitest';
import { nearestPoint, type PlotGeometry, pixelsOf, valuesAt } from '../../../src/renderer/charts/plot-geometry.ts';
import { endsIn, hasArea, withArea, withAreaWords, withoutArea } from '../../../src/renderer/charts/scatter-area.ts';
import { paretoFront, scatterPoints, scatterToCsv } from '../../../src/renderer/charts/scatter-data.ts';
import { neighbour } from '../../../src/renderer/charts/scatter-keys.ts';
import { parseFilter } from '../../../src/shared/leaderboard/filter.ts';
import type { Scatter } from '../../../src/shared/records/leaderboard.ts';

const SCATTER: Scatter = {
  trial: [1, 2, 3, 3],
  run: [1, 1, 1, 2],
  reward: [0.6, 0.5, 0.7, 0.5],
  trainableParameters: [300, 100, 300, 200],
  multiplyAdds: [30, 10, 20, 40],
  durationMs: [5_000, 0, 7_000, 9_000],
};

describe('the dots of a scatter', () => {
  it('are in order of their cost, the best of equal ones first', () => {
    expect(scatterPoints(SCATTER, 'params', false)).toEqual({
      row: ['2', '3.2', '3', '1'],
      x: [100, 200, 300, 300],
      reward: [0.5, 0.5, 0.7, 0.6],
    });
    expect(scatterPoints(SCATTER, 'madds', false).row).toEqual(['2', '3', '1', '3.2']);
  });

  it('leave out what cost nothing on a logarithmic axis', () => {
    const free = { ...SCATTER, multiplyAdds: [30, 0, 20, 40] };
    expect(scatterPoints(free, 'madds', true).row).toEqual(['3', '1', '3.2']);
    expect(scatterPoints(free, 'madds', false).row).toEqual(['2', '3', '1', '3.2']);
  });

  it('leave out reused rewards against time, so that the front does not begin with the best of them at zero', () => {
    const reused = { ...SCATTER, reward: [0.6, 0.9, 0.7, 0.5] };
    for (const isLog of [true, false]) {
      const points = scatterPoints(reused, 'time', isLog);
      expect(points.row).toEqual(['1', '3', '3.2']);
      expect(paretoFront(points.reward)).toEqual([0.6, 0.7, 0.7]);
    }
    expect(scatterPoints(reused, 'params', false).row).toContain('2');
  });

  it('have a front that steps up only where a dearer cell is better', () => {
    expect(paretoFront([0.5, 0.4, 0.6, 0.6, 0.55])).toEqual([0.5, undefined, 0.6, undefined, 0.6]);
    expect(paretoFront([])).toEqual([]);
  });

  it('go into a file with every cost', () => {
    const lines = scatterToCsv(SCATTER).split('\r\n');
    expect(lines[0]).toBe('trial,run,reward,trainable_parameters,multiply_adds,duration_ms');
    expect([lines[1], lines[4]]).toEqual(['1,1,0.6,300,30,5000', '3,2,0.5,200,40,9000']);
  });

  it('are found under the pointer, twenty thousand of them within a frame', () => {
    const count = 20_000;
    const x = Array.from({ length: count }, (_, index) => index + 1);
    const y = x.map((value) => (value * 7919) % 1000);
    const geometry: PlotGeometry = {
      left: 0,
      top: 0,
      width: 800,
      height: 200,
      x: { from: 1, to: count, isLog: true },
      y: { from: 0, to: 1000, isLog: false },
    };
    const pixels = pixelsOf(geometry, x, y);
    const target = 12_345;
    const at = { x: pixels.x[target]!, y: pixels.y[target]! };
    const found = nearestPoint(pixels, at, 10);
    expect(Math.hypot(pixels.x[found]! - at.x, pixels.y[found]! - at.y)).toBeLessThan(0.01);
    expect(valuesAt(geometry, at).x).toBeCloseTo(x[target]!, -1);
    expect(nearestPoint(pixels, { x: -500, y: -500 }, 10)).toBe(-1);
    const before = performance.now();
    for (let round = 0; round < 10; round++) nearestPoint(pixels, { x: round * 80, y: 100 }, 10);
    // Ten times; a frame is 16 ms, and this machine may be busy.
    expect(performance.now() - before).toBeLessThan(100);
  });

  it('are gone through by keys: cost sideways, reward up and down', () => {
    const points = scatterPoints(SCATTER, 'params', false);
    expect(neighbour(points, -1, 'ArrowRight')).toBe(0);
    expect(neighbour(points, 3, 'ArrowRight')).toBe(3);
    expect(neighbour(points, 0, 'End')).toBe(3);
    expect(neighbour(points, 0, 'x')).toBeNull();
    const order: number[] = [];
    for (let at = 0; !order.includes(at); at = neighbour(points, at, 'ArrowUp')!) order.push(at);
    expect(order.map((index) => points.reward[index])).toEqual([0.5, 0.5, 0.6, 0.7]);
    for (let at = order.at(-1)!; at !== 0; at = neighbour(points, at, 'ArrowDown')!) order.push(at);
    expect(order.length).toBe(7);
  });
});

describe('an area of the scatter', () => {
  it('becomes conditions that the filter understands and that hold all that lies in it', () => {
    const area = { x: [1_234_567, 3_456_789], reward: [0.51234, 0.6789] } as const;
    for (const cost of ['params', 'madds', 'time'] as const) {
      const text = withArea('star params<9M', cost, area);
      const parsed = parseFilter(text);
      if (parsed.kind !== 'ready') throw new Error(parsed.sentence);
      const ranges = parsed.terms.flatMap(({ condition }) =>
        condition.kind === 'number' && (condition.field === cost || condition.field === 'reward')
          ? [[condition.field, condition.ranges[0]!] as const]
          : [],
      );
      const [cheap, good] = [Object.fromEntries(ranges)[cost]!, Object.fromEntries(ranges).reward!];
      expect(cheap.low).toBeLessThanOrEqual(area.x[0]);
      expect(cheap.high).toBeGreaterThanOrEqual(area.x[1]);
      expect(cheap.low! / area.x[0]).toBeGreaterThan(0.998);
      expect(cheap.high! / area.x[1]).toBeLessThan(1.002);
      expect(good.low).toBeCloseTo(0.5123, 9);
      expect(good.high).toBeCloseTo(0.6789, 9);
      expect(text).toContain('star');
      // What was there on the same field is replaced.
      expect(text.includes('params<9M')).toBe(cost !== 'params');
      expect(hasArea(text, cost)).toBe(true);
      expect(hasArea(withoutArea(text, cost), cost)).toBe(false);
    }
  });

  it('never reaches beyond what a cost and a reward can be', () => {
    const text = withArea('', 'params', { x: [-50, 70], reward: [-0.1, 1.2] });
    expect(text).toBe('params:0..70 reward:0..1');
    expect(parseFilter(text).kind).toBe('ready');
  });

  it('is written by two pairs of fields too, each end in the words of the filter', () => {
    const filled = withAreaWords('state:completed', 'params', { x: ['1.5M', '3M'], reward: ['60%', ''] });
    if (!('text' in filled)) throw new Error(filled.sentence);
    expect(filled).toEqual({ text: 'state:completed params:1.5M..3M reward:60%..' });
    expect(parseFilter(filled.text).kind).toBe('ready');
    expect(endsIn(filled.text, 'params')).toEqual(['1.5M', '3M']);
    expect(endsIn('params<3M', 'params')).toEqual(['', '']);
    expect(withAreaWords(filled.text, 'params', { x: ['', ''], reward: ['', ''] })).toEqual({
      text: 'state:completed',
    });
    expect(withAreaWords('', 'params', { x: ['3M', '1M'], reward: ['', ''] })).toHaveProperty('sentence');
    expect(withAreaWords('', 'time', { x: ['soon', ''], reward: ['', ''] })).toHaveProperty('sentence');
  });
});
