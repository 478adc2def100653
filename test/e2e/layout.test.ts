import type { Page } from '@playwright/test';
import { beforeAll, expect, it } from 'vitest';
import type { Headless } from '../../src/main/headless.ts';
import { describeInBrowser, openWorkbench } from './in-browser.ts';
import { layoutFaults } from './layout-faults.ts';
import { expectPage } from './patient-page.ts';
import { LIVE, type RealisticProject, realisticProject } from './realistic-project.ts';
import { SCREENS, type Screen, showScreen } from './screens.ts';

const WINDOWS = [
  { width: 1440, height: 900 },
  { width: 1024, height: 700 },
  { width: 3840, height: 2160 },
];

describeInBrowser('the layout in a browser', () => {
  let project: RealisticProject;
  let empty: Headless;
  let page: Page;
  let faults: string[];

  beforeAll(async () => {
    project = await realisticProject(17_451);
    empty = await project.startEmpty(17_442);
    const opened = await openWorkbench(project, { context: { reducedMotion: 'reduce' } });
    ({ page, faults } = opened);
    return async () => {
      await empty.close();
      await opened.close();
    };
  });

  /** A layout settles within some frames, when everything that was asked for is there. */
  const expectNoFaults = () => expectPage.poll(() => layoutFaults(page), { timeout: 5_000 }).toEqual([]);

  const show = (screen: Screen) => showScreen(page, project.headless.server.address, screen);

  for (const [name, screen] of Object.entries(SCREENS)) {
    it(`cuts and covers no text, in no size of the window: ${name}`, async () => {
      for (const size of WINDOWS) {
        await page.setViewportSize(size);
        // Another width is another layout, whose menus are closed; so each is opened anew.
        await show(screen);
        await expectNoFaults();
      }
    });
  }

  it('cuts and covers no text in a paused search, with trials that were saved and that wait', async () => {
    await project.ask('experiment.pause', { experiment: LIVE });
    for (const size of WINDOWS) {
      await page.setViewportSize(size);
      await show({
        path: `/experiments/${LIVE}`,
        drawn: (at) => at.getByRole('button', { name: 'Resume' }).first().waitFor(),
      });
      await expectNoFaults();
    }
  });

  it('cuts and covers no text on Home before there is anything', async () => {
    await page.goto(empty.server.link());
    await expectPage(page.getByRole('button', { name: /CIFAR-10/ })).toBeVisible();
    for (const size of WINDOWS) {
      await page.setViewportSize(size);
      await expectNoFaults();
    }
  });

  it('is seen to fail by a text that is cut, one over another, one that is outside or small, and a small control', async () => {
    await page.setViewportSize({ width: 1440, height: 900 });
    const spoil = (style: Readonly<Record<string, string>>, tag = 'p') =>
      page.evaluate(
        `(() => {
          const added = document.createElement('${tag}');
          added.textContent = 'A text that was put here to be found';
          Object.assign(added.style, ${JSON.stringify({ position: 'absolute', top: '600px', left: '40px', whiteSpace: 'nowrap', ...style })});
          document.querySelector('main').append(added);
          globalThis.spoilt = [...(globalThis.spoilt ?? []), added];
        })()`,
      );
    const found = async (expected: RegExp): Promise<void> => {
      const seen = await layoutFaults(page);
      await page.evaluate('globalThis.spoilt.splice(0).forEach((added) => added.remove())');
      expect(seen.join('\n')).toMatch(expected);
      expect(await layoutFaults(page)).toEqual([]);
    };
    await spoil({ width: '90px', overflow: 'hidden' });
    await found(/put here.* is cut by p/);
    // An ellipsis without a way to the whole text is no excuse.
    await spoil({ width: '90px', overflow: 'hidden', textOverflow: 'ellipsis' });
    await found(/put here.* is cut by p/);
    await spoil({ height: '12px', overflow: 'hidden' });
    await found(/put here.* is cut by p/);
    await spoil({});
    await spoil({ top: '608px', left: '100px' });
    await found(/put here.* overlaps .*put here/);
    await spoil({ left: '1350px' });
    await found(/put here.* is cut by main/);
    await spoil({ position: 'fixed', left: '1350px' });
    await found(/put here.* lies outside the window/);
    await spoil({ fontSize: '11px' });
    await found(/put here.* is 11 px/);
    await spoil({ height: '18px', padding: '0', border: '0' }, 'button');
    await found(/put here.* can be pressed on .* only/);
  });

  it('had no console error and no violation of the page’s policy', () => {
    // Leaving a screen while its parts are on their way is no fault of the screen.
    expect(faults.filter((fault) => !fault.endsWith('net::ERR_ABORTED'))).toEqual([]);
  });
});
