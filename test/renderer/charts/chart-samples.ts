import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ChartData } from '../../../src/renderer/charts/chart-data.ts';
import { readChartPalette } from '../../../src/renderer/charts/chart-style.ts';
import type { TrialEpoch } from '../../../src/shared/records/experiment.ts';

const TOKENS = readFileSync(join(import.meta.dirname, '../../../src/renderer/styles/tokens.css'), 'utf8');
export const LIGHT = readChartPalette(TOKENS, 'light');
export const DARK = readChartPalette(TOKENS, 'dark');

export function sampleChart(changes: Partial<ChartData> = {}): ChartData {
  return {
    title: 'a chart',
    xLabel: 'epoch',
    x: [1, 2, 3, 4],
    xRange: [1, 10],
    words: (value) => value.toFixed(2),
    series: [
      { label: 'validation', colour: 1, kind: 'line', values: [0.1, 0.4, null, 0.6] },
      { label: 'training', colour: 2, kind: 'dashed', values: [0.2, 0.5, 0.55, 0.8] },
    ],
    ...changes,
  };
}

export function sampleEpochs(accuracies: readonly number[], changes: Partial<TrialEpoch> = {}): TrialEpoch[] {
  return accuracies.map((accuracy, index) => ({
    experiment: 1,
    trial: 1,
    run: 1,
    epoch: index + 1,
    trainingLoss: 2 - accuracy,
    trainingAccuracy: accuracy + 0.1,
    validationLoss: 2.5 - accuracy,
    validationAccuracy: accuracy,
    learningRate: 0.025 / (index + 1),
    dropPathKeep: 1 - index / 10,
    durationMs: 4_000,
    ...changes,
  }));
}

/** Names of all elements, after a check that each that opens is closed and each attribute is quoted. */
export function readXml(text: string): string[] {
  const open: string[] = [];
  const names: string[] = [];
  const rest = text.replace(/<(\/?)([A-Za-z]+)((?:\s+[\w-]+="[^"<]*")*)\s*(\/?)>/g, (_, closing, name, __, self) => {
    if (closing === '/') {
      if (open.pop() !== name) throw new Error(`</${name}> closes another element`);
    } else {
      names.push(name);
      if (self !== '/') open.push(name);
    }
    return '';
  });
  if (open.length > 0) throw new Error(`<${open.at(-1)}> is never closed`);
  if (/[<>]|&(?!amp;|lt;|gt;|quot;)/.test(rest)) throw new Error(`no XML: ${rest.match(/.{0,20}[<>&].{0,20}/)}`);
  return names;
}

/** The points of a path of M, L, H, V and h0. */
export function pathPoints(path: string): [number, number][] {
  const points: [number, number][] = [];
  let [x, y] = [0, 0];
  for (const [, command, first = '0', second = '0'] of path.matchAll(/([MLHVh])(-?[\d.]+)(?: (-?[\d.]+))?/g)) {
    if (command === 'h') continue;
    if (command === 'H') x = Number(first);
    else if (command === 'V') y = Number(first);
    else [x, y] = [Number(first), Number(second)];
    points.push([x, y]);
  }
  return points;
}
