import type { ChartData, ChartSeries } from './chart-data.ts';
import { MARK_SIZE } from './chart-style.ts';

/** Height of a line of labels, and what a letter takes on average at 12 px in our face. CSS pixels. */
export const LABEL_HEIGHT = 15;
const LETTER_WIDTH = 6.7;
/** A piece of the line stands before its label: colour and dash name it, and the text keeps its contrast. */
export const STUB_WIDTH = 14;
/** From the line's last point to the stub, and from the stub to the text. */
export const LABEL_GAP = 8;
const MOST_MARGIN = 150;

export interface EndLabel {
  readonly series: ChartSeries;
  readonly text: string;
  /** Left end of the stub and middle of the label. */
  readonly x: number;
  readonly y: number;
}

export const textWidth = (text: string): number => text.length * LETTER_WIDTH;

const labelWidth = (text: string): number => LABEL_GAP + STUB_WIDTH + LABEL_GAP + textWidth(text);

export function endLabelText({ kind, isSilent, endLabel, label }: ChartSeries): string | null {
  if (isSilent === true || kind === 'dots' || kind === 'raw') return null;
  return endLabel === undefined ? label : endLabel;
}

/** Labels stand behind the icons of ended lines, all of them, so that they stay below one another. */
const iconWidth = ({ marks }: ChartData): number => (marks?.some(({ kind }) => kind !== 'best') ? MARK_SIZE : 0);

/** Room at the right of a chart for the longest label. */
export function labelMargin(data: ChartData): number {
  const { series } = data;
  const widths = series.map((one) => labelWidth(endLabelText(one) ?? '') + iconWidth(data));
  return series.some((one) => endLabelText(one) !== null) ? Math.min(MOST_MARGIN, Math.max(...widths) + 4) : 12;
}

/** Where the lines end, in the unit of `place`, and their labels, moved up or down so that none covers another. */
export function endLabels(
  data: ChartData,
  place: (x: number, y: number) => { readonly x: number; readonly y: number },
  top: number,
  bottom: number,
): EndLabel[] {
  const wanted = data.series.flatMap((series): EndLabel[] => {
    const text = endLabelText(series);
    const index = series.values.findLastIndex((value) => typeof value === 'number' && Number.isFinite(value));
    const [x, y] = [data.x[index], series.values[index]];
    if (text === null || x === undefined || typeof y !== 'number' || (data.isYLog === true && y <= 0)) return [];
    const end = place(x, y);
    return [{ series, text, x: end.x + LABEL_GAP + iconWidth(data), y: end.y }];
  });
  wanted.sort((one, other) => one.y - other.y);
  const placed: EndLabel[] = [];
  for (const label of wanted) placed.push({ ...label, y: freePlace(label, placed, 1, top) });
  const settled: EndLabel[] = [];
  for (const label of placed.reverse()) settled.push({ ...label, y: freePlace(label, settled, -1, bottom) });
  return settled.reverse();
}

/** The nearest place downwards (or upwards, -1) that none of the others takes, beginning inside the border. */
function freePlace(label: EndLabel, others: readonly EndLabel[], direction: 1 | -1, border: number): number {
  const half = LABEL_HEIGHT / 2;
  const inner = border + direction * half;
  let y = direction === 1 ? Math.max(label.y, inner) : Math.min(label.y, inner);
  for (const other of others) {
    const isBeside = label.x + labelWidth(label.text) < other.x || other.x + labelWidth(other.text) < label.x;
    if (isBeside || Math.abs(other.y - y) >= LABEL_HEIGHT) continue;
    y = other.y + direction * LABEL_HEIGHT;
  }
  return y;
}

/** From the end of the axis to the name of x: clear of the last number. */
export function xLabelOffset({ xRange, xWords, xAxisWords }: ChartData): number {
  return textWidth((xAxisWords ?? xWords ?? String)(xRange[1])) / 2 + 8;
}
