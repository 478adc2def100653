import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from '@playwright/test';
import { expect, it, onTestFinished } from 'vitest';
import { dribblingRegistry, slowRegistry } from '../main/workbench/slow-registry.ts';
import { describeInBrowser, openBrowser } from './in-browser.ts';
import { expectPage } from './patient-page.ts';
import { servedProject } from './served-workbench.ts';
import { strictPage } from './strict-browser.ts';

describeInBrowser('CIFAR-10 on Home', () => {
  async function openEmptyHome(): Promise<{ browser: Browser; page: Page; faults: string[] }> {
    const project = await servedProject({}, 17_465);
    rmSync(join(project.folder, 'datasets'), { recursive: true });
    const headless = await project.start();
    const browser = await openBrowser();
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
    await expectPage(page.getByRole('button', { name: 'Fetching CIFAR-10', exact: true })).toHaveAttribute(
      'aria-busy',
      'true',
    );
    expect(registry.waiting).toHaveLength(1);
    registry.refuse();
    await expectPage(page.getByRole('alert')).toContainText('npm could not fetch');
    await expectPage(progress).toHaveCount(0);
    await expectPage(page.getByRole('button', { name: 'Start with CIFAR-10' })).toBeEnabled();
    expect(faults).toEqual([]);
  });

  it('can be cancelled by the keyboard while it comes, which every page hears, and be fetched again', async () => {
    const registry = await dribblingRegistry();
    const { page, faults } = await openEmptyHome();
    const other = await page.context().newPage();
    await other.goto(new URL('/', page.url()).href);
    const start = page.getByRole('button', { name: 'Start with CIFAR-10' });
    const cancel = page.getByRole('button', { name: 'Cancel fetching CIFAR-10' });
    await start.click();
    await registry.isAsked;
    await expectPage(other.getByText(/Fetching CIFAR-10, \d+ %/)).toBeVisible();
    await expectPage(cancel).toBeVisible();
    await expectPage(page.getByRole('button', { name: 'Fetching CIFAR-10', exact: true })).toBeFocused();
    await page.keyboard.press('Tab');
    await expectPage(cancel).toBeFocused();
    await page.keyboard.press('Enter');
    for (const one of [page, other]) {
      await expectPage(one.getByRole('button', { name: 'Start with CIFAR-10' })).toBeEnabled();
      await expectPage(one.getByRole('progressbar')).toHaveCount(0);
      await expectPage(one.getByRole('alert')).toHaveCount(0);
    }
    await expectPage(start).toBeFocused();
    await expectPage.poll(() => registry.archives[0]?.destroyed).toBe(true);

    // Another page cancels it this time, while the focus is on the button that goes.
    await page.keyboard.press('Enter');
    await cancel.focus();
    await other.getByRole('button', { name: 'Cancel fetching CIFAR-10' }).click();
    await expectPage(cancel).toHaveCount(0);
    await expectPage(start).toBeFocused();
    await expectPage(start).toHaveAttribute('aria-busy', 'false');
    await expectPage(page.getByRole('alert')).toHaveCount(0);
    expect(faults).toEqual([]);
  });
});
