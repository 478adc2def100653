import { describe, expect, it } from 'vitest';
import { strokeDash } from '../../../src/renderer/charts/chart-style.ts';
import { chartToSvg } from '../../../src/renderer/charts/chart-svg.ts';
import { type CurveOptions, epochChart, type TrialCurve } from '../../../src/renderer/charts/epoch-charts.ts';
import { LIGHT, sampleEpochs } from './chart-samples.ts';

const PLAIN: CurveOptions = { x: 'epoch', smoothing: 0, isLossLog: false };
const curve = (name: string, accuracies: readonly number[], changes: Partial<TrialCurve> = {}): TrialCurve => ({
  name,
  state: 'completed',
  epochs: sampleEpochs(accuracies),
  ...changes,
});

describe('the curves of trials', () => {
  it('span the epochs that are planned, validation solid and training dashed at half its width', () => {
    const data = epochChart('accuracy', [curve('trial 1', [0.2, 0.4])], 20, PLAIN);
    expect(data.xRange).toEqual([1, 20]);
    const [training, validation] = data.series;
    expect(validation).toMatchObject({ label: 'validation', kind: 'line', dash: [], width: 2.5, values: [0.2, 0.4] });
    expect(training).toMatchObject({ label: 'training', kind: 'dashed', width: 1.25, colour: validation!.colour });
  });

  it('draw the selected trial last and thickest, and keep the numbers of each at its own epochs', () => {
    const data = epochChart('loss', [curve('trial 9', [0.5]), curve('trial 2', [0.2, 0.3])], 5, PLAIN);
    const lines = data.series.filter(({ kind }) => kind === 'line');
    expect(lines.map(({ endLabel, width }) => [endLabel, width])).toEqual([
      ['trial 2', 1.75],
      ['trial 9', 2.5],
    ]);
    expect(lines[1]!.values).toEqual([2, undefined]);
    expect(new Set(lines.map(({ colour }) => colour)).size).toBe(2);
  });

  it('give each of six trials its own dashes besides its colour, in the chart and in its file', () => {
    const curves = [1, 2, 3, 4, 5, 6].map((number) => curve(`trial ${number}`, [0.2, 0.1 * number]));
    const data = epochChart('accuracy', curves, 5, PLAIN);
    const dashes = (kind: string) =>
      data.series.filter((one) => one.kind === kind).map((one) => strokeDash(one).join());
    expect(new Set(dashes('line')).size).toBe(6);
    // The selected trial, on top, is solid.
    expect(dashes('line').at(-1)).toBe('');
    const [first] = data.series.filter(({ kind }) => kind === 'line');
    const svg = chartToSvg(data, LIGHT);
    const written = `stroke-dasharray="${strokeDash(first!).join(' ')}"`;
    // The line, the piece before its label and the one in the legend.
    expect(svg.split(written).length - 1).toBe(3);
    // Training is dashed and of half the width.
    for (const { width, colour } of data.series.filter(({ kind }) => kind === 'dashed')) {
      expect(width).toBe(data.series.find((one) => one.kind === 'line' && one.colour === colour)!.width! / 2);
    }
    expect(dashes('dashed')).not.toContain('');
  });

  it('mark the best of the raw values, however smooth the line is', () => {
    const smooth = { ...PLAIN, smoothing: 0.9 };
    const accuracy = epochChart('accuracy', [curve('trial 1', [0.2, 0.7, 0.3])], 3, smooth);
    expect(accuracy.marks).toEqual([{ kind: 'best', x: 2, y: 0.7, colour: 1, label: '70.00 %' }]);
    const raw = accuracy.series.find(({ label }) => label === 'validation, raw');
    expect(raw).toMatchObject({ kind: 'raw', values: [0.2, 0.7, 0.3] });
    const loss = epochChart('loss', [curve('trial 1', [0.2, 0.7, 0.3])], 3, smooth);
    expect(loss.marks![0]).toMatchObject({ kind: 'best', x: 2, y: 1.8 });
    expect(epochChart('rate', [curve('trial 1', [0.2])], 3, PLAIN).marks).toEqual([]);
  });

  it('end a failed line with its mark, and a loss that is no number is a gap', () => {
    const epochs = sampleEpochs([0.2, 0.3]).map((epoch, index) => ({
      ...epoch,
      validationLoss: index === 0 ? 2.3 : Number.NaN,
    }));
    const data = epochChart('loss', [curve('trial 1', [], { state: 'failed', epochs })], 4, PLAIN);
    expect(data.series.at(-1)!.values).toEqual([2.3, null]);
    expect(data.marks!.find(({ kind }) => kind === 'failed')).toMatchObject({ x: 1, y: 2.3 });
  });

  it('go by training time up to what all epochs will take', () => {
    const data = epochChart('path', [curve('trial 1', [0.2, 0.3])], 10, { ...PLAIN, x: 'time' });
    expect(data.x).toEqual([4_000, 8_000]);
    expect(data.xRange).toEqual([0, 40_000]);
    expect(data.xField).toBe('time_ms');
  });

  it('take the logarithm of the loss and of nothing else', () => {
    const log = { ...PLAIN, isLossLog: true };
    expect(epochChart('loss', [curve('trial 1', [0.2])], 3, log).isYLog).toBe(true);
    expect(epochChart('accuracy', [curve('trial 1', [0.2])], 3, log).isYLog).toBe(false);
  });
});
