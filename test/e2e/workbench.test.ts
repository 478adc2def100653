import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { beforeAll, expect, it } from 'vitest';
import type { Headless } from '../../src/main/headless.ts';
import type { WorkbenchClient } from '../../src/shared/rpc/client.ts';
import { describeInBrowser, openWorkbench } from './in-browser.ts';
import { realProject } from './real-workbench.ts';
import { type StorySetting, tellStory } from './story.ts';

describeInBrowser('the workbench in a browser', () => {
  let headless: Headless;
  let client: WorkbenchClient;
  let page: Page;
  let faults: string[];

  beforeAll(async () => {
    const opened = await openWorkbench(await realProject(17_417), { timeoutMs: 60_000 });
    ({ headless, client, page, faults } = opened);
    return opened.close;
  });

  it('lets a browser in by the printed link, which leaves no code behind', async () => {
    await page.getByRole('heading', { name: 'Searches' }).waitFor();
    expect(page.url()).not.toContain('code=');
  });

  tellStory(
    (): StorySetting => ({
      page,
      ask: (procedure, input) => client.call(procedure, input),
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
