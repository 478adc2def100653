import type { Locator, Page } from '@playwright/test';
import { beforeAll, expect, it } from 'vitest';
import type { Headless } from '../../src/main/headless.ts';
import { smallConfig } from '../main/workbench/small-project.ts';
import { describeInBrowser, openWorkbench } from './in-browser.ts';
import { expectPage } from './patient-page.ts';
import { type ServedProject, servedProject } from './served-workbench.ts';

const TRIALS = 6;

describeInBrowser('what the page tells', () => {
  let project: ServedProject;
  let headless: Headless;
  let page: Page;
  let faults: string[];

  beforeAll(async () => {
    // Slow enough to be watched.
    project = await servedProject({ stepMs: () => 60 }, 17_469);
    const opened = await openWorkbench(project);
    ({ headless, page, faults } = opened);
    return async () => {
      // The one that was started again.
      await headless.close();
      await opened.close();
    };
  });

  const status = () => page.getByRole('contentinfo');

  it('a new best is told at the foot of every screen, and leads to its cell', async () => {
    const { signal } = new AbortController();
    const config = smallConfig({ budget: { trials: TRIALS, timeLimitMs: 0 } });
    await headless.workbench.handlers['experiment.create']({ config }, signal);
    const told = status().getByRole('link', { name: /^New best \d+\.\d+ %, trial \d+$/ });
    await expectPage(told).toBeVisible();
    const state = async () => (await headless.workbench.handlers['experiment.get']({ experiment: 1 }, signal)).state;
    await expectPage.poll(state).toBe('completed');
    const trial = (await told.textContent())?.match(/trial (\d+)/)?.[1];
    await told.click();
    await expectPage(page).toHaveURL(new RegExp(`/experiments/1\\?trial=${trial}$`));
    await expectPage(told).toHaveCount(0);
  });

  it('an export is told to those who see, too', async () => {
    const downloading = page.waitForEvent('download');
    await page.getByRole('button', { name: 'CSV', exact: true }).click();
    await downloading;
    await expectPage(page.getByRole('region', { name: 'Done' })).toContainText(
      /^Exported \d of \d cells to .+\.csv\.$/,
    );
  });

  it('an address of a trial that is not there says so, and leads to the best', async () => {
    await page.goto(`${headless.server.address}/experiments/1?trial=99`);
    await expectPage(page.getByText('Experiment 1 has no trial 99.').first()).toBeVisible();
    await page.getByRole('button', { name: 'Show the best' }).first().click();
    await expectPage(page.getByRole('heading', { name: /Cell of Trial \d/ })).toBeVisible();
  });

  it('keys and the right button do nothing behind a question', async () => {
    const trashed = async () =>
      (await headless.workbench.handlers['experiment.get']({ experiment: 1 }, new AbortController().signal)).trashed;
    await page.goto(`${headless.server.address}/experiments/1`);
    await page.locator('[data-trial]').first().waitFor();
    await page.getByRole('button', { name: 'Reward column' }).click();
    await page.getByRole('menuitem', { name: 'Between…' }).click();
    const question = page.getByRole('dialog');
    await question.getByRole('button', { name: 'Cancel' }).focus();
    await page.keyboard.press('Delete');
    await page.keyboard.press('c');
    await question.getByRole('textbox').first().click({ button: 'right' });
    await expectPage(question).toBeVisible();
    await expectPage(page.getByRole('menu')).toHaveCount(0);
    expect(new URL(page.url()).pathname).toBe('/experiments/1');
    expect(await trashed()).toBe(0);
    await page.keyboard.press('Escape');
    await expectPage(question).toHaveCount(0);
    await page.goto(`${headless.server.address}/experiments/1/trials/1`);
    await page.getByRole('button', { name: 'Repeat', exact: true }).click();
    await question.getByRole('button', { name: 'Cancel' }).focus();
    await page.keyboard.press('Delete');
    await page.keyboard.press(']');
    await expectPage(question).toBeVisible();
    expect(new URL(page.url()).pathname).toBe('/experiments/1/trials/1');
    expect(await trashed()).toBe(0);
    // They do where there is no question.
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Repeat', exact: true }).focus();
    await page.keyboard.press(']');
    await expectPage(page).toHaveURL(/trials\/2$/);
  });

  it('one press on a head, or a choice from its menu, reads the rows once', async () => {
    const reads: string[] = [];
    page.once('websocket', (socket) =>
      socket.on('framesent', ({ payload }) => {
        const sent = String(payload);
        if (sent.includes('"leaderboard.read"')) reads.push(JSON.parse(sent).input.sort.column);
      }),
    );
    await page.goto(`${headless.server.address}/experiments/1?mode=trials`);
    await page.locator('[data-trial]').first().waitFor();
    reads.length = 0;
    // Each comes from another head, which had the focus.
    for (const [head, sort] of [
      ['params', 'params'],
      ['mult-adds', 'madds'],
    ] as const) {
      await page.getByRole('columnheader', { name: head }).locator('button:not([aria-haspopup])').click();
      await expectPage(page).toHaveURL(new RegExp(`sort=${sort}`));
    }
    await page.getByRole('button', { name: 'Parameters column' }).click();
    await page.getByRole('menuitem', { name: 'Sort upwards' }).click();
    await expectPage(page.getByRole('menu')).toHaveCount(0);
    await expectPage.poll(() => reads.length).toBeGreaterThanOrEqual(3);
    // What is read too much comes with the focus, which is back at the head by then.
    await expectPage(page.getByRole('button', { name: 'Parameters column' })).toBeFocused();
    await page.waitForTimeout(300);
    expect(reads).toEqual(['params', 'madds', 'params']);
  });

  it('what is slow to come is announced by its outline, in the place that it will take', async () => {
    const held: (() => void)[] = [];
    await page.route(/\/assets\/(cell-graph|line-chart|scatter-view)-[^/]*\.js$/, async (route) => {
      await new Promise<void>((resolve) => held.push(resolve));
      await route.continue();
    });
    const release = (): void => {
      for (const go of held.splice(0)) go();
    };
    const boxes = (parts: Locator) => Promise.all([0, 1].map((index) => parts.nth(index).boundingBox()));
    const loading = page.getByRole('status', { name: 'Loading' });
    await page.goto(`${headless.server.address}/experiments/1`);
    await expectPage(loading.first()).toBeAttached();
    // Of accuracy and of loss, once it is known that there is a trial.
    const axes = page.getByRole('tabpanel').locator('[aria-hidden]:empty');
    await expectPage(axes).toHaveCount(2);
    const outlines = page.locator('[aria-hidden] > svg[viewBox="0 0 400 120"]').locator('..');
    await expectPage(outlines).toHaveCount(2);
    const before = [...(await boxes(outlines)), ...(await boxes(axes))];
    release();
    await expectPage(loading).toHaveCount(0);
    const graphs = page.getByRole('heading', { name: /^(Normal|Reduction) cell$/ }).locator('xpath=ancestor::*[3]');
    const charts = page.getByRole('tabpanel').getByRole('figure');
    expect([...(await boxes(graphs)), ...(await boxes(charts))]).toEqual(before);
    await page.getByRole('tab', { name: 'Scatter' }).click();
    await expectPage(loading).toHaveCount(1);
    const outline = await axes.boundingBox();
    release();
    await expectPage(loading).toHaveCount(0);
    await expectPage(page.getByRole('tabpanel').locator('canvas').first()).toBeVisible();
    expect(outline).toEqual(await page.getByRole('figure').boundingBox());
    await page.unrouteAll();
  });

  it('Escape closes the settings and leaves the screen as it is', async () => {
    await page.goto(`${headless.server.address}/experiments/1/compare?trials=1,2`);
    await page.locator('[data-part]').first().waitFor();
    await page.getByRole('button', { name: 'Settings' }).click();
    const settings = page.getByRole('region', { name: 'Settings' });
    await expectPage(settings).toBeVisible();
    await page.keyboard.press('Escape');
    await expectPage(settings).toBeHidden();
    expect(new URL(page.url()).pathname).toBe('/experiments/1/compare');
    await page.keyboard.press('Escape');
    await expectPage(page).toHaveURL(/experiments\/1(\?|$)/);
  });

  it('nothing can be written while the workbench does not answer, and why is said', async () => {
    await page.goto(`${headless.server.address}/experiments/1/trials/1`);
    const buttons = ['Repeat', 'Trash', 'Star'].map((name) => page.getByRole('button', { name, exact: true }));
    for (const button of buttons) await expectPage(button).toBeEnabled();
    const before = [...faults];
    await headless.close();
    for (const button of buttons) {
      await expectPage(button).toBeDisabled();
      await expectPage(button).toHaveAttribute('title', /^Not possible while the workbench does not answer/);
    }
    expect(before).toEqual([]);
    headless = await project.start();
    for (const button of buttons) await expectPage(button).toBeEnabled();
  });
});
