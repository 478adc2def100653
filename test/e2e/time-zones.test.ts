import type { Page } from '@playwright/test';
import { beforeAll, expect, it, vi } from 'vitest';
import type { Headless } from '../../src/main/headless.ts';
import type { Trial } from '../../src/shared/records/experiment.ts';
import type { WorkbenchClient } from '../../src/shared/rpc/client.ts';
import { smallConfig } from '../main/workbench/small-project.ts';
import { describeInBrowser, openWorkbench } from './in-browser.ts';
import { expectPage } from './patient-page.ts';
import { servedProject } from './served-workbench.ts';

/** Neither of both ever shows the other's time: one is behind UTC, one half an hour off it. */
const THERE = 'America/New_York';
const HERE = 'Asia/Kolkata';

/** Hour and minute of a moment in a zone. */
const timeIn = (timeZone: string, at: Date): string =>
  new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone }).format(at);

describeInBrowser('a page in another time zone than its workbench', () => {
  let headless: Headless;
  let page: Page;
  let faults: string[];
  let trial: Trial;

  beforeAll(async () => {
    vi.stubEnv('TZ', THERE);
    const prepare = async (client: WorkbenchClient): Promise<void> => {
      await client.call('experiment.create', { config: smallConfig({ retrainRepeats: true }) });
      await expectPage
        .poll(async () => (await client.call('experiment.get', { experiment: 1 })).state)
        .toBe('completed');
      trial = await client.call('trial.get', { experiment: 1, trial: 3 });
    };
    const project = await servedProject({ steps: 4, stepMs: () => 2 }, 18_102);
    const opened = await openWorkbench(project, { prepare, context: { timezoneId: HERE } });
    ({ headless, page, faults } = opened);
    return async () => {
      await opened.close();
      vi.unstubAllEnvs();
    };
  });

  const started = () => page.locator('[data-trial="3"] time');
  const board = `/experiments/1?mode=trials&columns=trial,started&sort=trial&filter=`;

  it('shows when a trial began by the clock of the workbench, and says both in the tooltip', async () => {
    const at = new Date(trial.startedAt!);
    await page.goto(headless.server.address + board);
    await expectPage(started()).toHaveText(new RegExp(`^\\d{4}-\\d\\d-\\d\\d ${timeIn(THERE, at)}$`));
    await expectPage(started()).toHaveAttribute('datetime', trial.startedAt!);
    const title = await started().getAttribute('title');
    expect(title).toContain(`where the workbench runs (${THERE})`);
    expect(title).toMatch(new RegExp(`${timeIn(HERE, at)}:\\d\\d here$`));
    expect(faults).toEqual([]);
  });

  it('finds a trial by the time that the table shows', async () => {
    await page.goto(headless.server.address + board);
    await expectPage(started()).toHaveText(/^\d{4}/);
    const shown = await started().textContent();
    await page.goto(headless.server.address + board + encodeURIComponent(`trial:3 started:"${shown}"`));
    await expectPage(page.locator('[data-trial]')).toHaveCount(1);
    await expectPage(started()).toHaveText(shown ?? '');
    expect(faults).toEqual([]);
  });
});
