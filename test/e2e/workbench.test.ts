import { readFileSync } from 'node:fs';
import type { Browser, Page } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Headless } from '../../src/main/headless.ts';
import { realProject } from './real-workbench.ts';
import { type StorySetting, tellStory } from './story.ts';
import { findChromium, openBrowser, strictPage } from './strict-browser.ts';

const executable = findChromium();
if (executable === null) console.log('The workbench was not looked at in a browser: no Chromium was found.');

describe.skipIf(executable === null)('the workbench in a browser', () => {
  let project: Awaited<ReturnType<typeof realProject>>;
  let headless: Headless;
  let browser: Browser;
  let page: Page;
  let faults: string[];

  beforeAll(async () => {
    project = await realProject(17_417);
    headless = await project.start();
    browser = await openBrowser(executable ?? '');
    ({ page, faults } = await strictPage(browser));
    page.setDefaultTimeout(60_000);
    await page.goto(headless.server.link());
  });

  afterAll(async () => {
    await browser?.close();
    await headless?.close();
    project?.remove();
  });

  it('lets a browser in by the printed link, which leaves no code behind', async () => {
    await page.getByRole('heading', { name: 'Searches' }).waitFor();
    expect(page.url()).not.toContain('code=');
  });

  tellStory(
    (): StorySetting => ({
      page,
      ask: async (procedure, input) =>
        await headless.workbench.handlers[procedure](input, new AbortController().signal),
      open: async (path) => {
        await page.goto(headless.server.address + path);
      },
      saved: async (press) => {
        const downloading = page.waitForEvent('download');
        await press();
        return readFileSync(await (await downloading).path(), 'utf8');
      },
    }),
  );

  it('had no console error, no failed request and no violation of its policy', () => {
    expect(faults).toEqual([]);
  });
});
