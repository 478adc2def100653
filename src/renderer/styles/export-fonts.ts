/**
 * Faces for a file that is read elsewhere: the page's own face first, then what is near to it. The face itself is not
 * in the file, so a reader without it shows the labels in the next one; all shapes leave room for that.
 */
export const EXPORT_FONTS = "'Inter Variable', Inter, 'Helvetica Neue', Arial, sans-serif";

/** Height of a capital above the middle of a line, as a share of the size: centres labels without `dominant-baseline`. */
export const BASELINE_SHIFT = 0.36;
