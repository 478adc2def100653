import { loadCanvasFace } from '../styles/canvas-face.ts';
import { LABEL_WEIGHT } from './cell-marks.ts';

/** The face of labels on a canvas. */
export const LABEL_FONT = 'Inter Variable';

export const loadLabelFont = (): Promise<void> =>
  loadCanvasFace(`${LABEL_WEIGHT} 12px '${LABEL_FONT}'`, document.fonts);
