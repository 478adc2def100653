import type { Page } from '@playwright/test';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import type { Headless } from '../../src/main/headless.ts';
import { percentDigits } from '../../src/renderer/components/words.ts';
import { parseRowKey, type RowKey, rowKeyOf } from '../../src/renderer/state/row-key.ts';
import type { LeaderboardRow } from '../../src/shared/records/leaderboard.ts';
import type { WorkbenchClient } from '../../src/shared/rpc/client.ts';
import { smallConfig } from '../main/workbench/small-project.ts';
import { describeInBrowser, openWorkbench } from './in-browser.ts';
import { expectPage } from './patient-page.ts';
import { servedProject } from './served-workbench.ts';

const TRIALS = 6;
const REPEATS = 3;
/** How the row of one of an opened cell's trials begins. */
const PART = /^(tr\. |\d+·)/;

/** A search of six trials; the cell of the best was proposed once and repeated three times. */
describeInBrowser('a cell that was repeated', () => {
  let headless: Headless;
  let client: WorkbenchClient;
  let page: Page;
  let faults: string[];
  /** The row of the repeated cell, and the runs of its trial by number. */
  let row: LeaderboardRow;
  let parts: RowKey[];

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
    const prepare = async (asked: WorkbenchClient): Promise<void> => {
      client = asked;
      await client.call('experiment.create', { config: smallConfig() });
      await expectPage.poll(isResting).toBe(true);
      const single = (await read('cells', 'state:completed')).find(({ trials }) => trials === 1);
      await repeat(single!.trial.trial, REPEATS);
      [row] = (await read('cells', `hash:${single!.trial.hash}`)) as [LeaderboardRow];
      parts = (await read('trials', `hash:${single!.trial.hash}`)).map(({ trial }) => rowKeyOf(trial));
    };
    const project = await servedProject({ steps: 4, stepMs: () => 2 }, 17_467);
    const opened = await openWorkbench(project, { prepare });
    ({ headless, page, faults } = opened);
    return opened.close;
  });
  beforeEach(async () => {
    await page.goto(`${headless.server.address}/experiments/1?trial=${rowKeyOf(row.trial)}`);
  });

  const undo = () => page.getByRole('button', { name: /^Undo/ });
  const grid = () => page.getByRole('grid', { name: 'Cells in order' });
  /** The selected row: its trial, and whether it is one of the opened cell's. */
  const selected = async (): Promise<[key: string, isPart: boolean][]> => {
    const rows = await grid().locator('[role=row][aria-selected=true]').all();
    return await Promise.all(
      rows.map(async (one): Promise<[string, boolean]> => {
        const words = (await one.textContent()) ?? '';
        return [(await one.getAttribute('data-trial')) ?? '', PART.test(words)];
      }),
    );
  };
  const trashed = async (): Promise<RowKey[]> => {
    const read = (key: RowKey) => client.call('trial.get', { experiment: 1, ...parseRowKey(key) });
    const runs = await Promise.all(parts.map(read));
    return runs.filter(({ trashedAt }) => trashedAt !== null).map(rowKeyOf);
  };

  it('opens by its arrow, and Del on any of its trainings takes that one alone, and brings it back', async () => {
    expect(row).toMatchObject({ proposals: 1, trials: 1 + REPEATS, deviation: expect.any(Number) });
    await grid().focus();
    await expectPage.poll(selected).toEqual([[rowKeyOf(row.trial), false]]);
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
      await expectPage(grid().getByRole('row').filter({ hasText: PART })).toHaveCount(parts.length);
    }
    await expectPage.poll(selected).toEqual([[expect.any(String), false]]);
    expect(faults).toEqual([]);
  });

  it('goes into the trash as a whole from its own row', async () => {
    await grid().focus();
    await expectPage.poll(selected).toEqual([[rowKeyOf(row.trial), false]]);
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

  it('is drawn with each repeat as it ends', async () => {
    await page.goto(`${headless.server.address}/experiments/1?tab=scatter`);
    const dots = page.getByRole('listbox', { name: /drag to filter/ });
    const rewarded = (await read('trials', 'state:completed')).length;
    await expectPage(dots).toHaveAccessibleName(new RegExp(`: ${rewarded} trials`));
    await repeat(row.trial.trial, 1);
    await expectPage(dots).toHaveAccessibleName(new RegExp(`: ${rewarded + 1} trials`));
    expect(faults).toEqual([]);
  });

  it('shows its runs on the screen of its trial, to step between, with their mean', async () => {
    const { trial } = row.trial;
    const rewards = (await read('trials', `trial:${trial}`)).map(({ reward }) => percentDigits(reward ?? 0));
    await page.goto(`${headless.server.address}/experiments/1/trials/${trial}`);
    const runs = page.getByRole('region', { name: 'Runs' });
    await expectPage(runs.locator('tbody tr')).toContainText(rewards);
    const [cell] = await read('cells', `hash:${row.trial.hash}`);
    const mean = `${percentDigits(cell?.reward ?? 0)} ± ${percentDigits(cell?.deviation ?? 0)}`;
    await expectPage(runs.locator('tfoot')).toContainText(mean);
    for (const run of [2, 3]) {
      await runs.getByRole('link', { name: `${trial}·${run}` }).click();
      await expectPage(page.getByRole('heading', { name: `Trial ${trial}·${run}`, level: 1 })).toBeVisible();
      await expectPage(page).toHaveURL(new RegExp(`/trials/${trial}\\.${run}$`));
    }
    // The server knows the address as well.
    await page.reload();
    await expectPage(page).toHaveTitle(new RegExp(`^Trial ${trial}·3 `));
    await page
      .locator('main')
      .getByRole('link', { name: `trial ${trial}`, exact: true })
      .first()
      .click();
    await expectPage(page.getByRole('heading', { name: `Trial ${trial}`, exact: true, level: 1 })).toBeVisible();
    // From trial to trial the further runs are passed by.
    await page.goto(`${headless.server.address}/experiments/1/trials/${TRIALS}`);
    await expectPage(page.getByRole('button', { name: 'Next trial' })).toBeDisabled();
    expect(faults).toEqual([]);
  });
});
