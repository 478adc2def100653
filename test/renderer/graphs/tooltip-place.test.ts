import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TOOLTIP_GAP, tooltipPlace } from '../../../src/renderer/graphs/tooltip-place.ts';

const WINDOW = { width: 1024, height: 700 };
const TOOLTIP = { width: 300, height: 150 };

const partAt = (x: number, y: number) => ({ left: x, right: x + 70, top: y, bottom: y + 22 });

describe('a tooltip', () => {
  it('stands below its part, centred, and above it at the lower edge of the window', () => {
    expect(tooltipPlace(partAt(400, 300), TOOLTIP, WINDOW)).toEqual({ left: 285, top: 330 });
    expect(tooltipPlace(partAt(400, 640), TOOLTIP, WINDOW)).toEqual({ left: 285, top: 482 });
  });

  it('stands beside its part where the window is too low for above and below', () => {
    const low = { width: 1024, height: 260 };
    expect(tooltipPlace(partAt(400, 110), TOOLTIP, low)).toEqual({ left: 478, top: 46 });
    expect(tooltipPlace(partAt(800, 110), TOOLTIP, low)).toEqual({ left: 492, top: 46 });
  });

  it('is never clipped and never over its part in a window of 1024 x 700', () => {
    const place = fc.record({
      x: fc.integer({ min: 0, max: WINDOW.width - 70 }),
      y: fc.integer({ min: 0, max: WINDOW.height - 22 }),
      width: fc.integer({ min: 120, max: 360 }),
      height: fc.integer({ min: 40, max: 320 }),
    });
    fc.assert(
      fc.property(place, ({ x, y, width, height }) => {
        const part = partAt(x, y);
        const { left, top } = tooltipPlace(part, { width, height }, WINDOW);
        expect(left).toBeGreaterThanOrEqual(TOOLTIP_GAP);
        expect(top).toBeGreaterThanOrEqual(TOOLTIP_GAP);
        expect(left + width).toBeLessThanOrEqual(WINDOW.width - TOOLTIP_GAP);
        expect(top + height).toBeLessThanOrEqual(WINDOW.height - TOOLTIP_GAP);
        const isApart =
          left >= part.right || left + width <= part.left || top >= part.bottom || top + height <= part.top;
        expect(isApart).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
