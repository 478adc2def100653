import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { beforeAll, expect, it } from 'vitest';
import { describeInBrowser, openWorkbench } from './in-browser.ts';
import { expectPage } from './patient-page.ts';
import { type RealisticProject, realisticProject } from './realistic-project.ts';
import { SCREENS, SETTLED, showScreen } from './screens.ts';

const THEMES = ['light', 'dark'] as const;
const LARGE = { width: 1440, height: 900 };
const SMALL = { width: 1024, height: 700 };
/** Those whose layout is another one where there is less room. */
const IN_BOTH_SIZES: readonly string[] = ['Search, Cell', 'Trial', 'Compare 6'] satisfies (keyof typeof SCREENS)[];
/** Pictures without words, which are hidden from screen readers; the row's name says what they show. */
const PICTURES = 'svg[aria-hidden="true"]';

/** Those whose answer depends on the theme, which changes nothing but colours. */
const OF_COLOURS = ['color-contrast', 'link-in-text-block'];

/** The serious and critical findings of axe on what the page shows now, a sentence each. */
async function violations(page: Page, rules: readonly string[] | 'all' = 'all'): Promise<string[]> {
  const axe = new AxeBuilder({ page }).options({ resultTypes: ['violations'] }).exclude(PICTURES);
  const { violations: found } = await (rules === 'all' ? axe : axe.withRules([...rules])).analyze();
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, html, failureSummary }) => `${id}: ${target.join(' ')}: ${html}: ${failureSummary}`),
    );
}

async function chooseTheme(page: Page, theme: (typeof THEMES)[number]): Promise<void> {
  await page.emulateMedia({ colorScheme: theme });
  await expectPage(page.locator('html')).toHaveAttribute('data-theme', theme);
  await page.evaluate(SETTLED);
}

describeInBrowser('the page to people who use assistive technology', () => {
  let project: RealisticProject;
  let page: Page;
  let faults: string[];

  beforeAll(async () => {
    project = await realisticProject(17_447);
    const opened = await openWorkbench(project, { context: { reducedMotion: 'reduce' } });
    ({ page, faults } = opened);
    return opened.close;
  });

  for (const [name, screen] of Object.entries(SCREENS)) {
    it(`has nothing serious or critical that axe finds, in both themes: ${name}`, async () => {
      for (const size of IN_BOTH_SIZES.includes(name) ? [LARGE, SMALL] : [LARGE]) {
        await page.setViewportSize(size);
        await showScreen(page, project.headless.server.address, screen);
        for (const theme of THEMES) {
          await chooseTheme(page, theme);
          const rules = theme === 'light' ? 'all' : OF_COLOURS;
          expect(await violations(page, rules), `${theme}, ${size.width} x ${size.height}`).toEqual([]);
        }
      }
    });
  }

  it('is seen to fail by a faint text, a button without a name and a picture without one', async () => {
    await showScreen(page, project.headless.server.address, SCREENS.Home);
    await page.evaluate(`(() => {
      const add = (tag, style) => {
        const added = Object.assign(document.createElement(tag), { id: 'spoilt-' + tag });
        Object.assign(added.style, style);
        document.querySelector('main').append(added);
        return added;
      };
      add('p', { color: '#ccc', background: '#fff', position: 'fixed', top: '600px', left: '40px', zIndex: '9' }).textContent = 'A faint text';
      add('button', { width: '40px', height: '40px' });
      add('img', { width: '40px', height: '40px' });
    })()`);
    const seen = (await violations(page)).map((violation) => violation.split(':', 2).join(':'));
    expect(seen.sort()).toEqual(['button-name: #spoilt-button', 'color-contrast: #spoilt-p', 'image-alt: #spoilt-img']);
  });

  it('had no console error and no violation of the page’s policy', () => {
    // Leaving a screen while its parts are on their way is no fault of the screen.
    expect(faults.filter((fault) => !fault.endsWith('net::ERR_ABORTED'))).toEqual([]);
  });
});
