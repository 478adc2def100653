import { LABEL_WEIGHT } from './cell-marks.ts';

/** The face of labels on a canvas. */
export const LABEL_FONT = 'Inter Variable';

/**
 * Resolves when the face of the labels can be painted: a canvas does not wait for a face, it paints with another.
 * Also when it can't be loaded, as labels in another face are better than no drawing.
 */
export async function loadLabelFont(): Promise<void> {
  await document.fonts.load(`${LABEL_WEIGHT} 12px '${LABEL_FONT}'`).catch((error: unknown) => {
    console.warn('The face of the labels could not be loaded.', error);
  });
}
