import { join } from 'node:path';
import type { Page } from '@playwright/test';
import type { WorkbenchClient } from '../shared/rpc/client.ts';
import { WorkbenchError } from '../shared/workbench-error.ts';
import { logIn, openChromium } from './bench/chromium.ts';
import { makeFolders } from './make-folders.ts';

export const SIZES = [
  { width: 1440, height: 900 },
  { width: 1024, height: 700 },
] as const;
export const THEMES = ['light', 'dark'] as const;

interface Screen {
  readonly name: string;
  readonly path: string;
  /** Text of a role that shows that the screen has been drawn. */
  readonly drawn: (page: Page) => Promise<unknown>;
  /** What opens it, where the address alone does not. */
  readonly open?: (page: Page) => Promise<unknown>;
}

export interface ScreenshotOptions {
  readonly client: WorkbenchClient;
  /** An address of the served page, and one that lets a browser in. */
  readonly address: string;
  readonly link: string;
  readonly folder: string;
  /** Where set-up has put the browser. */
  readonly home: string;
  /** Only screens whose name contains this. */
  readonly only?: string | undefined;
  readonly note: (text: string) => void;
}

/** Pictures of every screen in both themes and sizes, from a project with a search. Answers with the files. */
export async function takeScreenshots(options: ScreenshotOptions): Promise<string[]> {
  const { client, address, link, folder, home, only = '', note } = options;
  const screens = (await screensOf(client)).filter(({ name }) => name.includes(only));
  makeFolders(folder);
  const browser = await openChromium(home);
  const files: string[] = [];
  try {
    const storageState = await logIn(browser, link);
    for (const size of SIZES) {
      for (const theme of THEMES) {
        const context = await browser.newContext({ viewport: size, colorScheme: theme, storageState });
        const page = await context.newPage();
        for (const screen of screens) {
          const file = join(folder, `${screen.name}.${theme}.${size.width}x${size.height}.png`);
          await page.goto(address + screen.path);
          await screen.drawn(page);
          await screen.open?.(page);
          await settle(page);
          await page.screenshot({ path: file, animations: 'disabled' });
          note(`${screen.name}, ${theme}, ${size.width} × ${size.height}`);
          files.push(file);
        }
        await context.close();
      }
    }
  } finally {
    await browser.close();
  }
  return files;
}

/** All that was asked for has come, and has been painted. */
async function settle(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle');
  await page.evaluate(
    `document.fonts.ready.then(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))`,
  );
  await page.waitForTimeout(300);
}

/** Every screen, of the newest search that has a reward. */
async function screensOf(client: WorkbenchClient): Promise<Screen[]> {
  const experiments = await client.call('experiment.list', {});
  const experiment = experiments.filter(({ best }) => best !== null).at(-1);
  if (!experiment?.best) {
    throw new WorkbenchError(
      'not_found',
      'The project has no search with a result; `cellwright search --preset quick --trials 6` makes one.',
    );
  }
  const search = `/experiments/${experiment.id}`;
  const { rows } = await client.call('leaderboard.read', {
    ...{ experiment: experiment.id, mode: 'cells', filter: 'state:completed', isTrash: false, offset: 0, limit: 3 },
    sort: { column: 'reward', isAscending: false },
  });
  const compared = rows.map(({ trial }) => trial.trial).join(',');
  const seesHome = (page: Page) => page.getByRole('heading', { name: 'Searches' }).waitFor();
  const seesRows = (page: Page) => page.locator('[data-trial]').first().waitFor();
  const seesGraph = (page: Page) => page.getByRole('option').first().waitFor();
  const dialog = (page: Page) => page.getByRole('dialog').waitFor();
  return [
    { name: 'home', path: '/', drawn: seesHome },
    { name: 'new-search', path: '/new', drawn: (page) => page.getByLabel('Name', { exact: true }).waitFor() },
    ...['cell', 'curves', 'scatter', 'operations', 'controller'].map((tab) => ({
      name: `search-${tab}`,
      path: `${search}?tab=${tab}`,
      drawn: seesRows,
    })),
    { name: 'cell', path: `${search}?cell=full&trial=${experiment.best.trial}`, drawn: dialog },
    { name: 'trial', path: `${search}/trials/${experiment.best.trial}`, drawn: seesGraph },
    { name: 'compare', path: `${search}/compare?trials=${compared}`, drawn: seesGraph },
    {
      name: 'doctor',
      path: '/doctor',
      drawn: (page) =>
        page
          .getByRole('main')
          .getByText(/memory/i)
          .first()
          .waitFor(),
    },
    {
      name: 'palette',
      path: search,
      drawn: seesRows,
      open: (page) => page.keyboard.press('Control+k').then(() => dialog(page)),
    },
    {
      name: 'keys',
      path: search,
      drawn: seesRows,
      open: async (page) => {
        await page.getByRole('grid').focus();
        await page.keyboard.press('?');
        await dialog(page);
      },
    },
  ];
}
