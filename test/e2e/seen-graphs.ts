import type { Page } from '@playwright/test';
import type { Box } from '../../src/renderer/graphs/pill-shape.ts';

/** A graph as it stands on the screen; boxes in CSS pixels from the upper left corner of its pane. */
export interface SeenGraph {
  /** Of the listbox. */
  readonly name: string;
  /** How the drawing is laid into its pane: a point `p` shows at `p * zoom + x`. */
  readonly zoom: number;
  readonly x: number;
  readonly y: number;
  readonly parts: readonly { readonly id: string; readonly box: Box }[];
  /** Parts that do not show whole when they have the focus. */
  readonly outOfReach: readonly string[];
  /** Pills in sight that the canvas does not show in the place of their option. */
  readonly unpainted: readonly string[];
}

/** Looks at every graph of the page once it is painted, and takes the focus through all of its parts. */
export async function lookAt(page: Page): Promise<SeenGraph[]> {
  // The canvas is painted when the face of its labels is there.
  await page.waitForFunction(() =>
    [...document.querySelectorAll('[role="listbox"]')].every(
      (list) => list.parentElement?.querySelector('canvas') !== null,
    ),
  );
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  return page.evaluate(() => {
    const hidden = [...document.querySelectorAll('[aria-hidden="true"]')];
    const lists = [...document.querySelectorAll<HTMLElement>('[role="listbox"]')].filter(
      (list) => list.querySelector('[data-part]') !== null && !hidden.some((one) => one.contains(list)),
    );
    return lists.map((list) => {
      const pane = (list.parentElement as HTMLElement).getBoundingClientRect();
      const options = [...list.querySelectorAll<HTMLElement>('[role="option"]')];
      const idOf = (option: HTMLElement) => option.dataset.part ?? '';
      const boxOf = (option: HTMLElement) => {
        const { left, top, width, height } = option.getBoundingClientRect();
        return { x: left - pane.left, y: top - pane.top, width, height };
      };
      const isInside = ({ x, y, width, height }: ReturnType<typeof boxOf>) =>
        x >= -0.5 && y >= -0.5 && x + width <= pane.width + 0.5 && y + height <= pane.height + 0.5;
      // One copy of what the canvases show together, as reading from them again and again is a warning.
      const copy = new OffscreenCanvas(Math.ceil(pane.width), Math.ceil(pane.height));
      const context = copy.getContext('2d', { willReadFrequently: true });
      for (const canvas of (list.parentElement as HTMLElement).querySelectorAll('canvas')) {
        context?.drawImage(canvas, 0, 0, pane.width, pane.height);
      }
      const paintedAt = (x: number, y: number): boolean =>
        (context?.getImageData(Math.round(x), Math.round(y), 1, 1).data[3] ?? 0) > 200;
      const { a, e, f } = new DOMMatrix(getComputedStyle(list).transform);
      const parts = options.map((option) => ({ id: idOf(option), box: boxOf(option) }));
      const unpainted = parts
        .filter(({ id, box }) => /left|right/.test(id) && isInside(box))
        // Above the label, in the middle of the pill.
        .filter(({ box }) => !paintedAt(box.x + box.width / 2, box.y + box.height * 0.16))
        .map(({ id }) => `${id} is not painted where it can be pressed`);
      const outOfReach = options
        .filter((option) => {
          option.focus({ preventScroll: true });
          return !isInside(boxOf(option));
        })
        .map(idOf);
      return { name: list.getAttribute('aria-label') ?? '', zoom: a, x: e, y: f, parts, outOfReach, unpainted };
    });
  });
}

/** What is wrong with the tooltips of the parts of all graphs: missing, clipped by the window, or over their part. */
export function tooltipFaults(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    const faults: string[] = [];
    for (const option of document.querySelectorAll<HTMLElement>('[role="option"][data-part]')) {
      option.focus({ preventScroll: true });
      await frame();
      const name = option.getAttribute('aria-label') ?? '';
      const tooltip = document.querySelector<HTMLElement>('[role="tooltip"]');
      if (tooltip === null) {
        faults.push(`${name}: nothing is told`);
        continue;
      }
      const box = tooltip.getBoundingClientRect();
      const part = option.getBoundingClientRect();
      const isWhole = box.left >= 0 && box.top >= 0 && box.right <= innerWidth && box.bottom <= innerHeight;
      const isApart =
        box.left >= part.right || box.right <= part.left || box.top >= part.bottom || box.bottom <= part.top;
      if (!isWhole || tooltip.scrollWidth > tooltip.clientWidth + 1) faults.push(`${name}: clipped`);
      if (!isApart) faults.push(`${name}: covered by what is told of it`);
    }
    return faults;
  });
}
