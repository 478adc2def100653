import type { Browser, Page } from '@playwright/test';
import { FILTER_FIELDS } from '../../shared/leaderboard/filter.ts';
import {
  LEADERBOARD_MODES,
  type LeaderboardMode,
  type LeaderboardQuery,
  SORT_COLUMNS,
} from '../../shared/records/leaderboard.ts';
import { logIn, openChromium } from './chromium.ts';
import {
  type ExpectedRows,
  jumpTo,
  measureDeepLink,
  measureHeap,
  measureInput,
  measureScroll,
  measureTyping,
  preparePage,
} from './workbench-page.ts';

export interface BrowserFigures {
  readonly deepLinkMs: readonly number[];
  readonly inputMs: readonly number[];
  readonly frameMs: readonly number[];
  readonly keyMs: readonly number[];
  readonly heapBytes: number;
}

export interface BrowserOptions {
  readonly address: string;
  readonly link: string;
  /** Where set-up has put the browser. */
  readonly home: string;
  /** Of typing. */
  readonly seconds: number;
  readonly note: (text: string) => void;
  readonly afterDeepLinks: () => Promise<void>;
}

const EXPERIMENT = 1;
const DEEP_LINKS = 5;
const DEEP_LINK = `/experiments/${EXPERIMENT}?mode=trials&sort=params:up&filter=reward>0.5 state:completed&tab=scatter`;
const SCROLL_MS = 10_000;
/** A scroll is measured on a page that stands: the first drawing of its graphs and charts belongs to its opening. */
const OPENED_MS = 1_500;
/** A frame; at 60 frames a second 2.4 pixels a millisecond, about 60 rows a second. */
const SCROLL_PIXELS = 40;
/** Parts of the list that are jumped to. */
const OFFSETS = [0.5, 0.98];
/** Rows that must be right before an answer counts as painted. */
const ROWS = 6;

/** Everything that is measured from inside a real Chromium. */
export async function measureBrowser(options: BrowserOptions): Promise<BrowserFigures> {
  const { address, link, home, seconds, note, afterDeepLinks } = options;
  const browser = await openChromium(home);
  try {
    const storageState = await logIn(browser, link);
    const deepLinkMs: number[] = [];
    for (let round = 0; round < DEEP_LINKS; round++) {
      // A browser that has never seen the page.
      const page = await freshPage(browser, storageState);
      deepLinkMs.push(await measureDeepLink(page, address + DEEP_LINK));
      await page.context().close();
    }
    note(`deep links: ${deepLinkMs.map((ms) => ms.toFixed(0)).join(', ')} ms`);
    await afterDeepLinks();
    const page = await freshPage(browser, storageState);
    const inputs: Sample[] = [];
    for (const mode of LEADERBOARD_MODES) inputs.push(...(await measureMode(page, address, mode)));
    inputs.sort((one, other) => other.ms - one.ms);
    note(`${inputs.length} inputs; the slowest:`);
    for (const { about, ms } of inputs.slice(0, 8)) note(`  ${about}: ${ms.toFixed(0)} ms`);
    await openSearch(page, address, 'cells');
    await page.waitForTimeout(OPENED_MS);
    const frameMs = await measureScroll(page, SCROLL_MS, SCROLL_PIXELS);
    note(`${frameMs.length} frames in ${SCROLL_MS / 1000} s`);
    const keyMs = await measureTyping(page, seconds);
    note(`${keyMs.length} keys`);
    const heapBytes = await measureHeap(page);
    return { deepLinkMs, inputMs: inputs.map(({ ms }) => ms), frameMs, keyMs, heapBytes };
  } finally {
    await browser.close();
  }
}

type StorageState = Awaited<ReturnType<typeof logIn>>;

async function freshPage(browser: Browser, storageState: StorageState): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, storageState });
  const page = await context.newPage();
  await preparePage(page);
  return page;
}

interface Sample {
  readonly about: string;
  readonly ms: number;
}

/** Every sortable column's head, and a filter of every field, at the top of the list and further down. */
async function measureMode(page: Page, address: string, mode: LeaderboardMode): Promise<Sample[]> {
  await openSearch(page, address, mode);
  const samples: Sample[] = [];
  const add = (about: string, ms: number | null): void => {
    if (ms !== null) samples.push({ about: `${mode}: ${about}`, ms });
  };
  const jumps = async (about: string, query: LeaderboardQuery): Promise<void> => {
    for (const part of OFFSETS) {
      const { total } = await readRows(page, query, 0, 1);
      const item = Math.floor(part * Math.max(0, total - ROWS * 5));
      if (item < ROWS * 5) continue;
      const { rows } = await readRows(page, query, item, ROWS);
      add(`${about}, at ${item}`, await measureInput(page, [rows], () => jumpTo(page, item)));
    }
  };
  const base: LeaderboardQuery = { mode, filter: '', sort: { column: 'reward', isAscending: false }, isTrash: false };
  const sorts = SORT_COLUMNS.flatMap((column) => [true, false].map((isAscending) => ({ column, isAscending })));
  const lists: ExpectedRows[] = [];
  for (const sort of sorts) lists.push((await readRows(page, { ...base, sort }, 0, ROWS)).rows);
  for (const head of await page.getByRole('columnheader').all()) {
    const button = head.locator('button:not([aria-haspopup])');
    if ((await button.count()) === 0) continue;
    const ms = await measureInput(page, lists, () => button.click());
    const sort = sortOf(page.url());
    add(`sort by ${sort.column}`, ms);
    await jumps(`sort by ${sort.column}`, { ...base, sort });
  }
  await openSearch(page, address, mode);
  const field = page.getByLabel('Filter', { exact: true });
  for (const { example } of FILTER_FIELDS) {
    const query = { ...base, filter: example };
    const { rows } = await readRows(page, query, 0, ROWS);
    add(`filter ${example}`, await measureInput(page, [rows], () => field.fill(example)));
    await jumps(`filter ${example}`, query);
    const all = await readRows(page, base, 0, ROWS);
    add(`filter ${example} taken away`, await measureInput(page, [all.rows], () => field.fill('')));
  }
  return samples;
}

/** Of the address, which leaves out the one that the screen opens with. */
function sortOf(address: string): LeaderboardQuery['sort'] {
  const [name, direction] = (new URL(address).searchParams.get('sort') ?? 'reward:down').split(':');
  const column = SORT_COLUMNS.find((known) => known === name);
  if (column === undefined) throw new Error(`the address sorts by ${name}`);
  return { column, isAscending: direction === 'up' };
}

async function openSearch(page: Page, address: string, mode: LeaderboardMode): Promise<void> {
  const columns = ['rank', 'cell', ...SORT_COLUMNS].join(',');
  await page.goto(`${address}/experiments/${EXPERIMENT}?mode=${mode}&columns=${columns}`);
  await page.locator('[data-trial]').first().waitFor();
}

/** What the list has to show, asked past the page with its cookie. */
async function readRows(
  page: Page,
  query: LeaderboardQuery,
  offset: number,
  limit: number,
): Promise<{ total: number; rows: ExpectedRows }> {
  const input = { experiment: EXPERIMENT, ...query, offset, limit };
  const answer = await page.evaluate<{ total: number; rows: { trial: { trial: number } }[] }>(
    `fetch('/api/leaderboard.read', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: ${JSON.stringify(JSON.stringify(input))},
    }).then((answer) => answer.json())`,
  );
  return {
    total: answer.total,
    rows: answer.rows.map(({ trial }, index) => ({ item: offset + index, trial: trial.trial })),
  };
}

/** The smallest value that so large a part of the values does not exceed. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN;
}
