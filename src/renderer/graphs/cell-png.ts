import type { Cell } from '../../shared/records/architecture.ts';
import { BASELINE_SHIFT, EXPORT_FONTS } from '../styles/export-fonts.ts';
import { drawCell } from './cell-drawing.ts';
import { cellMarks, DASH, LABEL_WEIGHT, type Mark } from './cell-marks.ts';
import { EXPORT_MARGIN, type SvgOptions } from './cell-svg.ts';
import { loadLabelFont } from './label-font.ts';
import type { Palette } from './palette.ts';

/**
 * Pixels of the picture for a pixel of the drawing (ours): 2 for slides and screens of two dots a pixel, 4 for papers,
 * where a cell of 600 pixels across a column of 8 cm has 760 dots an inch.
 */
export const PNG_SCALES = { screen: 2, paper: 4 } as const;

/**
 * A cell as a PNG file, whole, on the surface colour of its palette. Painted on a canvas from the same marks as the SVG
 * file, so that the labels have the page's face, which a picture made from an SVG file could not load.
 * Throws when the browser can't encode the canvas.
 */
export async function cellToPng(
  cell: Cell,
  palette: Palette,
  { comparison, scale = PNG_SCALES.screen }: Pick<SvgOptions, 'comparison'> & { scale?: number } = {},
): Promise<Blob> {
  await loadLabelFont();
  const drawing = drawCell(cell);
  const width = drawing.width + 2 * EXPORT_MARGIN;
  const height = drawing.height + 2 * EXPORT_MARGIN;
  const canvas = document.createElement('canvas');
  canvas.width = width * scale;
  canvas.height = height * scale;
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('The browser gives no canvas to draw a PNG on.');
  context.scale(scale, scale);
  context.fillStyle = palette.surface;
  context.fillRect(0, 0, width, height);
  context.translate(EXPORT_MARGIN, EXPORT_MARGIN);
  for (const mark of cellMarks(drawing, palette, comparison)) paint(context, mark);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob === null) reject(new Error('The browser could not encode the picture as PNG.'));
      else resolve(blob);
    }, 'image/png');
  });
}

function paint(context: CanvasRenderingContext2D, mark: Mark): void {
  if (mark.kind === 'text') {
    context.font = `${LABEL_WEIGHT} ${mark.size}px ${EXPORT_FONTS}`;
    context.textAlign = 'center';
    context.fillStyle = mark.fill;
    context.fillText(mark.text, mark.x, mark.y + mark.size * BASELINE_SHIFT);
    return;
  }
  const path = new Path2D(mark.path);
  if (mark.fill !== 'none') {
    context.fillStyle = mark.fill;
    context.fill(path);
  }
  if (mark.stroke === 'none') return;
  context.strokeStyle = mark.stroke;
  context.lineWidth = mark.strokeWidth;
  context.lineJoin = 'round';
  context.setLineDash(mark.dashed ? [...DASH] : []);
  context.stroke(path);
}
