import type { Page } from '@playwright/test';
import { beforeAll, expect, it } from 'vitest';
import type { Headless } from '../../src/main/headless.ts';
import { shortOfMemory } from '../main/search/scripted-queue.ts';
import { LARGE_BATCH } from '../main/workbench/small-project.ts';
import { describeInBrowser, openWorkbench } from './in-browser.ts';
import { layoutFaults } from './layout-faults.ts';
import { expectPage } from './patient-page.ts';
import { servedProject } from './served-workbench.ts';

describeInBrowser('the screen of a trial whose memory ran out', () => {
  let headless: Headless;
  let page: Page;
  let faults: string[];

  beforeAll(async () => {
    const project = await servedProject({ steps: 8, outcome: shortOfMemory }, 18_137);
    const opened = await openWorkbench(project, { context: { reducedMotion: 'reduce' } });
    ({ headless, page, faults } = opened);
    const { client } = opened;
    await client.call('experiment.create', { config: LARGE_BATCH });
    await expectPage.poll(async () => (await client.call('experiment.get', { experiment: 1 })).state).toBe('completed');
    return opened.close;
  });

  const cellsOf = async (table: string): Promise<string[][]> => {
    const found = page.getByRole('region', { name: table }).getByRole('row');
    await expectPage(found).not.toHaveCount(0);
    const rows = await found.all();
    return await Promise.all(rows.map(async (row) => await row.getByRole('cell').allInnerTexts()));
  };

  it('says with which batch each attempt was made, and what the result was trained with', async () => {
    await page.setViewportSize({ width: 1024, height: 700 });
    await page.goto(`${headless.server.address}/experiments/1/trials/2`);
    await expectPage(page.getByText('16 in place of 32: memory ran out')).toBeVisible();
    await expectPage(
      page.getByText('Trial 2 ran out of memory at batch 32. It is retried with 16 (2 of 3).'),
    ).toBeVisible();
    const attempts = (await cellsOf('Attempts')).slice(1).map((cells) => cells.slice(-2));
    expect(attempts).toEqual([
      ['32', 'Memory ran out at batch 32.'],
      ['16', expect.stringMatching(/^Completed with a reward of/)],
    ]);
    const configuration = page.getByRole('region', { name: 'Configuration' });
    await expectPage(configuration.getByRole('row', { name: /^recipe\.batchSize 16 images/ })).toHaveCount(1);
    await expectPage(configuration.getByRole('row', { name: /^recipe\.learningRate\.initial 0\.0125/ })).toHaveCount(1);
    await expectPage.poll(() => layoutFaults(page), { timeout: 5_000 }).toEqual([]);
    expect(faults).toEqual([]);
  }, 60_000);

  it('says of one that had too little three times that it failed, out of memory', async () => {
    await page.goto(`${headless.server.address}/experiments/1/trials/5`);
    await expectPage(page.getByText('8 in place of 32: memory ran out')).toBeVisible();
    await expectPage(page.getByText('failed: out of memory').first()).toBeVisible();
    expect((await cellsOf('Attempts')).slice(1).map((cells) => cells.at(-2))).toEqual(['32', '16', '8']);
    expect(faults).toEqual([]);
  }, 60_000);
});
