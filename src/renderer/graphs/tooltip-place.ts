import type { Size } from './graph-viewport.ts';

/** Distance to the part, and to the edge of the window, in CSS pixels (ours). */
export const TOOLTIP_GAP = 8;

interface Sides {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/**
 * Where a tooltip stands, in CSS pixels of the window: below the part, else above, right or left of it, whichever comes
 * first where it fits whole; never over the part unless it fits nowhere, and never beyond the window's edge unless it is
 * larger than the window.
 */
export function tooltipPlace(part: Sides, tooltip: Size, window: Size): { left: number; top: number } {
  const { width, height } = tooltip;
  const within = (start: number, length: number, room: number) =>
    Math.max(TOOLTIP_GAP, Math.min(start, room - TOOLTIP_GAP - length));
  const across = within((part.left + part.right) / 2 - width / 2, width, window.width);
  const beside = within((part.top + part.bottom) / 2 - height / 2, height, window.height);
  const places = [
    { left: across, top: part.bottom + TOOLTIP_GAP },
    { left: across, top: part.top - TOOLTIP_GAP - height },
    { left: part.right + TOOLTIP_GAP, top: beside },
    { left: part.left - TOOLTIP_GAP - width, top: beside },
  ];
  const fits = ({ left, top }: { left: number; top: number }) =>
    left === within(left, width, window.width) && top === within(top, height, window.height);
  return places.find(fits) ?? { left: across, top: within(part.bottom + TOOLTIP_GAP, height, window.height) };
}
