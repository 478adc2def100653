import type { Page } from '@playwright/test';
import { LIVE, REPEATED, SEEDED, TWIN } from './realistic-project.ts';

export type Act = (page: Page) => Promise<unknown>;

export interface Screen {
  readonly path: string;
  /** What shows that the screen is there. */
  readonly drawn: Act;
  /** What opens it, where the address alone does not. */
  readonly open?: Act;
}

const sees =
  (selector: string): Act =>
  (page) =>
    page.locator(selector).first().waitFor();
const seesRows = sees('[data-trial]');
const seesCanvas = sees('main canvas');
const seesDialog: Act = (page) => page.getByRole('dialog').waitFor();
const seesMenu: Act = (page) => page.getByRole('menu').waitFor();
const after =
  (...acts: readonly Act[]): Act =>
  async (page) => {
    for (const act of acts) await act(page);
  };
const press =
  (key: string): Act =>
  (page) =>
    page.keyboard.press(key);
const button =
  (name: RegExp): Act =>
  (page) =>
    page.getByRole('button', { name }).first().click();

/** All that was asked for has come, and has been painted. */
export const SETTLED = `(async () => {
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  await document.fonts.ready;
  do for (let count = 0; count < 4; count++) await frame();
  while (document.querySelector('[aria-label="Loading"]') !== null);
})()`;

const live = `/experiments/${LIVE}`;
const seeded = `/experiments/${SEEDED}`;
const ALL_COLUMNS =
  'rank,cell,reward,best,params,madds,time,state,origin,times,trial,update,star,note,tags,hash,seed,attempts,started';

const openLog = after(press('Control+k'), seesDialog, async (page) => {
  await page.keyboard.type('log');
  await page.getByRole('option', { name: /log/i }).first().click();
  await page.getByRole('dialog', { name: 'Log' }).waitFor();
});

/** Every screen of the workbench, its dialogs and its menus, in the realistic project, by its name. */
export const SCREENS = {
  Home: { path: '/', drawn: sees('main table') },
  'New search': { path: '/new', drawn: sees('form input') },
  'New search with all hyper-parameters': {
    path: '/new',
    drawn: sees('form input'),
    open: async (page) => {
      await page.locator('summary').click();
      await page.locator('details tr').last().scrollIntoViewIfNeeded();
    },
  },
  'Search, Cell': { path: `${live}?tab=cell`, drawn: after(seesRows, sees('[data-part]')) },
  'Search, Curves': { path: `${seeded}?tab=curves&compare=3,5,8`, drawn: after(seesRows, seesCanvas) },
  'Search, Scatter': { path: `${seeded}?tab=scatter`, drawn: after(seesRows, seesCanvas) },
  'Search, Operations': { path: `${live}?tab=operations`, drawn: after(seesRows, sees('main table')) },
  'Search, Controller': { path: `${live}?tab=controller`, drawn: after(seesRows, seesCanvas) },
  'Search, its random twin': { path: `/experiments/${TWIN}?tab=controller`, drawn: seesRows },
  'Search, Trials': { path: `${seeded}?mode=trials&trial=21`, drawn: after(seesRows, seesCanvas) },
  'Search, failures': { path: `${live}?mode=trials&filter=state:failed&trial=3`, drawn: seesRows },
  'Search, all columns': { path: `${seeded}?columns=${ALL_COLUMNS}`, drawn: seesRows },
  'Search, a filter that is none': { path: `${seeded}?filter=rewrad>0.5`, drawn: sees('#filter-problem') },
  'Search, a filter without hits': { path: `${seeded}?filter=reward>0.99`, drawn: sees('[role="grid"]') },
  'Search, trash': { path: `${seeded}?trash=yes`, drawn: seesRows },
  'Search, menu of a row': {
    path: seeded,
    drawn: seesRows,
    open: after((page) => page.locator('[data-trial]').nth(2).click({ button: 'right' }), seesMenu),
  },
  'Search, menu of a column': {
    path: seeded,
    drawn: seesRows,
    open: after(button(/^Reward column/), seesMenu),
  },
  'Search, Columns': { path: seeded, drawn: seesRows, open: after(button(/^Columns/), seesMenu) },
  'Search, View': { path: seeded, drawn: seesRows, open: after(button(/^View/), seesMenu) },
  'Search, kill': { path: live, drawn: seesRows, open: after(button(/^Kill trial/), seesDialog) },
  'Search, stop': { path: live, drawn: seesRows, open: after(button(/^Stop/), seesDialog) },
  Palette: { path: seeded, drawn: seesRows, open: after(press('Control+k'), seesDialog) },
  Keys: {
    path: seeded,
    drawn: seesRows,
    open: after((page) => page.getByRole('grid').focus(), press('?'), seesDialog),
  },
  Log: { path: live, drawn: seesRows, open: openLog },
  'Whole cell': { path: `${seeded}?cell=full&trial=21`, drawn: seesDialog },
  Trial: { path: `${seeded}/trials/21`, drawn: sees('[data-part]') },
  'Trial that failed': { path: `${live}/trials/3`, drawn: sees('[data-part]') },
  'Trial of several runs': {
    path: `/experiments/${TWIN}/trials/${REPEATED}.3`,
    drawn: sees('section[aria-label=Runs] td'),
  },
  'Compare 2': { path: `${seeded}/compare?trials=5,8`, drawn: sees('[data-part]') },
  'Compare 6': { path: `${seeded}/compare?trials=2,5,8,9,10,15`, drawn: sees('[data-part]') },
  Doctor: { path: '/doctor', drawn: (page) => page.getByRole('main').getByText('Memory').waitFor() },
} satisfies Readonly<Record<string, Screen>>;

/** Shows a screen of the workbench at `address`, until it has all that it asked for. */
export async function showScreen(page: Page, address: string, { path, drawn, open }: Screen): Promise<void> {
  await page.goto(address + path);
  await drawn(page);
  await open?.(page);
  await page.evaluate(SETTLED);
}
