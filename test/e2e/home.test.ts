import { type Browser, type Page, expect as playwrightExpect } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Headless } from '../../src/main/headless.ts';
import type { WorkbenchClient } from '../../src/shared/rpc/client.ts';
import { smallConfig } from '../main/workbench/small-project.ts';
import { type ServedProject, servedProject } from './served-workbench.ts';
import { findChromium, openBrowser, strictPage } from './strict-browser.ts';

const expectPage = playwrightExpect.configure({ timeout: 15_000 });
const executable = findChromium();
if (executable === null) console.log('Home was not looked at in a browser: no Chromium was found.');

describe.skipIf(executable === null)('Home, while it stays open', () => {
  let project: ServedProject;
  let headless: Headless;
  let client: WorkbenchClient;
  let browser: Browser;
  let page: Page;
  let faults: string[];

  beforeAll(async () => {
    project = await servedProject({ steps: 4, stepMs: () => 2 }, 18_101);
    headless = await project.start();
    ({ client } = headless.workbench.connect());
    await client.call('experiment.create', { config: smallConfig({ retrainRepeats: true }) });
    await expectPage.poll(async () => (await client.call('experiment.get', { experiment: 1 })).state).toBe('completed');
    browser = await openBrowser(executable ?? '');
    ({ page, faults } = await strictPage(browser));
    await page.goto(headless.server.link());
  });
  afterAll(async () => {
    await browser?.close();
    await headless?.close();
    project?.remove();
  });

  it('draws the spark of a search without what went into the trash, and with what came back', async () => {
    const spark = page.getByRole('img', { name: /^Best reward so far/ });
    const line = () => spark.locator('path').last().getAttribute('d');
    await expectPage.poll(line).toMatch(/^M/);
    const before = await line();
    const trials = [1, 2, 3];
    await client.call('trial.trash', { experiment: 1, trials });
    await expectPage.poll(line).not.toBe(before);
    await client.call('trial.restore', { experiment: 1, trials });
    await expectPage.poll(line).toBe(before);
    expect(faults).toEqual([]);
  });
});
