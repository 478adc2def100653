import type { Page } from '@playwright/test';

/** A place where a page shows a name, or a part of one. */
export interface SeenName {
  /** Name of the field that it was written to. */
  readonly field: string;
  readonly element: string;
  /** Whether the text is the name, whole and unchanged. */
  readonly isWhole: boolean;
  /** Whether its direction can't reach the text around it. */
  readonly isIsolated: boolean;
  /** Whether all that is visible of it lies inside the window. */
  readonly isInside: boolean;
  /** Whether it ends in an ellipsis or breaks into lines where there is no room for it; never cut without a sign. */
  readonly isCut: boolean;
}

/** Everything that a page shows of some names, each of which begins with its field and a `!`. */
export function seenNames(page: Page, names: Readonly<Record<string, string>>): Promise<SeenName[]> {
  // A string, for the test's types know no page: it is run there.
  return page.evaluate(`(${inspect.toString()})(${JSON.stringify(names)})`);
}

/** Whether the window would scroll, which no screen of ours does. */
export function overflowOf(page: Page): Promise<{ across: number; down: number }> {
  return page.evaluate(`({
    across: document.documentElement.scrollWidth - innerWidth,
    down: document.documentElement.scrollHeight - innerHeight,
  })`);
}

/** What the page has that only a name which was taken for HTML could have made. */
export function injectedElements(page: Page): Promise<number> {
  return page.evaluate(
    `document.querySelectorAll('img[src="x"], [onerror], [onclick], main script, header script').length + (window.hit ?? 0)`,
  );
}

// The little that `inspect` uses of a page.
interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}
interface Style {
  readonly overflowX: string;
  readonly overflowY: string;
  readonly textOverflow: string;
  readonly unicodeBidi: string;
  readonly visibility: string;
  readonly display: string;
}
interface Element {
  readonly parentElement: Element | null;
  readonly tagName: string;
  readonly className: unknown;
  readonly textContent: string;
  readonly scrollWidth: number;
  readonly clientWidth: number;
  getBoundingClientRect(): Box;
}
interface PageGlobals {
  readonly innerWidth: number;
  readonly innerHeight: number;
  readonly document: {
    readonly body: Element;
    createTreeWalker(root: Element, what: number): { nextNode(): { data: string; parentElement: Element } | null };
    createRange(): { selectNodeContents(node: unknown): void; getBoundingClientRect(): Box };
  };
  getComputedStyle(element: Element): Style;
}

function inspect(names: Readonly<Record<string, string>>): SeenName[] {
  const { document, innerWidth, innerHeight, getComputedStyle } = globalThis as unknown as PageGlobals;
  const seen: SeenName[] = [];
  const walker = document.createTreeWalker(document.body, 4);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const { data, parentElement } = node;
    for (const [field, name] of Object.entries(names)) {
      if (!data.includes(`${field}!`)) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      const text = range.getBoundingClientRect();
      let { left, top, right, bottom } = text;
      let isIsolated = false;
      let isMarked = false;
      let isHidden = false;
      for (let element: Element | null = parentElement; element !== null; element = element.parentElement) {
        const style = getComputedStyle(element);
        // A block's direction ends at its borders, a line's does not; other text inside of it would be reached.
        const isBorder = !/^(inline|contents)$/.test(style.display) || /isolate|plaintext/.test(style.unicodeBidi);
        isIsolated ||= isBorder && element.textContent.trim() === name.trim();
        if (style.overflowX === 'visible' && style.overflowY === 'visible') continue;
        const box = element.getBoundingClientRect();
        isMarked ||= style.textOverflow === 'ellipsis' || /auto|scroll/.test(style.overflowX + style.overflowY);
        // What is there for screen readers only is a single pixel.
        isHidden ||= box.right - box.left <= 1;
        left = Math.max(left, box.left);
        top = Math.max(top, box.top);
        right = Math.min(right, box.right);
        bottom = Math.min(bottom, box.bottom);
      }
      if (isHidden || right <= left || bottom <= top) continue;
      seen.push({
        field,
        element: `${parentElement.tagName.toLowerCase()}.${String(parentElement.className)}`,
        isWhole: data.includes(name),
        isIsolated,
        isInside: left >= 0 && top >= 0 && right <= innerWidth + 0.5 && bottom <= innerHeight + 0.5,
        isCut: (text.right > right + 1 || text.bottom > bottom + 1) && !isMarked,
      });
    }
  }
  return seen;
}
