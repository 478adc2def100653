import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type Page, expect as playwrightExpect } from '@playwright/test';
import { describe, expect, it, onTestFinished } from 'vitest';
import { slowRegistry } from '../main/workbench/slow-registry.ts';
import { servedProject } from './served-workbench.ts';
import { findChromium, openBrowser, strictPage } from './strict-browser.ts';

const expectPage = playwrightExpect.configure({ timeout: 20_000 });
const executable = findChromium();
if (executable === null) console.log('No data set was fetched in a browser: no Chromium was found.');

describe.skipIf(executable === null)('CIFAR-10 on Home', () => {
  async function openEmptyHome(): Promise<{ browser: Browser; page: Page; faults: string[] }> {
    const project = await servedProject({}, 17_465);
    rmSync(join(project.folder, 'datasets'), { recursive: true });
    const headless = await project.start();
    const browser = await openBrowser(executable ?? '');
    onTestFinished(async () => {
      await browser.close();
      await headless.close();
      project.remove();
    });
    const strict = await strictPage(browser);
    await strict.page.goto(headless.server.link());
    return { browser, ...strict };
  }

  it('shows how far its fetching is, after a reload as well, and why it failed', async () => {
    const registry = await slowRegistry();
    const { page, faults } = await openEmptyHome();
    const progress = page.getByRole('progressbar', { name: 'Fetching CIFAR-10' });
    await page.getByRole('button', { name: 'Start with CIFAR-10' }).click();
    await expectPage(progress).toBeVisible();
    await registry.isAsked;
    await page.reload();
    await expectPage(progress).toBeVisible();
    await expectPage(page.getByRole('button', { name: 'Fetching CIFAR-10' })).toHaveAttribute('aria-busy', 'true');
    expect(registry.waiting).toHaveLength(1);
    registry.refuse();
    await expectPage(page.getByRole('alert')).toContainText('npm could not fetch');
    await expectPage(progress).toHaveCount(0);
    await expectPage(page.getByRole('button', { name: 'Start with CIFAR-10' })).toBeEnabled();
    expect(faults).toEqual([]);
  });
});
