/** How a drawing lies in its window: a point of the drawing at `p` shows at `p * zoom + pan`, in CSS pixels. */
export interface Viewport {
  readonly zoom: number;
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Zooms (design.md, sections 2 and 3). At `readable` the labels of 12 px are 11 px high. */
export const ZOOM = { readable: 0.92, largestByItself: 1.25, minimum: 0.3, maximum: 3, step: 1.25 } as const;
/** Room kept between a drawing and the edge of its window, in CSS pixels (ours). */
export const MARGIN = 12;

/** The zoom at which the whole drawing shows. */
function fittingZoom(drawing: Size, window: Size): number {
  const width = (window.width - 2 * MARGIN) / drawing.width;
  const height = (window.height - 2 * MARGIN) / drawing.height;
  return Math.max(ZOOM.minimum, Math.min(width, height, ZOOM.largestByItself));
}

/** Where a drawing begins: whole and centred if its labels stay readable, else readable and at its left end. */
export function startViewport(drawing: Size, window: Size): Viewport {
  return placed(drawing, window, Math.max(ZOOM.readable, fittingZoom(drawing, window)));
}

/** The whole drawing, however small its labels get. */
export function fitViewport(drawing: Size, window: Size): Viewport {
  return placed(drawing, window, fittingZoom(drawing, window));
}

function placed(drawing: Size, window: Size, zoom: number): Viewport {
  const spare = { x: window.width - drawing.width * zoom, y: window.height - drawing.height * zoom };
  // Too tall: the middle is shown, where the inputs and the output stand; too wide: the left end, where it begins.
  return { zoom, x: spare.x < 2 * MARGIN ? MARGIN : spare.x / 2, y: spare.y / 2 };
}

/** Zooms by a factor, keeping a point of the window where it is. */
export function zoomedAt(viewport: Viewport, factor: number, point: { x: number; y: number }): Viewport {
  const zoom = Math.max(ZOOM.minimum, Math.min(ZOOM.maximum, viewport.zoom * factor));
  const ratio = zoom / viewport.zoom;
  return { zoom, x: point.x - (point.x - viewport.x) * ratio, y: point.y - (point.y - viewport.y) * ratio };
}

/**
 * Pans by a distance, no further than the drawing's edge at the window's edge; in a direction in which the whole
 * drawing shows it stays inside the window.
 */
export function pannedBy(viewport: Viewport, by: { x: number; y: number }, drawing: Size, window: Size): Viewport {
  const { zoom } = viewport;
  return {
    zoom,
    x: withinReach(viewport.x + by.x, drawing.width * zoom, window.width),
    y: withinReach(viewport.y + by.y, drawing.height * zoom, window.height),
  };
}

function withinReach(position: number, drawn: number, shown: number): number {
  const one = MARGIN;
  const other = shown - MARGIN - drawn;
  return Math.max(Math.min(one, other), Math.min(Math.max(one, other), position));
}

/** Pans just as far as it takes to show a box of the drawing. */
export function showing(viewport: Viewport, box: Size & { x: number; y: number }, window: Size): Viewport {
  const { zoom } = viewport;
  const shift = (start: number, length: number, shown: number): number => {
    if (start < MARGIN) return MARGIN - start;
    return Math.min(0, shown - MARGIN - (start + length));
  };
  return {
    zoom,
    x: viewport.x + shift(box.x * zoom + viewport.x, box.width * zoom, window.width),
    y: viewport.y + shift(box.y * zoom + viewport.y, box.height * zoom, window.height),
  };
}
