import type { Page } from '@playwright/test';
import { beforeAll, expect, it } from 'vitest';
import type { WorkbenchClient } from '../../src/shared/rpc/client.ts';
import { smallConfig } from '../main/workbench/small-project.ts';
import { describeInBrowser, openWorkbench } from './in-browser.ts';
import { expectPage } from './patient-page.ts';
import { servedProject } from './served-workbench.ts';

describeInBrowser('Home, while it stays open', () => {
  let client: WorkbenchClient;
  let page: Page;
  let faults: string[];

  beforeAll(async () => {
    const prepare = async (asked: WorkbenchClient): Promise<void> => {
      await asked.call('experiment.create', { config: smallConfig({ retrainRepeats: true }) });
      await expectPage
        .poll(async () => (await asked.call('experiment.get', { experiment: 1 })).state)
        .toBe('completed');
    };
    const opened = await openWorkbench(await servedProject({ steps: 4, stepMs: () => 2 }, 18_101), { prepare });
    ({ client, page, faults } = opened);
    return opened.close;
  });

  it('draws the spark of a search without what went into the trash, and with what came back', async () => {
    const spark = page.getByRole('img', { name: /^Best reward so far/ });
    const line = () => spark.locator('path').last().getAttribute('d');
    await expectPage.poll(line).toMatch(/^M/);
    const before = await line();
    const rows = [{ trial: 1 }, { trial: 2 }, { trial: 3 }];
    await client.call('trial.trash', { experiment: 1, rows });
    await expectPage.poll(line).not.toBe(before);
    await client.call('trial.restore', { experiment: 1, rows });
    await expectPage.poll(line).toBe(before);
    expect(faults).toEqual([]);
  });
});
