import 'uplot/dist/uPlot.min.css';
import { type ReactElement, useEffect, useRef } from 'react';
import UPlot from 'uplot';
import { type Theme, tokenValue } from '../graphs/palette.ts';
import { PALETTES } from '../graphs/theme-palettes.ts';
import { useActiveTheme } from '../graphs/use-active-theme.ts';
import tokens from '../styles/tokens.css?raw';
import styles from './chart.module.css';
import { type ChartData, type ChartSeries, yRange } from './chart-data.ts';

/** Charts are drawn again at most this often. Milliseconds (design). */
const DRAW_EVERY_MS = 250;
const FONT = '12px "Inter Variable", sans-serif';

/** Dashes by colour, so that a line is known without it (design, section 1). */
const DASHES: readonly (readonly number[])[] = [[], [6, 4], [2, 3], [10, 3], [6, 3, 2, 3], [1, 3]];

export function ChartCanvas({ data }: { data: ChartData }): ReactElement {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot | null>(null);
  const newest = useRef(data);
  newest.current = data;
  const theme = useActiveTheme();
  const shape = JSON.stringify(data.series.map(({ label, colour, kind }) => [label, colour, kind]));

  // biome-ignore lint/correctness/useExhaustiveDependencies: another shape or theme is another chart
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    let isGone = false;
    const observer = new ResizeObserver(() => plot.current?.setSize(sizeOf(element)));
    // A canvas does not wait for a face.
    void document.fonts.load(FONT).then(() => {
      if (isGone) return;
      plot.current = new UPlot(optionsOf(newest, theme, sizeOf(element)), plotData(newest.current), element);
      observer.observe(element);
    });
    return () => {
      isGone = true;
      observer.disconnect();
      plot.current?.destroy();
      plot.current = null;
    };
  }, [shape, theme]);

  const drawnAt = useRef(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: new data are drawn
  useEffect(() => {
    const wait = Math.max(0, drawnAt.current + DRAW_EVERY_MS - performance.now());
    const timer = setTimeout(() => {
      drawnAt.current = performance.now();
      plot.current?.setData(plotData(newest.current));
    }, wait);
    return () => clearTimeout(timer);
  }, [data]);

  return <div ref={box} className={styles.canvas} aria-hidden="true" />;
}

const sizeOf = (element: HTMLElement) => ({
  width: Math.max(80, element.clientWidth),
  height: Math.max(60, element.clientHeight),
});

const plotData = ({ x, series }: ChartData): UPlot.AlignedData =>
  [[...x], ...series.map(({ values }) => [...values])] as UPlot.AlignedData;

function optionsOf(
  newest: { readonly current: ChartData },
  theme: Theme,
  size: { width: number; height: number },
): UPlot.Options {
  const { text2, line } = PALETTES[theme];
  const axisWords = (value: number): string => (newest.current.axisWords ?? newest.current.words)(value);
  const axis: UPlot.Axis = {
    stroke: text2,
    font: FONT,
    grid: { stroke: line, width: 1 },
    ticks: { show: false },
    gap: 6,
  };
  return {
    ...size,
    padding: [8, 16, 0, 0],
    legend: { show: false },
    cursor: { points: { size: 6 }, drag: { x: false, y: false } },
    scales: {
      x: { time: false, range: () => [...newest.current.xRange] as [number, number] },
      y: { range: () => yRange(newest.current) },
    },
    axes: [xAxis(axis, newest), { ...axis, size: 64, values: (_, values) => values.map(axisWords) }],
    series: [{}, ...newest.current.series.map((series) => plotSeries(series, theme))],
  };
}

function xAxis(axis: UPlot.Axis, newest: { readonly current: ChartData }): UPlot.Axis {
  const { xWords } = newest.current;
  if (xWords !== undefined) return { ...axis, size: 28, space: 64, values: (_, values) => values.map(xWords) };
  return { ...axis, size: 28, space: 48, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000] };
}

/** Each value of a short line is marked; in a long one the marks would hide the line. */
const isSparse = ({ data }: UPlot): boolean => data[0].length <= 24;

function plotSeries({ label, colour, kind }: ChartSeries, theme: Theme): UPlot.Series {
  const stroke = tokenValue(tokens, theme, `series-${colour}`);
  if (kind === 'dots') {
    return { label, stroke, paths: () => null, points: { show: true, size: 5, fill: stroke, stroke } };
  }
  if (kind === 'steps') {
    const paths = UPlot.paths.stepped?.({ align: 1 });
    return { label, stroke, width: 1.5, points: { show: false }, ...(paths === undefined ? {} : { paths }) };
  }
  const dash = kind === 'dashed' ? [6, 4] : [...(DASHES[colour - 1] ?? [])];
  return {
    label,
    stroke,
    width: kind === 'dashed' ? 1.25 : 2,
    dash,
    points: { show: isSparse, size: 5, fill: stroke },
  };
}
