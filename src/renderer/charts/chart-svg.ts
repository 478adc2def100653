import { BASELINE_SHIFT, EXPORT_FONTS } from '../styles/export-fonts.ts';
import { axisLabels } from './axis-words.ts';
import { type Axis, axisPart, axisTicks } from './chart-axis.ts';
import { type ChartData, type ChartMark, type ChartSeries, type ChartValue, yRange } from './chart-data.ts';
import {
  type ChartPalette,
  DOT_SIZE,
  dotSize,
  MARK_PATHS,
  MARK_SIZE,
  markColour,
  RAW_OPACITY,
  strokeDash,
  strokeWidth,
} from './chart-style.ts';
import { endLabels, LABEL_GAP, labelMargin, STUB_WIDTH, textWidth } from './end-labels.ts';
import { isolatedPoints } from './isolated-points.ts';
import { markLabelAnchor, markLabelY, markOffset } from './mark-label.ts';
import { escapedXml } from './xml.ts';

/** Of the whole picture, in its pixels (ours: what a column of a paper shows well). */
const SIZE = { width: 720, height: 420 } as const;
const FONT_SIZE = 12;
const LEFT = 68;
const TOP = 34;
/** Numbers of the axis, its name and one row of legend. */
const FOOT = 46;
const LEGEND_ROW = 20;

/** A rectangle of the picture that the lines are drawn in. */
interface Frame {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly x: Axis;
  readonly y: Axis;
}

/** A chart as an SVG file: whole, with literal colours, on the surface colour of its palette. */
export function chartToSvg(data: ChartData, palette: ChartPalette): string {
  const legend = legendRows(data.series);
  const frame = frameOf(data, legend.length);
  const { width, height } = SIZE;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="${EXPORT_FONTS}" font-size="${FONT_SIZE}">`,
    `<title>${escapedXml(data.title)}</title>`,
    `<rect width="${width}" height="${height}" fill="${palette.surface}"/>`,
    text(LEFT, 20, data.title, palette.text, 'start', ' font-weight="600" font-size="14"'),
    ...axes(data, frame, palette),
    `<clipPath id="plot"><rect x="${frame.left}" y="${frame.top - 2}" width="${frame.right - frame.left + 1}" height="${frame.bottom - frame.top + 4}"/></clipPath>`,
    '<g clip-path="url(#plot)" stroke-linejoin="round">',
    ...tickMarks(data, frame, palette),
    ...data.series.map((series) => seriesElement(series, data, frame, palette)),
    '</g>',
    ...(data.marks ?? []).map((mark) => markElement(mark, frame, palette)),
    ...endLabelElements(data, frame, palette),
    ...legendElements(legend, frame, palette),
    '</svg>',
    '',
  ].join('\n');
}

function frameOf(data: ChartData, legendRows: number): Frame {
  const [from, to] = data.xRange;
  const [low, high] = yRange(data);
  return {
    left: LEFT,
    top: TOP,
    right: SIZE.width - labelMargin(data),
    bottom: SIZE.height - FOOT - legendRows * LEGEND_ROW,
    x: { from, to, isLog: data.isXLog === true },
    y: { from: low, to: high, isLog: data.isYLog === true },
  };
}

const xOf = ({ left, right, x }: Frame, value: number): number => left + axisPart(x, value) * (right - left);
const yOf = ({ top, bottom, y }: Frame, value: number): number => bottom - axisPart(y, value) * (bottom - top);

function axes(data: ChartData, frame: Frame, { line, text2 }: ChartPalette): string[] {
  const xWords = data.xAxisWords ?? data.xWords ?? String;
  const { left, right, top, bottom } = frame;
  const columns = axisTicks(frame.x, Math.floor((right - left) / 64), data.xUnit);
  const rows = axisTicks(frame.y, Math.floor((bottom - top) / 36));
  const rowWords = axisLabels(data, rows);
  const grid = [
    ...columns.map((value) => `M${short(xOf(frame, value))} ${top}V${bottom}`),
    ...rows.map((value) => `M${left} ${short(yOf(frame, value))}H${right}`),
  ].join('');
  return [
    `<path class="grid" d="${grid}" fill="none" stroke="${line}"/>`,
    ...columns.map((value) => text(xOf(frame, value), bottom + 16, xWords(value), text2, 'middle')),
    ...rows.map((value, index) =>
      text(left - 8, yOf(frame, value) + BASELINE_SHIFT * FONT_SIZE, rowWords[index] ?? '', text2, 'end'),
    ),
    text((left + right) / 2, bottom + 34, data.xLabel, text2, 'middle'),
  ];
}

function tickMarks({ ticks }: ChartData, frame: Frame, { edge }: ChartPalette): string[] {
  if (ticks === undefined || ticks.at.length === 0) return [];
  const path = ticks.at.map((value) => `M${short(xOf(frame, value))} ${frame.bottom}v-6`).join('');
  return [
    `<path class="ticks" d="${path}" fill="none" stroke="${edge}"><title>${escapedXml(ticks.label)}</title></path>`,
  ];
}

/** The points of a series in the picture; `null` where the line is interrupted. */
function pointsOf(values: readonly ChartValue[], data: ChartData, frame: Frame): ({ x: number; y: number } | null)[] {
  return values.flatMap((value, index) => {
    if (value === undefined) return [];
    const x = data.x[index];
    const isShown = value !== null && Number.isFinite(value) && (!frame.y.isLog || value > 0);
    return [isShown && x !== undefined ? { x: xOf(frame, x), y: yOf(frame, value) } : null];
  });
}

function seriesElement(series: ChartSeries, data: ChartData, frame: Frame, palette: ChartPalette): string {
  const colour = palette.series[series.colour];
  const points = pointsOf(series.values, data, frame);
  const title = `<title>${escapedXml(series.label)}</title>`;
  if (series.kind === 'dots') {
    return `<path ${dotAttributes(points, colour, DOT_SIZE)}>${title}</path>`;
  }
  const dash = strokeDash(series);
  const dashes = dash.length === 0 ? '' : ` stroke-dasharray="${dash.join(' ')}"`;
  const opacity = series.kind === 'raw' ? ` stroke-opacity="${RAW_OPACITY}"` : '';
  const path = linePath(points, series.kind === 'steps');
  const line = `<path d="${path}" fill="none" stroke="${colour}" stroke-width="${strokeWidth(series)}"${dashes}${opacity}>${title}</path>`;
  const alone = series.kind === 'steps' ? [] : isolatedPoints(series.values, frame.y.isLog);
  if (alone.length === 0) return line;
  const kept = new Set(alone);
  const dots = pointsOf(
    series.values.map((value, index) => (kept.has(index) ? value : undefined)),
    data,
    frame,
  );
  return `${line}\n<path ${dotAttributes(dots, colour, dotSize(series))}${opacity}/>`;
}

/** A line of no length with round ends is a dot, so that all of them are one element. */
function dotAttributes(points: readonly ({ x: number; y: number } | null)[], colour: string, size: number): string {
  const dots = points.filter((point) => point !== null);
  const path = dots.map(({ x, y }) => `M${short(x)} ${short(y)}h0`).join('');
  return `d="${path}" fill="none" stroke="${colour}" stroke-width="${size}" stroke-linecap="round"`;
}

function linePath(points: readonly ({ x: number; y: number } | null)[], isStepped: boolean): string {
  let isDown = false;
  const pieces = points.map((point) => {
    if (point === null) {
      isDown = false;
      return '';
    }
    const [x, y] = [short(point.x), short(point.y)];
    const piece = isDown ? (isStepped ? `H${x}V${y}` : `L${x} ${y}`) : `M${x} ${y}`;
    isDown = true;
    return piece;
  });
  return pieces.join('');
}

function markElement(mark: ChartMark, frame: Frame, palette: ChartPalette): string {
  const [x, y] = [xOf(frame, mark.x) + markOffset(mark), yOf(frame, mark.y)];
  const scale = MARK_SIZE / 24;
  const colour = markColour(mark, palette);
  const place = `translate(${short(x - MARK_SIZE / 2)} ${short(y - MARK_SIZE / 2)}) scale(${short(scale)})`;
  const drawn = `<path d="${MARK_PATHS[mark.kind]}" transform="${place}" fill="${palette.surface}" stroke="${colour}" stroke-width="3"><title>${escapedXml(mark.label)}</title></path>`;
  if (mark.kind !== 'best') return drawn;
  return `${drawn}\n${text(x, markLabelY(y, frame.top), mark.label, palette.text, markLabelAnchor(x, frame))}`;
}

function endLabelElements(data: ChartData, frame: Frame, palette: ChartPalette): string[] {
  const place = (x: number, y: number) => ({ x: xOf(frame, x), y: yOf(frame, y) });
  return endLabels(data, place, frame.top, frame.bottom).flatMap(({ series, text: label, x, y }) => [
    stub(series, x, y, palette),
    text(x + STUB_WIDTH + LABEL_GAP, y + BASELINE_SHIFT * FONT_SIZE, label, palette.text2, 'start', halo(palette)),
  ]);
}

/** A line that ends early has its label in the midst of others. */
const halo = ({ surface }: ChartPalette): string =>
  ` stroke="${surface}" stroke-width="3" stroke-linejoin="round" paint-order="stroke"`;

function stub(series: ChartSeries, x: number, y: number, palette: ChartPalette): string {
  const colour = palette.series[series.colour];
  if (series.kind === 'dots')
    return `<circle cx="${short(x + STUB_WIDTH / 2)}" cy="${short(y)}" r="3" fill="${colour}"/>`;
  const dash = strokeDash(series);
  const dashes = dash.length === 0 ? '' : ` stroke-dasharray="${dash.join(' ')}"`;
  const opacity = series.kind === 'raw' ? ` stroke-opacity="${RAW_OPACITY}"` : '';
  return `<path d="M${short(x)} ${short(y)}h${STUB_WIDTH}" stroke="${colour}" stroke-width="${strokeWidth(series)}"${dashes}${opacity}/>`;
}

/** All series that are named, in rows that fit the picture. */
function legendRows(series: readonly ChartSeries[]): ChartSeries[][] {
  const rows: ChartSeries[][] = [];
  let left = 0;
  for (const one of series.filter(({ isSilent }) => isSilent !== true)) {
    const width = legendWidth(one);
    const row = rows.at(-1);
    if (row === undefined || left + width > SIZE.width - LEFT) {
      rows.push([one]);
      left = width;
    } else {
      row.push(one);
      left += width;
    }
  }
  return rows;
}

const legendWidth = ({ label }: ChartSeries): number => STUB_WIDTH + LABEL_GAP + textWidth(label) + 16;

function legendElements(rows: readonly (readonly ChartSeries[])[], frame: Frame, palette: ChartPalette): string[] {
  return rows.flatMap((row, index) => {
    const y = frame.bottom + FOOT + index * LEGEND_ROW;
    let left = LEFT;
    return row.flatMap((series) => {
      const x = left;
      left += legendWidth(series);
      const words = text(
        x + STUB_WIDTH + LABEL_GAP,
        y + BASELINE_SHIFT * FONT_SIZE,
        series.label,
        palette.text2,
        'start',
      );
      return [stub(series, x, y, palette), words];
    });
  });
}

const short = (value: number): string => String(Math.round(value * 100) / 100);

function text(x: number, y: number, words: string, fill: string, anchor: string, more = ''): string {
  return `<text x="${short(x)}" y="${short(y)}" fill="${fill}" text-anchor="${anchor}"${more}>${escapedXml(words)}</text>`;
}
