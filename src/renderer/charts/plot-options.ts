import UPlot from 'uplot';
import type { Theme } from '../styles/token-value.ts';
import { axisLabels } from './axis-words.ts';
import { axisTicks } from './chart-axis.ts';
import { type ChartData, type ChartSeries, nextYRange, type Range } from './chart-data.ts';
import { CHART_FONT } from './chart-font.ts';
import { CHART_PALETTES } from './chart-palettes.ts';
import { type ChartPalette, DOT_SIZE, dotSize, RAW_OPACITY, strokeDash, strokeWidth } from './chart-style.ts';
import { labelMargin, textWidth, xLabelOffset } from './end-labels.ts';
import { isolatedPoints } from './isolated-points.ts';
import { isSameGeometry, type PlotGeometry } from './plot-geometry.ts';
import { drawBehind, drawInFront, drawManyDots } from './plot-marks.ts';

/** Each value of a short line is marked; in a long one the marks would hide the line (ours). */
const MARKED_POINTS = 24;
const MARKED_LINES = 4;

/** What a plot is made from; `range` is the range of y that stays until a point leaves it. */
export interface PlotParts {
  readonly newest: { readonly current: ChartData };
  readonly range: { current: { readonly subject: string; readonly range: Range } | null };
  readonly theme: Theme;
  /** Called with the x under the pointer, null when it leaves. */
  readonly publish: (x: number | null) => void;
  /** Called when the plot has another place or range. */
  readonly onGeometry?: ((geometry: PlotGeometry) => void) | undefined;
}

/** All series over one x, as the library wants them: it joins over `undefined` and breaks a line at `null`. */
export function plotData({ x, series, isYLog }: ChartData): UPlot.AlignedData {
  const column = ({ values }: ChartSeries): (number | null | undefined)[] =>
    isYLog === true ? values.map((value) => (typeof value === 'number' && value <= 0 ? null : value)) : [...values];
  return [[...x], ...series.map(column)];
}

export function plotOptions(parts: PlotParts): Omit<UPlot.Options, 'width' | 'height'> {
  const { newest, range, theme, publish, onGeometry } = parts;
  const palette = CHART_PALETTES[theme];
  const { isXLog, isYLog, xLabel, series } = newest.current;
  return {
    padding: [8, Math.max(labelMargin(newest.current), xLabelOffset(newest.current) + textWidth(xLabel)), 0, 0],
    legend: { show: false },
    cursor: {
      show: onGeometry === undefined,
      y: false,
      points: { size: 6 },
      drag: { x: false, y: false },
    },
    scales: {
      x: { time: false, range: () => [...newest.current.xRange] as Range, ...(isXLog === true ? { distr: 3 } : {}) },
      y: { range: () => settle(newest.current, range), ...(isYLog === true ? { distr: 3 } : {}) },
    },
    axes: [xAxis(newest, palette), yAxis(newest, palette)],
    series: [{}, ...series.map((one) => plotSeries(one, palette))],
    hooks: {
      drawAxes: [(plot) => drawBehind(plot, newest.current, palette)],
      draw: [
        (plot) => drawInFront(plot, newest.current, palette),
        ...(onGeometry === undefined ? [] : [geometryTeller(onGeometry)]),
      ],
      setCursor: [
        ({ cursor }) => {
          const isOver = (cursor.left ?? -1) >= 0 && typeof cursor.idx === 'number';
          // With new data a line that another chart has put here is told as well.
          if (isOver && (cursor.event === undefined || cursor.event.type === 'mouseleave')) return;
          publish(isOver ? (newest.current.x[cursor.idx ?? 0] ?? null) : null);
        },
      ],
    },
  };
}

function geometryTeller(tell: (geometry: PlotGeometry) => void): (plot: UPlot) => void {
  let told: PlotGeometry | null = null;
  return ({ bbox, scales }) => {
    const ratio = UPlot.pxRatio;
    const axis = ({ min, max, distr }: UPlot.Scale = {}) => ({ from: min ?? 0, to: max ?? 1, isLog: distr === 3 });
    const geometry: PlotGeometry = {
      left: bbox.left / ratio,
      top: bbox.top / ratio,
      width: bbox.width / ratio,
      height: bbox.height / ratio,
      x: axis(scales.x),
      y: axis(scales.y),
    };
    if (isSameGeometry(told, geometry)) return;
    told = geometry;
    tell(geometry);
  };
}

/** The range of y stays while all points are inside and the chart shows the same things. */
function settle(data: ChartData, range: PlotParts['range']): Range {
  const subject = `${data.subject ?? ''} ${data.isYLog ?? false}`;
  const before = range.current?.subject === subject ? range.current.range : null;
  const next = nextYRange(before, data);
  range.current = { subject, range: next };
  return [...next];
}

function baseAxis({ text2, line }: ChartPalette): UPlot.Axis {
  return { stroke: text2, font: CHART_FONT, grid: { stroke: line, width: 1 }, ticks: { show: false }, gap: 6 };
}

/** The library's own choice of numbers is not the one of an exported file: both take ours. */
const keepAll = (_: UPlot, values: number[]): number[] => values;

function xAxis(newest: PlotParts['newest'], palette: ChartPalette): UPlot.Axis {
  return {
    ...baseAxis(palette),
    size: 26,
    filter: keepAll,
    splits: (plot, _, from, to) => {
      const { isXLog, xUnit, xWords } = newest.current;
      const room = plot.bbox.width / UPlot.pxRatio / (xWords === undefined ? 48 : 72);
      return axisTicks({ from, to, isLog: isXLog === true }, Math.floor(room), xUnit);
    },
    values: (_, values) => values.map(newest.current.xAxisWords ?? newest.current.xWords ?? String),
  };
}

function yAxis(newest: PlotParts['newest'], palette: ChartPalette): UPlot.Axis {
  return {
    ...baseAxis(palette),
    size: 60,
    filter: keepAll,
    splits: (plot, _, from, to) => {
      const most = Math.max(2, Math.floor(plot.bbox.height / UPlot.pxRatio / 30));
      return axisTicks({ from, to, isLog: newest.current.isYLog === true }, most);
    },
    values: (_, values) => axisLabels(newest.current, values),
  };
}

const isSparse = ({ data }: UPlot): boolean => data[0].length <= MARKED_POINTS && data.length <= MARKED_LINES + 1;

/** All points where all are marked, else those that no line would show. */
const isolatedOnly: UPlot.Series.Points.Filter = (plot, index, isMarked) => {
  const isolated = isMarked ? [] : isolatedPoints([...(plot.data[index] ?? [])], plot.scales.y?.distr === 3);
  return isolated.length === 0 ? null : isolated;
};

function plotSeries(series: ChartSeries, palette: ChartPalette): UPlot.Series {
  const { label, kind, colour } = series;
  const stroke = palette.series[colour];
  if (kind === 'dots') {
    const show: UPlot.Series.Points.Show = (plot, index) => !drawManyDots(plot, index, stroke);
    return { label, stroke, paths: () => null, points: { show, size: DOT_SIZE, fill: stroke, width: 0 } };
  }
  const width = strokeWidth(series);
  const dash = [...strokeDash(series)];
  if (kind === 'steps') {
    const paths = UPlot.paths.stepped?.({ align: 1 });
    return { label, stroke, width, dash, points: { show: false }, ...(paths === undefined ? {} : { paths }) };
  }
  return {
    label,
    stroke,
    width,
    dash,
    ...(kind === 'raw' ? { alpha: RAW_OPACITY } : {}),
    points: { show: kind === 'line' ? isSparse : false, filter: isolatedOnly, size: dotSize(series), fill: stroke },
  };
}
