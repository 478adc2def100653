import type { Cell } from '../../shared/records/architecture.ts';
import { BASELINE_SHIFT, EXPORT_FONTS } from '../styles/export-fonts.ts';
import { drawCell } from './cell-drawing.ts';
import { cellMarks, DASH, LABEL_WEIGHT, type Mark } from './cell-marks.ts';
import type { CellComparison } from './compare-cells.ts';
import type { Palette } from './palette.ts';
import { short } from './rounded-line.ts';

/** Room around an exported drawing, in its pixels (ours). */
export const EXPORT_MARGIN = 12;

export interface SvgOptions {
  readonly comparison?: CellComparison;
  /** Read out by screen readers and shown as the file's title. */
  readonly title?: string;
}

/** A cell as an SVG file: whole, with literal colours, on the surface colour of its palette. */
export function cellToSvg(cell: Cell, palette: Palette, { comparison, title = 'Cell' }: SvgOptions = {}): string {
  const drawing = drawCell(cell);
  const width = drawing.width + 2 * EXPORT_MARGIN;
  const height = drawing.height + 2 * EXPORT_MARGIN;
  const box = `${-EXPORT_MARGIN} ${-EXPORT_MARGIN} ${width} ${height}`;
  const text = `font-family="${EXPORT_FONTS}" font-weight="${LABEL_WEIGHT}" text-anchor="middle"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${box}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<rect x="${-EXPORT_MARGIN}" y="${-EXPORT_MARGIN}" width="${width}" height="${height}" fill="${palette.surface}"/>`,
    `<g ${text} stroke-linejoin="round">`,
    ...cellMarks(drawing, palette, comparison).map(element),
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

function element(mark: Mark): string {
  if (mark.kind === 'text') {
    const y = short(mark.y + mark.size * BASELINE_SHIFT);
    return `<text x="${short(mark.x)}" y="${y}" font-size="${mark.size}" fill="${mark.fill}">${escaped(mark.text)}</text>`;
  }
  const dash = mark.dashed ? ` stroke-dasharray="${DASH.join(' ')}"` : '';
  const stroke = mark.stroke === 'none' ? '' : ` stroke="${mark.stroke}" stroke-width="${mark.strokeWidth}"${dash}`;
  return `<path d="${mark.path}" fill="${mark.fill}"${stroke}/>`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => ENTITIES[sign]!);
