import { readFileSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, type Page, expect as playwrightExpect } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Headless } from '../../src/main/headless.ts';
import type { Trial } from '../../src/shared/records/experiment.ts';
import { type ServedProject, servedProject } from './served-workbench.ts';
import { findChromium, openBrowser, strictPage } from './strict-browser.ts';

/** Generous: the machine may be busy with trainings. */
const expectPage = playwrightExpect.configure({ timeout: 20_000 });
const executable = findChromium();
if (executable === null) console.log('The workbench was not looked at in a browser: no Chromium was found.');

const HOSTILE_NAME = '<img src=x onerror=alert(1)> \u202Efirst\u202C search 🔬';
const TRIALS = 10;

describe.skipIf(executable === null)('the workbench in a browser', () => {
  /** Milliseconds a step of training; slow while something has to be caught under way. */
  let stepMs = 1000;
  let project: ServedProject;
  let headless: Headless;
  let browser: Browser;
  let page: Page;
  let faults: string[];

  beforeAll(async () => {
    project = await servedProject({ stepMs: () => stepMs }, 17_417);
    headless = await project.start();
    browser = await openBrowser(executable ?? '');
    ({ page, faults } = await strictPage(browser));
    page.setDefaultTimeout(20_000);
  });

  afterAll(async () => {
    await browser?.close();
    await headless?.close();
    project?.remove();
  });

  const trials = async (): Promise<Trial[]> => {
    const { signal } = new AbortController();
    const sort = { column: 'reward', isAscending: false } as const;
    const all = { experiment: 1, mode: 'trials', filter: '', sort, isTrash: false, offset: 0, limit: 1000 } as const;
    return (await headless.workbench.handlers['leaderboard.read'](all, signal)).rows.map(({ trial }) => trial);
  };
  const rows = () => page.getByRole('grid').locator('[data-trial]');

  it('lets a browser in by the printed link and starts a search from Home', async () => {
    await page.goto(headless.server.link());
    await expectPage(page.getByRole('heading', { name: 'Searches' })).toBeVisible();
    expect(page.url()).not.toContain('code=');
    await page.getByRole('button', { name: 'New search' }).click();
    await page.getByLabel('Name', { exact: true }).fill(HOSTILE_NAME);
    await page.getByLabel('Trials', { exact: true }).fill(String(TRIALS));
    await page.getByText('All hyper-parameters').click();
    await page.getByLabel('training.trainingImages').fill('30');
    await page.getByLabel('training.validationImages').fill('10');
    await page.getByRole('button', { name: 'Start search' }).click();
    await page.waitForURL('**/experiments/1');
    await expectPage(page.getByRole('banner').getByText('first')).toHaveText(HOSTILE_NAME);
  });

  it('shows rows as they arrive and kills a trial when told twice', async () => {
    await expectPage(rows().first()).toBeVisible();
    await page.getByRole('button', { name: 'Kill trial 1' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Kill trial' }).click();
    await expectPage(page.locator('[data-trial="1"]')).toContainText('cancelled');
    expect((await trials()).find(({ trial }) => trial === 1)).toMatchObject({ state: 'cancelled', reward: null });
  });

  it('pauses, finds everything again after a reload, and goes on', async () => {
    await page.getByRole('button', { name: 'Pause' }).click();
    await expectPage(page.getByRole('button', { name: 'Resume' })).toBeVisible();
    await page.reload();
    await expectPage(page.getByRole('region', { name: 'Progress' })).toContainText('paused');
    await expectPage(page.locator('[data-trial="1"]')).toContainText('cancelled');
    stepMs = 10;
    await page.getByRole('button', { name: 'Resume' }).click();
    await expectPage(page.getByRole('region', { name: 'Progress' })).toContainText('completed', {
      timeout: 60_000,
    });
    await expectPage(page.getByRole('region', { name: 'Progress' })).toContainText(`${TRIALS} of ${TRIALS}`);
  });

  it('goes through the rows by keys and tells the operations of the chosen cell', async () => {
    const ranked = (await trials()).filter(({ reward }) => reward !== null);
    await page.getByRole('grid').focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowDown');
    const second = ranked[1]!;
    await expectPage(page.getByRole('row', { selected: true })).toContainText((second.reward! * 100).toFixed(2));
    expect(new URL(page.url()).searchParams.get('trial')).toBe(String(second.trial));
    const blocks = second.architecture.normal.blocks.length;
    const graph = page.getByRole('listbox', { name: `Normal cell, ${blocks} blocks` });
    // Two operations and a combination a block, two inputs, one output.
    await expectPage(graph.getByRole('option')).toHaveCount(3 * blocks + 3);
    const [, kernel] = /_(\d)x/.exec(second.architecture.normal.blocks[0]!.left.operation) ?? [];
    const first = graph.getByRole('option', { name: /^block 1, left: / });
    await expectPage(first).toHaveAccessibleName(new RegExp(kernel ?? 'identity'));
  });

  it('compares two cells that were marked by keys', async () => {
    await page.getByRole('grid').focus();
    await page.keyboard.press('Space');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Space');
    const ranked = (await trials()).filter(({ reward }) => reward !== null);
    await expectPage(page.getByRole('link', { name: 'Compare 2' })).toBeVisible();
    await page.keyboard.press('c');
    await page.waitForURL(`**/compare?trials=${ranked[1]!.trial},${ranked[2]!.trial}`);
    const differing = page.getByRole('region', { name: 'Values that differ' });
    for (const { reward } of ranked.slice(1, 3)) {
      await expectPage(differing).toContainText(`${(reward! * 100).toFixed(2)} %`);
    }
    await expectPage(page.getByRole('listbox')).toHaveCount(4);
    await page.goBack();
    await expectPage(page.getByRole('link', { name: 'Compare 2' })).toBeVisible();
  });

  it('draws the curves that are stored', async () => {
    const number = Number(new URL(page.url()).searchParams.get('trial'));
    const { signal } = new AbortController();
    const epochs = await headless.workbench.handlers['trial.epochs']({ experiment: 1, trial: number }, signal);
    const accuracy = page.getByRole('figure', { name: 'Accuracy' });
    await accuracy.getByRole('button', { name: 'As table' }).click();
    for (const { epoch, validationAccuracy } of epochs) {
      await expectPage(accuracy.getByRole('row').nth(epoch)).toContainText(
        `${(validationAccuracy * 100).toFixed(2)} %`,
      );
    }
    await page.getByRole('tab', { name: 'Controller' }).click();
    await expectPage(page.getByRole('figure', { name: 'Rewards and baseline' })).toBeVisible();
    expect(new URL(page.url()).searchParams.get('tab')).toBe('controller');
  });

  it('filters by what is written, says what it does not understand, and exports what is shown', async () => {
    await page.getByLabel('Filter').fill('rewrad>0.5');
    await expectPage(page.getByText('`rewrad` is no column.')).toBeVisible();
    await page.getByLabel('Filter').fill('reward>40%');
    const wanted = (await trials()).filter(({ reward }) => reward !== null && reward > 0.4);
    await expectPage(rows()).toHaveCount(wanted.length);
    const downloading = page.waitForEvent('download');
    await page.getByRole('button', { name: 'CSV' }).click();
    const [head, ...lines] = readFileSync(await (await downloading).path(), 'utf8')
      .trimEnd()
      .split('\r\n');
    const column = head!.split(',').indexOf('reward');
    expect(lines.map((line) => Number(line.split(',')[column]))).toEqual(wanted.map(({ reward }) => reward));
  });

  it('follows a deep link to a trial and comes back', async () => {
    const best = (await trials())[0]!;
    await page.goto(`${headless.server.address}/experiments/1/trials/${best.trial}`);
    await expectPage(page.getByRole('heading', { name: `Trial ${best.trial}` })).toBeVisible();
    await expectPage(page.getByText('trainable')).toHaveText(
      `${best.trainableParameters.toLocaleString('en')} trainable`,
    );
    await page.goBack();
    await expectPage(page.getByLabel('Filter')).toHaveValue('reward>40%');
  });

  it('has no serious or critical violation of accessibility on any screen in either theme', async () => {
    const screens = ['/', '/experiments/1?tab=operations', '/experiments/1/trials/2'];
    const found: string[] = [];
    for (const screen of screens) {
      await page.goto(headless.server.address + screen);
      const drawn = screen === '/' ? page.getByText('made for a test') : page.getByRole('option').first();
      await expectPage(drawn).toBeVisible();
      for (const theme of ['light', 'dark'] as const) {
        // The theme follows the system until somebody chooses one.
        await page.emulateMedia({ colorScheme: theme });
        await expectPage(page.locator('html')).toHaveAttribute('data-theme', theme);
        // Thumbnails are hidden from screen readers, and hundreds of paths cost axe most of its time.
        const { violations } = await new AxeBuilder({ page }).exclude('svg').analyze();
        const bad = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
        found.push(
          ...bad.map(({ id, nodes }) => `${theme} ${screen} ${id}: ${nodes.map(({ html }) => html).join(' ')}`),
        );
      }
    }
    expect(found).toEqual([]);
  }, 240_000);

  it('had no console error, no failed request and no violation of its policy so far', () => {
    expect(faults).toEqual([]);
  });

  it('goes on by itself when the server was killed and started again', async () => {
    await headless.close();
    await expectPage(page.getByText('Reconnecting, data of')).toBeVisible();
    headless = await project.start();
    await expectPage(page.getByText(/^Connected/)).toBeVisible();
    await page.getByRole('link', { name: 'Cellwright' }).click();
    await expectPage(page.getByRole('link', { name: 'first' })).toBeVisible();
  });
});
