import { _electron, type ElectronApplication, type Page, expect as playwrightExpect } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildProgram } from '../../src/main/electron/program-build.ts';
import { buildPage } from '../../src/main/server/page-build.ts';
import { PROJECT_ROOT } from '../../src/main/setup/runtime.mjs';
import { hasDisplay, installedElectron } from '../../src/main/terminal/window.ts';
import { type DesktopHome, desktopHome } from '../main/electron/desktop-home.ts';

// The story of test/e2e/workbench.test.ts in the real window, wherever Electron's program and a display are.

const program = installedElectron(PROJECT_ROOT, process.env);
const isPossible = program !== null && hasDisplay(process.platform, process.env);
if (!isPossible) console.log('The desktop app was not started: no Electron or no display was found.');

const expectPage = playwrightExpect.configure({ timeout: 20_000 });
const TRIALS = 4;

describe.skipIf(!isPossible)('the desktop app', () => {
  let home: DesktopHome;
  let app: ElectronApplication;
  let page: Page;
  const faults: string[] = [];

  beforeAll(async () => {
    await buildPage(() => undefined);
    await buildProgram(() => undefined);
    home = desktopHome();
    ({ app, page } = await launch());
  });
  afterAll(async () => {
    await app?.close();
    home?.remove();
  });

  async function launch(...links: string[]): Promise<{ app: ElectronApplication; page: Page }> {
    // Chromium's sandbox refuses to run as root.
    const flags = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    const env = { ...(process.env as Record<string, string>), ...home.environment };
    const started = await _electron.launch({
      executablePath: program ?? '',
      args: [...flags, PROJECT_ROOT, ...links],
      env,
    });
    const window = await started.firstWindow();
    window.setDefaultTimeout(20_000);
    window.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) faults.push(message.text());
    });
    window.on('pageerror', (error) => faults.push(String(error)));
    window.on('requestfailed', (request) => faults.push(`${request.url()}: ${request.failure()?.errorText}`));
    return { app: started, page: window };
  }

  it('shows the page from its own origin, with nothing of Node in it', async () => {
    await expectPage(page.getByRole('heading', { name: 'Searches' })).toBeVisible();
    expect(page.url()).toBe('app://cellwright/');
    const seen = await page.evaluate(`({
      api: Object.keys(window.cellwright).sort(),
      node: [typeof require, typeof process, typeof module, typeof Buffer],
    })`);
    expect(seen).toEqual({
      api: ['onCommand', 'onMessage', 'onNavigate', 'openPaper', 'openProject', 'platform', 'send'],
      node: ['undefined', 'undefined', 'undefined', 'undefined'],
    });
  });

  it('starts a search from Home, kills a trial and pauses', async () => {
    await page.getByRole('button', { name: 'New search' }).click();
    await page.getByLabel('Name', { exact: true }).fill('in a window');
    await page.getByLabel('Trials', { exact: true }).fill(String(TRIALS));
    await page.getByText('All hyper-parameters').click();
    await page.getByLabel('training.trainingImages').fill('30');
    await page.getByLabel('training.validationImages').fill('10');
    await page.getByRole('button', { name: 'Start search' }).click();
    await page.waitForURL('**/experiments/1');
    const rows = page.getByRole('grid').locator('[data-trial]');
    await expectPage(rows.first()).toBeVisible();
    await page.getByRole('button', { name: 'Kill trial 1' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Kill trial' }).click();
    await expectPage(page.locator('[data-trial="1"]')).toContainText('cancelled');
    await page.getByRole('button', { name: 'Pause' }).click();
    await expectPage(page.getByRole('button', { name: 'Resume' })).toBeVisible();
  });

  it('finds everything again after a reload, and goes on to the end', async () => {
    await page.reload();
    await expectPage(page.locator('[data-trial="1"]')).toContainText('cancelled');
    home.finish();
    await page.getByRole('button', { name: 'Resume' }).click();
    await expectPage(page.getByRole('region', { name: 'Progress' })).toContainText('completed');
  });

  it('stays on its page whatever the page tries', async () => {
    const before = faults.length;
    await page.evaluate(`location.href = 'https://example.com/'`);
    expect(await page.evaluate(`window.open('https://example.com/') === null`)).toBe(true);
    expect(page.url()).toContain('app://cellwright/experiments/1');
    expect(app.windows()).toHaveLength(1);
    faults.length = before;
  });

  it('survives a crash of the page', async () => {
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer());
    await expectPage(async () => {
      const title = await app.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript('document.title'),
      );
      expect(title).toContain('Cellwright');
    }).toPass();
  });

  it('opens on the screen of a link at its next start', async () => {
    await app.close();
    ({ app, page } = await launch('cellwright://experiments/1/trials/2'));
    await page.waitForURL('app://cellwright/experiments/1/trials/2');
    expect(faults).toEqual([]);
  });
});
