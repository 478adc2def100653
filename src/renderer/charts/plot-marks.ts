import UPlot from 'uplot';
import type { ChartData, ChartMark } from './chart-data.ts';
import { type ChartPalette, MARK_PATHS, MARK_SIZE, markColour, strokeDash, strokeWidth } from './chart-style.ts';
import { type EndLabel, endLabels, LABEL_GAP, STUB_WIDTH, xLabelOffset } from './end-labels.ts';
import { markLabelAnchor, markLabelY, markOffset } from './mark-label.ts';

const FONT = (ratio: number, weight = 400): string => `${weight} ${12 * ratio}px "Inter Variable", sans-serif`;

/** Short lines at the foot, under the series. */
export function drawBehind({ ctx, bbox, valToPos }: UPlot, { ticks }: ChartData, { edge }: ChartPalette): void {
  if (ticks === undefined || ticks.at.length === 0) return;
  const path = new Path2D();
  for (const at of ticks.at) {
    const x = Math.round(valToPos(at, 'x', true));
    path.moveTo(x, bbox.top + bbox.height);
    path.lineTo(x, bbox.top + bbox.height - 6 * UPlot.pxRatio);
  }
  ctx.save();
  ctx.strokeStyle = edge;
  ctx.lineWidth = UPlot.pxRatio;
  ctx.stroke(path);
  ctx.restore();
}

/** From so many on, dots are small squares that are seen through (ours: round ones of 20,000 take 200 ms to draw). */
const MANY_DOTS = 2_000;
const SMALL_DOT = 3;

/** Draws the dots of a long series straight away; false where they are few and the library draws them. */
export function drawManyDots({ ctx, data, valToPos }: UPlot, index: number, colour: string): boolean {
  const [xs, ys] = [data[0], data[index]];
  if (ys === undefined || xs.length < MANY_DOTS) return false;
  const size = SMALL_DOT * UPlot.pxRatio;
  ctx.save();
  ctx.fillStyle = colour;
  ctx.globalAlpha = 0.6;
  for (let place = 0; place < xs.length; place++) {
    const [x, y] = [xs[place], ys[place]];
    if (typeof x !== 'number' || typeof y !== 'number') continue;
    ctx.fillRect(
      Math.round(valToPos(x, 'x', true) - size / 2),
      Math.round(valToPos(y, 'y', true) - size / 2),
      size,
      size,
    );
  }
  ctx.restore();
  return true;
}

/** Labels at the lines' ends, what stands out, and the name of x at the end of its axis. */
export function drawInFront(plot: UPlot, data: ChartData, palette: ChartPalette): void {
  const { ctx, bbox } = plot;
  const ratio = UPlot.pxRatio;
  ctx.save();
  ctx.scale(ratio, ratio);
  ctx.textBaseline = 'middle';
  const place = (x: number, y: number) => ({
    x: plot.valToPos(x, 'x', true) / ratio,
    y: plot.valToPos(y, 'y', true) / ratio,
  });
  const [top, bottom] = [bbox.top / ratio, (bbox.top + bbox.height) / ratio];
  for (const label of endLabels(data, place, top, bottom)) drawEndLabel(ctx, label, palette);
  const [left, right] = [bbox.left / ratio, (bbox.left + bbox.width) / ratio];
  for (const mark of data.marks ?? []) {
    const at = place(mark.x, mark.y);
    drawMark(ctx, mark, { x: at.x + markOffset(mark), y: at.y }, { left, top, right }, palette);
  }
  ctx.font = FONT(1);
  ctx.textAlign = 'left';
  ctx.fillStyle = palette.text2;
  ctx.fillText(data.xLabel, right + xLabelOffset(data), bottom + 14);
  ctx.restore();
}

function drawEndLabel(ctx: CanvasRenderingContext2D, label: EndLabel, palette: ChartPalette): void {
  const { series, text, x, y } = label;
  ctx.beginPath();
  ctx.setLineDash([...strokeDash(series)]);
  ctx.strokeStyle = palette.series[series.colour];
  ctx.lineWidth = strokeWidth(series);
  ctx.moveTo(x, y);
  ctx.lineTo(x + STUB_WIDTH, y);
  ctx.stroke();
  ctx.setLineDash([]);
  ctx.font = FONT(1);
  ctx.textAlign = 'left';
  ctx.fillStyle = palette.text2;
  // A line that ends early has its label in the midst of others.
  ctx.strokeStyle = palette.surface;
  ctx.lineWidth = 3;
  ctx.lineJoin = 'round';
  ctx.strokeText(text, x + STUB_WIDTH + LABEL_GAP, y + 0.5);
  ctx.fillText(text, x + STUB_WIDTH + LABEL_GAP, y + 0.5);
}

const ALIGNMENTS = { start: 'left', middle: 'center', end: 'right' } as const;

function drawMark(
  ctx: CanvasRenderingContext2D,
  mark: ChartMark,
  { x, y }: { x: number; y: number },
  edges: { readonly left: number; readonly top: number; readonly right: number },
  palette: ChartPalette,
): void {
  const scale = MARK_SIZE / 24;
  const path = new Path2D();
  path.addPath(
    new Path2D(MARK_PATHS[mark.kind]),
    new DOMMatrix([scale, 0, 0, scale, x - MARK_SIZE / 2, y - MARK_SIZE / 2]),
  );
  ctx.fillStyle = palette.surface;
  ctx.strokeStyle = markColour(mark, palette);
  ctx.lineWidth = 1.75;
  ctx.fill(path);
  ctx.stroke(path);
  if (mark.kind !== 'best') return;
  ctx.font = FONT(1, 600);
  ctx.textAlign = ALIGNMENTS[markLabelAnchor(x, edges)];
  const labelY = markLabelY(y, edges.top) - 4;
  // Lines may pass behind the value.
  ctx.lineWidth = 3;
  ctx.lineJoin = 'round';
  ctx.strokeStyle = palette.surface;
  ctx.strokeText(mark.label, x, labelY);
  ctx.fillStyle = palette.text;
  ctx.fillText(mark.label, x, labelY);
}
