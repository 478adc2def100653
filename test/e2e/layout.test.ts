import { type Browser, type Page, expect as playwrightExpect } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Headless } from '../../src/main/headless.ts';
import { layoutFaults } from './layout-faults.ts';
import { LIVE, type RealisticProject, realisticProject, SEEDED, TWIN } from './realistic-project.ts';
import { findChromium, openBrowser, strictPage } from './strict-browser.ts';

const expectPage = playwrightExpect.configure({ timeout: 20_000 });
const executable = findChromium();
if (executable === null) console.log('The layout was not looked at in a browser: no Chromium was found.');

const WINDOWS = [
  { width: 1440, height: 900 },
  { width: 1024, height: 700 },
  { width: 3840, height: 2160 },
];

type Act = (page: Page) => Promise<unknown>;

interface Screen {
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
const SETTLED = `(async () => {
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

const SCREENS: Readonly<Record<string, Screen>> = {
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
  'Search, Columns': { path: seeded, drawn: seesRows, open: after(button(/^Columns/), seesMenu) },
  'Search, View': { path: seeded, drawn: seesRows, open: after(button(/^View/), seesMenu) },
  'Search, kill': { path: live, drawn: seesRows, open: after(button(/^Kill trial/), seesDialog) },
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
  'Compare 2': { path: `${seeded}/compare?trials=5,8`, drawn: sees('[data-part]') },
  'Compare 6': { path: `${seeded}/compare?trials=2,5,8,9,10,15`, drawn: sees('[data-part]') },
  Doctor: { path: '/doctor', drawn: (page) => page.getByRole('main').getByText('Memory').waitFor() },
};

describe.skipIf(executable === null)('the layout in a browser', () => {
  let project: RealisticProject;
  let empty: Headless;
  let browser: Browser;
  let page: Page;
  let faults: string[];

  beforeAll(async () => {
    project = await realisticProject(17_451);
    empty = await project.startEmpty(17_442);
    browser = await openBrowser(executable ?? '');
    ({ page, faults } = await strictPage(browser, { reducedMotion: 'reduce' }));
    page.setDefaultTimeout(20_000);
    await page.goto(project.headless.server.link());
    await expectPage(page.getByRole('heading', { name: 'Searches' })).toBeVisible();
  }, 180_000);

  afterAll(async () => {
    await browser?.close();
    await empty?.close();
    await project?.close();
  });

  /** A layout settles within some frames, when everything that was asked for is there. */
  const expectNoFaults = () => expectPage.poll(() => layoutFaults(page), { timeout: 5_000 }).toEqual([]);

  async function show({ path, drawn, open }: Screen): Promise<void> {
    await page.goto(project.headless.server.address + path);
    await drawn(page);
    await open?.(page);
    await page.evaluate(SETTLED);
  }

  for (const [name, screen] of Object.entries(SCREENS)) {
    it(`cuts and covers no text, in no size of the window: ${name}`, async () => {
      for (const size of WINDOWS) {
        await page.setViewportSize(size);
        // Another width is another layout, whose menus are closed; so each is opened anew.
        await show(screen);
        await expectNoFaults();
      }
    });
  }

  it('cuts and covers no text in a paused search, with trials that were saved and that wait', async () => {
    await project.ask('experiment.pause', { experiment: LIVE });
    for (const size of WINDOWS) {
      await page.setViewportSize(size);
      await show({ path: live, drawn: (at) => at.getByRole('button', { name: 'Resume' }).first().waitFor() });
      await expectNoFaults();
    }
  });

  it('cuts and covers no text on Home before there is anything', async () => {
    await page.goto(empty.server.link());
    await expectPage(page.getByRole('button', { name: /CIFAR-10/ })).toBeVisible();
    for (const size of WINDOWS) {
      await page.setViewportSize(size);
      await expectNoFaults();
    }
  });

  it('is seen to fail by a text that is cut, one over another, one that is outside or small, and a small control', async () => {
    await page.setViewportSize({ width: 1440, height: 900 });
    const spoil = (style: Readonly<Record<string, string>>, tag = 'p') =>
      page.evaluate(
        `(() => {
          const added = document.createElement('${tag}');
          added.textContent = 'A text that was put here to be found';
          Object.assign(added.style, ${JSON.stringify({ position: 'absolute', top: '600px', left: '40px', whiteSpace: 'nowrap', ...style })});
          document.querySelector('main').append(added);
          globalThis.spoilt = [...(globalThis.spoilt ?? []), added];
        })()`,
      );
    const found = async (expected: RegExp): Promise<void> => {
      const seen = await layoutFaults(page);
      await page.evaluate('globalThis.spoilt.splice(0).forEach((added) => added.remove())');
      expect(seen.join('\n')).toMatch(expected);
      expect(await layoutFaults(page)).toEqual([]);
    };
    await spoil({ width: '90px', overflow: 'hidden' });
    await found(/put here.* is cut by p/);
    // An ellipsis without a way to the whole text is no excuse.
    await spoil({ width: '90px', overflow: 'hidden', textOverflow: 'ellipsis' });
    await found(/put here.* is cut by p/);
    await spoil({ height: '12px', overflow: 'hidden' });
    await found(/put here.* is cut by p/);
    await spoil({});
    await spoil({ top: '608px', left: '100px' });
    await found(/put here.* overlaps .*put here/);
    await spoil({ left: '1350px' });
    await found(/put here.* is cut by main/);
    await spoil({ position: 'fixed', left: '1350px' });
    await found(/put here.* lies outside the window/);
    await spoil({ fontSize: '11px' });
    await found(/put here.* is 11 px/);
    await spoil({ height: '18px', padding: '0', border: '0' }, 'button');
    await found(/put here.* can be pressed on .* only/);
  });

  it('had no console error and no violation of the page’s policy', () => {
    // Leaving a screen while its parts are on their way is no fault of the screen.
    expect(faults.filter((fault) => !fault.endsWith('net::ERR_ABORTED'))).toEqual([]);
  });
});
