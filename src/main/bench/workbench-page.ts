import type { Page } from '@playwright/test';

/** Trials by the place where the list has them, from 0. */
export type ExpectedRows = readonly { readonly item: number; readonly trial: number }[];

/**
 * Runs in the page: waits for rows and tells when they were painted. A frame's callbacks run before it is painted, and a
 * message that one of them sends arrives after.
 */
const PAGE_SCRIPT = `window.bench = (() => {
  let begun = 0;
  for (const type of ['click', 'input']) addEventListener(type, (event) => { begun = event.timeStamp; }, true);
  // Resolves with the time at which the first frame that shows it was painted.
  const painted = (isThere) => new Promise((resolve, reject) => {
    const asked = performance.now();
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => resolve(performance.now());
    const look = () => {
      if (isThere()) port2.postMessage(null);
      else if (performance.now() - asked > 20000) reject(new Error('the rows were not painted within 20 s'));
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  const shows = (rows) => rows.length === 0
    ? document.querySelector('[role=grid] [data-trial]') === null
    : rows.every(({ item, trial }) => document.querySelector('[data-item="' + item + '"][data-trial="' + trial + '"]'));
  const grid = () => document.querySelector('[role=grid]');
  const bench = {
    firstRowsAt: painted(() => document.querySelector('[data-trial]')),
    // Resolves with the time from the input to the paint; one of several lists of rows is awaited.
    awaitRows: (lists) => {
      begun = 0;
      const wanted = lists.filter((rows) => !shows(rows));
      bench.pending = wanted.length === 0
        ? Promise.resolve(null)
        : painted(() => begun > 0 && wanted.some(shows)).then((at) => at - begun);
      bench.pending.catch(() => undefined);
    },
    jumpTo: (item) => {
      begun = performance.now();
      grid().scrollTop = item * document.querySelector('[data-trial]').getBoundingClientRect().height;
    },
    scroll: (milliseconds, pixels) => new Promise((resolve) => {
      const gaps = [];
      let last = 0;
      let first = 0;
      let step = pixels;
      const move = (now) => {
        if (last > 0) gaps.push(now - last);
        else first = now;
        last = now;
        const box = grid();
        if (box.scrollTop + box.clientHeight >= box.scrollHeight - pixels) step = -pixels;
        box.scrollTop += step;
        if (now - first < milliseconds) requestAnimationFrame(move);
        else resolve(gaps);
      };
      grid().scrollTop = 0;
      requestAnimationFrame(move);
    }),
    keys: () => {
      bench.slowKeys = [];
      bench.pressed = 0;
      addEventListener('keydown', () => { bench.pressed++; }, true);
      new PerformanceObserver((list) => {
        for (const { name, duration } of list.getEntries()) if (name === 'keydown') bench.slowKeys.push(duration);
      }).observe({ type: 'event', durationThreshold: 16 });
    },
  };
  return bench;
})();`;

export async function preparePage(page: Page): Promise<void> {
  await page.addInitScript(PAGE_SCRIPT);
}

/** From the start of the navigation to the first painted rows. Milliseconds. */
export async function measureDeepLink(page: Page, address: string): Promise<number> {
  await page.goto(address, { waitUntil: 'commit' });
  return await page.evaluate<number>('bench.firstRowsAt');
}

/** From an input to the paint of the rows that answer it, or null where they were there already. Milliseconds. */
export async function measureInput(
  page: Page,
  lists: readonly ExpectedRows[],
  act: () => Promise<void>,
): Promise<number | null> {
  await page.evaluate(`bench.awaitRows(${JSON.stringify(lists)})`);
  await act();
  return await page.evaluate<number | null>('bench.pending');
}

export const jumpTo = async (page: Page, item: number): Promise<void> => await page.evaluate(`bench.jumpTo(${item})`);

/** Gaps between the frames of a scroll from the top. Milliseconds; `pixels` a frame. */
export async function measureScroll(page: Page, milliseconds: number, pixels: number): Promise<number[]> {
  return await page.evaluate<number[]>(`bench.scroll(${milliseconds}, ${pixels})`);
}

/** Durations shorter than this are told by no browser; they count as this. Milliseconds. */
const SHORTEST_TOLD_MS = 16;
const KEY_EVERY_MS = 80;
const PHRASES = [
  'reward>0.45 params<300k ',
  'state:completed op:sep5 ',
  'note:odd start update:12..200 ',
  'madds<30M -op:max7 ',
];

/** Types into the filter; throws when a character is lost. Times from each key to its paint, in milliseconds. */
export async function measureTyping(page: Page, seconds: number): Promise<number[]> {
  const field = page.getByLabel('Filter', { exact: true });
  await field.click();
  await page.evaluate('bench.keys()');
  const end = performance.now() + seconds * 1000;
  for (let round = 0; performance.now() < end; round++) {
    const phrase = PHRASES[round % PHRASES.length] ?? '';
    await page.keyboard.press('Control+A');
    let typed = '';
    for (const character of phrase) {
      if (performance.now() >= end) break;
      await page.keyboard.press(character === ' ' ? 'Space' : character, { delay: 10 });
      typed += character;
      await page.waitForTimeout(KEY_EVERY_MS - 10);
    }
    const shown = await field.inputValue();
    if (typed !== '' && shown !== typed) throw new Error(`"${typed}" was typed and "${shown}" is shown`);
  }
  const { slow, pressed } = await page.evaluate<{ slow: number[]; pressed: number }>(
    '({ slow: bench.slowKeys, pressed: bench.pressed })',
  );
  return [...slow, ...Array.from({ length: Math.max(0, pressed - slow.length) }, () => SHORTEST_TOLD_MS)];
}

/** Bytes that the page's JavaScript holds after a collection of garbage. */
export async function measureHeap(page: Page): Promise<number> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('HeapProfiler.collectGarbage');
  await devtools.send('HeapProfiler.collectGarbage');
  const { usedSize } = await devtools.send('Runtime.getHeapUsage');
  await devtools.detach();
  return usedSize;
}
