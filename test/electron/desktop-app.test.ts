import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page, expect as playwrightExpect } from '@playwright/test';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildProgram } from '../../src/main/electron/program-build.ts';
import { buildPage } from '../../src/main/server/page-build.ts';
import { homeFolder, PROJECT_ROOT } from '../../src/main/setup/runtime.mjs';
import { connectToRunning, type RunningWorkbench } from '../../src/main/terminal/running-workbench.ts';
import { DEFAULT_PROJECT } from '../../src/main/terminal/terminal.ts';
import { hasDisplay, installedElectron } from '../../src/main/terminal/window.ts';
import { type StorySetting, tellStory } from '../e2e/story.ts';
import { describeUnless } from '../left-out.ts';
import { type DesktopHome, desktopHome } from '../main/electron/desktop-home.ts';
import { scratchFolder } from '../main/workbench/small-project.ts';

// The real window, wherever Electron's program and a display are: first what only a window has, on scripted trials,
// then the story that a browser is told as well.

const program = installedElectron(PROJECT_ROOT, process.env);
function reasonAgainst(): string | null {
  if (program === null) return 'in the desktop app (Electron’s program is not here; `npm start` fetches it)';
  return hasDisplay(process.platform, process.env) ? null : 'in the desktop app (there is no display)';
}
const WITHOUT = reasonAgainst();

const expectPage = playwrightExpect.configure({ timeout: 20_000 });
const TRIALS = 4;

describeUnless(WITHOUT, 'the desktop app', () => {
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
    return launchWindow(home.environment, faults, links);
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
    await page.getByLabel('subset.training.most').fill('30');
    await page.getByLabel('subset.validation.most').fill('8');
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

describeUnless(WITHOUT, 'the story in the desktop app', () => {
  const faults: string[] = [];
  let folder: string;
  let remove: () => void;
  let app: ElectronApplication;
  let page: Page;
  let running: RunningWorkbench | null;

  beforeAll(async () => {
    ({ folder, remove } = scratchFolder());
    mkdirSync(join(folder, 'datasets'));
    symlinkSync(join(homeFolder(), 'datasets', 'cifar10'), join(folder, 'datasets', 'cifar10'));
    const environment = { CELLWRIGHT_HOME: folder, CELLWRIGHT_NODE: process.execPath };
    ({ app, page } = await launchWindow(environment, faults));
    await page.getByRole('heading', { name: 'Searches' }).waitFor();
    running = await connectToRunning(join(folder, DEFAULT_PROJECT), folder);
  });
  afterAll(async () => {
    running?.close();
    await app?.close();
    remove();
  });

  tellStory(
    (): StorySetting => ({
      page,
      ask: (procedure, input) => {
        if (running === null) throw new Error('The app serves no programs.');
        return running.client.call(procedure, input);
      },
      open: async (path) => {
        await page.goto(`app://cellwright${path}`);
      },
      saved: async (press) => {
        const file = join(folder, 'saved');
        const isSaved = app.evaluate(
          ({ session }, path) =>
            new Promise<string>((resolve) => {
              session.defaultSession.once('will-download', (_event, item) => {
                item.setSavePath(path);
                item.once('done', (_done, state) => resolve(state));
              });
            }),
          file,
        );
        await press();
        expect(await isSaved).toBe('completed');
        return readFileSync(file, 'utf8');
      },
    }),
  );

  it('had no console error and no violation of its policy', () => {
    expect(faults).toEqual([]);
  });
});

async function launchWindow(
  environment: Readonly<Record<string, string>>,
  faults: string[],
  links: readonly string[] = [],
): Promise<{ app: ElectronApplication; page: Page }> {
  // Chromium's sandbox refuses to run as root.
  const flags = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const app = await _electron.launch({
    executablePath: program ?? '',
    args: [...flags, PROJECT_ROOT, ...links],
    env: { ...(process.env as Record<string, string>), ...environment },
  });
  const page = await app.firstWindow();
  page.setDefaultTimeout(20_000);
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('requestfailed', (request) => faults.push(`${request.url()}: ${request.failure()?.errorText}`));
  return { app, page };
}
