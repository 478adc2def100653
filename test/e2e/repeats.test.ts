import { type Browser, type Page, expect as playwrightExpect } from '@playwright/test';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Headless } from '../../src/main/headless.ts';
import type { LeaderboardRow } from '../../src/shared/records/leaderboard.ts';
import type { WorkbenchClient } from '../../src/shared/rpc/client.ts';
import { smallConfig } from '../main/workbench/small-project.ts';
import { type ServedProject, servedProject } from './served-workbench.ts';
import { findChromium, openBrowser, strictPage } from './strict-browser.ts';

const expectPage = playwrightExpect.configure({ timeout: 20_000 });
const executable = findChromium();
if (executable === null) console.log('No repeats were looked at in a browser: no Chromium was found.');

const TRIALS = 6;
const REPEATS = 3;

/** A search of six trials; the cell of the best was proposed once and repeated three times. */
describe.skipIf(executable === null)('a cell that was repeated', () => {
  let project: ServedProject;
  let headless: Headless;
  let client: WorkbenchClient;
  let browser: Browser;
  let page: Page;
  let faults: string[];
  /** The row of the repeated cell, and its trials by number. */
  let row: LeaderboardRow;
  let parts: number[];

  const read = async (mode: 'cells' | 'trials', filter: string): Promise<LeaderboardRow[]> => {
    const sort = { column: 'trial', isAscending: true } as const;
    const query = { experiment: 1, mode, filter, sort, isTrash: false, offset: 0, limit: 50 };
    return (await client.call('leaderboard.read', query)).rows;
  };
  const isResting = async (): Promise<boolean> =>
    (await client.call('experiment.get', { experiment: 1 })).state === 'completed';
  const repeat = async (trial: number, times: number): Promise<void> => {
    await client.call('trial.repeat', { experiment: 1, trial, times });
    await expectPage.poll(isResting).toBe(true);
  };

  beforeAll(async () => {
    project = await servedProject({ steps: 4, stepMs: () => 2 }, 17_467);
    headless = await project.start();
    ({ client } = headless.workbench.connect());
    await client.call('experiment.create', { config: smallConfig() });
    await expectPage.poll(isResting).toBe(true);
    const single = (await read('cells', 'state:completed')).find(({ trials }) => trials === 1);
    await repeat(single!.trial.trial, REPEATS);
    [row] = (await read('cells', `hash:${single!.trial.hash}`)) as [LeaderboardRow];
    parts = (await read('trials', `hash:${single!.trial.hash}`)).map(({ trial }) => trial.trial);
    browser = await openBrowser(executable ?? '');
    ({ page, faults } = await strictPage(browser));
    await page.goto(headless.server.link());
    await expectPage(page.getByRole('heading', { name: 'Searches' })).toBeVisible();
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await headless?.close();
    project?.remove();
  });
  beforeEach(async () => {
    await page.goto(`${headless.server.address}/experiments/1?trial=${row.trial.trial}`);
  });

  const undo = () => page.getByRole('button', { name: /^Undo/ });
  const grid = () => page.getByRole('grid', { name: 'Cells in order' });
  /** The selected row: its trial, and whether it is one of the opened cell's. */
  const selected = async (): Promise<[trial: number, isPart: boolean][]> => {
    const rows = await grid().locator('[role=row][aria-selected=true]').all();
    return await Promise.all(
      rows.map(async (one): Promise<[number, boolean]> => {
        const words = (await one.textContent()) ?? '';
        return [Number(await one.getAttribute('data-trial')), words.startsWith('tr.')];
      }),
    );
  };
  const trashed = async (): Promise<number[]> => {
    const trials = await Promise.all(parts.map((trial) => client.call('trial.get', { experiment: 1, trial })));
    return trials.filter(({ trashedAt }) => trashedAt !== null).map(({ trial }) => trial);
  };

  it('opens by its arrow, and Del on any of its trainings takes that one alone, and brings it back', async () => {
    expect(row).toMatchObject({ proposals: 1, trials: 1 + REPEATS, deviation: expect.any(Number) });
    await grid().focus();
    await expectPage.poll(selected).toEqual([[row.trial.trial, false]]);
    await page.keyboard.press('ArrowRight');
    const opener = page.getByRole('button', { name: `${1 + REPEATS} trials of this cell, proposed once` });
    await expectPage(opener).toHaveAttribute('aria-expanded', 'true');
    await page.keyboard.press('ArrowDown');
    for (const part of parts) {
      // After each the one below is selected.
      await expectPage.poll(selected).toEqual([[part, true]]);
      await page.keyboard.press('Delete');
      await expectPage(undo()).toBeVisible();
      expect(await trashed()).toEqual([part]);
      await page.keyboard.press('Control+z');
      await expectPage(undo()).toHaveCount(0);
      await expectPage.poll(trashed).toEqual([]);
      await expectPage(grid().getByRole('row').filter({ hasText: /^tr\./ })).toHaveCount(parts.length);
    }
    await expectPage.poll(selected).toEqual([[expect.any(Number), false]]);
    expect(faults).toEqual([]);
  });

  it('goes into the trash as a whole from its own row', async () => {
    await grid().focus();
    await expectPage.poll(selected).toEqual([[row.trial.trial, false]]);
    await page.keyboard.press('ArrowRight');
    await expectPage(page.getByRole('button', { name: `${1 + REPEATS} trials of this cell` })).toBeVisible();
    await page.keyboard.press('Delete');
    await expectPage(undo()).toBeVisible();
    expect(await trashed()).toEqual(parts);
    await expectPage.poll(async () => (await selected()).length).toBe(1);
    expect(parts).not.toContain((await selected())[0]![0]);
    await page.keyboard.press('Control+z');
    await expectPage.poll(trashed).toEqual([]);
    expect(faults).toEqual([]);
  });

  it('is drawn with each repeat as it ends, and reached by the number of it', async () => {
    await page.goto(`${headless.server.address}/experiments/1?tab=scatter`);
    const dots = page.getByRole('listbox', { name: /drag to filter/ });
    const rewarded = (await read('trials', 'state:completed')).length;
    await expectPage(dots).toHaveAccessibleName(new RegExp(`: ${rewarded} trials`));
    await repeat(row.trial.trial, 1);
    await expectPage(dots).toHaveAccessibleName(new RegExp(`: ${rewarded + 1} trials`));
    await page.goto(`${headless.server.address}/experiments/1/trials/${TRIALS}`);
    const next = page.getByRole('button', { name: 'Next trial' });
    for (let trial = TRIALS + 1; trial <= TRIALS + REPEATS + 1; trial++) {
      await next.click();
      await expectPage(page.getByRole('heading', { name: `Trial ${trial}`, level: 1 })).toBeVisible();
    }
    await expectPage(next).toBeDisabled();
    expect(faults).toEqual([]);
  });
});
