import type { Browser, Page } from '@playwright/test';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { Headless } from '../../src/main/headless.ts';
import { smallConfig } from '../main/workbench/small-project.ts';
import { describeInBrowser, openBrowser } from './in-browser.ts';
import { expectPage } from './patient-page.ts';
import { type ServedProject, servedProject } from './served-workbench.ts';
import { strictPage } from './strict-browser.ts';

const NAME = 'let in';
/** What only a page that was let in can know. */
const search = (page: Page) => page.getByRole('link', { name: NAME });
const needsLink = (page: Page) => page.getByRole('heading', { name: 'This browser needs a new link' });

describeInBrowser('a printed link', () => {
  let browser: Browser;
  let project: ServedProject;
  let headless: Headless;
  beforeAll(async () => {
    project = await servedProject({ stepMs: () => 0 }, 17_461);
    headless = await project.start();
    const { client, close } = headless.workbench.connect();
    await client.call('experiment.create', { config: { ...smallConfig(), name: NAME } });
    close();
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await headless?.close();
    project?.remove();
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
  });

  it('lets the tab in that was told to get a new one', async () => {
    const { server } = headless;
    const { page } = await strictPage(browser);
    await page.goto(`${server.address}/#code=used-long-ago`);
    await expectPage(needsLink(page)).toBeVisible();
    expect(page.url()).not.toContain('code=');
    // As when it is pasted into the address bar: another hash of the same page, which loads nothing.
    await page.goto(server.link());
    await expectPage(search(page)).toBeVisible();
    await expectPage(needsLink(page)).toHaveCount(0);
    expect(page.url()).not.toContain('code=');
  });

  it('is kept until the workbench has answered, which may be down for a moment', async () => {
    const { server } = headless;
    const { page } = await strictPage(browser);
    let tries = 0;
    await page.route('**/session', async (route) => {
      if (++tries <= 2) await route.abort('connectionrefused');
      else await route.continue();
    });
    await page.goto(server.link());
    await expectPage(search(page)).toBeVisible();
    expect(tries).toBe(3);
    expect(page.url()).not.toContain('code=');
  });

  it('does not keep a browser out that has been let in before, when it is used twice', async () => {
    const { server } = headless;
    const { page } = await strictPage(browser);
    const link = server.link();
    await page.goto(link);
    await expectPage(search(page)).toBeVisible();
    await page.goto('about:blank');
    await page.goto(link);
    await expectPage(search(page)).toBeVisible();
    expect(page.url()).not.toContain('code=');
  });
});
