import { join } from 'node:path';
import type { Browser, Page } from '@playwright/test';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Headless, startHeadless } from '../../src/main/headless.ts';
import { pageBuildConfig } from '../../src/main/server/page-build.ts';
import { ScriptedQueue } from '../main/search/scripted-queue.ts';
import { scratchFolder, smallConfig, writeSmallDataset } from '../main/workbench/small-project.ts';
import { describeInBrowser, openBrowser } from './in-browser.ts';
import { expectPage } from './patient-page.ts';
import { asForPeople } from './served-workbench.ts';
import { strictPage } from './strict-browser.ts';

/** Bytes over the wire of JavaScript and CSS for the first sight of a screen, and of fonts (issue 6). */
const LARGEST = { home: 300_000, search: 500_000, fonts: 130_000 };

let scratch: ReturnType<typeof scratchFolder>;
const warnings: string[] = [];

beforeAll(async () => {
  scratch = scratchFolder();
  const config = await pageBuildConfig();
  const note = (message: string): void => void warnings.push(message);
  const { build, createLogger } = await import('vite');
  const customLogger = { ...createLogger('silent'), warn: note, warnOnce: note, error: note };
  const outDir = join(scratch.folder, 'page');
  await asForPeople(() =>
    build({ ...config, configFile: false, customLogger, build: { ...config.build, outDir, emptyOutDir: true } }),
  );
});
afterAll(() => scratch.remove());

it('is built without a warning', () => {
  expect(warnings).toEqual([]);
});

describeInBrowser('the page on its way to the browser', () => {
  let headless: Headless;
  let browser: Browser;
  beforeAll(async () => {
    writeSmallDataset(scratch.folder);
    headless = await startHeadless({
      projectFolder: join(scratch.folder, 'project'),
      home: scratch.folder,
      openQueue: () => new ScriptedQueue(),
      pageFolder: join(scratch.folder, 'page'),
      host: '127.0.0.1',
      port: 17_423,
      tls: null,
      allowedHosts: [],
    });
    const { client } = headless.workbench.connect();
    await client.call('experiment.create', { config: smallConfig() });
    await expectPage.poll(async () => (await client.call('experiment.get', { experiment: 1 })).state).toBe('completed');
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await headless?.close();
  });

  /** Opens a screen in a browser that has never seen the page, but holds its cookie. */
  async function firstLoad(path: string, drawn: (page: Page) => Promise<void>) {
    const visitor = await strictPage(browser);
    await visitor.page.goto(headless.server.link());
    await expectPage(visitor.page.getByRole('heading', { name: 'Searches' })).toBeVisible();
    const storageState = await visitor.page.context().storageState();
    await visitor.page.context().close();
    const { page } = await strictPage(browser, { storageState });
    const files: { path: string; encoding: string | undefined; bytes: number }[] = [];
    const sized: Promise<void>[] = [];
    page.on('requestfinished', (request) => {
      const measure = async (): Promise<void> => {
        const { responseBodySize, responseHeadersSize } = await request.sizes();
        const encoding = (await (await request.response())?.allHeaders())?.['content-encoding'];
        files.push({ path: new URL(request.url()).pathname, encoding, bytes: responseBodySize + responseHeadersSize });
      };
      sized.push(measure());
    });
    await page.goto(headless.server.address + path);
    await drawn(page);
    await page.waitForLoadState('networkidle');
    await Promise.all(sized);
    await page.context().close();
    const total = (ending: RegExp): number =>
      files.filter((file) => ending.test(file.path)).reduce((sum, { bytes }) => sum + bytes, 0);
    return { files, code: total(/\.(js|css)$/), fonts: total(/\.woff2$/) };
  }

  const seesHome = (page: Page) => expectPage(page.getByText('made for a test')).toBeVisible();
  const seesSearch = (page: Page) => expectPage(page.getByRole('option').first()).toBeVisible();

  it('is small: Home and its fonts', async () => {
    const { code, fonts } = await firstLoad('/', seesHome);
    console.log(`Home: ${code} bytes of JavaScript and CSS, ${fonts} bytes of fonts`);
    expect(code).toBeGreaterThan(50_000);
    expect(code).toBeLessThanOrEqual(LARGEST.home);
    expect(fonts).toBeGreaterThan(10_000);
    expect(fonts).toBeLessThanOrEqual(LARGEST.fonts);
  });

  it('is small: Search with its graphs and charts, and its fonts', async () => {
    const { code, fonts } = await firstLoad('/experiments/1', seesSearch);
    console.log(`Search: ${code} bytes of JavaScript and CSS, ${fonts} bytes of fonts`);
    expect(code).toBeGreaterThan(50_000);
    expect(code).toBeLessThanOrEqual(LARGEST.search);
    expect(fonts).toBeLessThanOrEqual(LARGEST.fonts);
  });

  it('is compressed wherever that saves something', async () => {
    const { files } = await firstLoad('/experiments/1', seesSearch);
    const texts = files.filter(({ path }) => /\.(js|css|svg)$/.test(path) || path.startsWith('/experiments'));
    expect(texts.length).toBeGreaterThan(3);
    for (const { path, encoding } of texts) expect([path, encoding]).toEqual([path, 'br']);
  });
});
