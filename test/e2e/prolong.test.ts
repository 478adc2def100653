import type { Browser, Page } from '@playwright/test';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Headless } from '../../src/main/headless.ts';
import type { WorkbenchClient } from '../../src/shared/rpc/client.ts';
import { smallConfig } from '../main/workbench/small-project.ts';
import { describeInBrowser, openBrowser } from './in-browser.ts';
import { expectPage } from './patient-page.ts';
import { type ServedProject, servedProject } from './served-workbench.ts';
import { strictPage } from './strict-browser.ts';

describeInBrowser('a search that has ended', () => {
  let project: ServedProject;
  let headless: Headless;
  let client: WorkbenchClient;
  let browser: Browser;

  beforeAll(async () => {
    project = await servedProject({ steps: 4, stepMs: () => 40 }, 17_463);
    headless = await project.start();
    ({ client } = headless.workbench.connect());
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await headless?.close();
    project?.remove();
  });

  const open = async (experiment: number, colorScheme: 'light' | 'dark'): Promise<{ page: Page; faults: string[] }> => {
    const strict = await strictPage(browser, { colorScheme });
    await strict.page.goto(headless.server.link());
    await expectPage(strict.page.getByRole('heading', { name: 'Searches' })).toBeVisible();
    await strict.page.goto(`${headless.server.address}/experiments/${experiment}`);
    return strict;
  };

  it('is prolonged from its screen, and keeps the focus on the button that can pause it', async () => {
    const { id } = await client.call('experiment.create', { config: smallConfig() });
    await expectPage
      .poll(async () => (await client.call('experiment.get', { experiment: id })).state)
      .toBe('completed');
    const { page, faults } = await open(id, 'dark');
    const progress = page.getByRole('region', { name: 'Progress' });
    const prolong = progress.getByRole('button', { name: 'Prolong…' });
    await prolong.focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Prolong this search' });
    const trials = dialog.getByLabel('Trials in all');
    await expectPage(trials).toHaveValue('12');
    await trials.fill('6');
    await expectPage(dialog).toContainText('More than the 6 trials that are finished.');
    await expectPage(dialog.getByRole('button', { name: 'Prolong search' })).toBeDisabled();
    await trials.fill('8');
    await dialog.getByRole('button', { name: 'Prolong search' }).click();
    await expectPage(dialog).toHaveCount(0);
    await expectPage(progress).toContainText('running');
    await expectPage(progress.getByRole('button', { name: 'Pause' })).toBeFocused();
    await expectPage(progress).toContainText('8 of 8');
    await expectPage(prolong).toBeVisible();
    await expectPage(prolong).toBeFocused();
    expect(await client.call('experiment.get', { experiment: id })).toMatchObject({
      state: 'completed',
      config: { budget: { trials: 8 } },
      counts: { completed: 8 },
    });
    expect(faults).toEqual([]);
  });

  it('by its time limit needs more time to go on', async () => {
    const budget = { trials: 1_000, timeLimitMs: 300 };
    const { id } = await client.call('experiment.create', { config: smallConfig({ budget }) });
    await expectPage
      .poll(async () => (await client.call('experiment.get', { experiment: id })).state)
      .toBe('completed');
    const { page, faults } = await open(id, 'light');
    await page.getByRole('button', { name: 'Prolong…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Prolong this search' });
    await expectPage(dialog.getByLabel('Trials in all')).toHaveValue('1000');
    const hours = dialog.getByLabel('Time limit in hours');
    await hours.fill('0.00001');
    await expectPage(dialog).toContainText('that it ran, or 0.');
    await hours.fill('0');
    await dialog.getByRole('button', { name: 'Prolong search' }).click();
    const stop = page.getByRole('button', { name: 'Stop' });
    await stop.click();
    await page.getByRole('button', { name: 'Stop search' }).click();
    await expectPage(stop).toHaveCount(0);
    expect(await client.call('experiment.get', { experiment: id })).toMatchObject({ state: 'stopped' });
    expect(faults).toEqual([]);
  });
});
