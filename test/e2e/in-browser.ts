import type { Browser, BrowserContextOptions, Page } from '@playwright/test';
import { openChromium } from '../../src/main/bench/chromium.ts';
import type { Headless } from '../../src/main/headless.ts';
import { homeFolder } from '../../src/main/setup/runtime.mjs';
import type { WorkbenchClient } from '../../src/shared/rpc/client.ts';
import { describeUnless } from '../left-out.ts';
import { strictPage } from './strict-browser.ts';

const WITHOUT = process.env.CELLWRIGHT_NO_BROWSER === '1' ? 'in a browser (CELLWRIGHT_NO_BROWSER is 1)' : null;

/** Tests in a browser, left out only where the environment says so. */
export const describeInBrowser = (name: string, define: () => void): void => describeUnless(WITHOUT, name, define);

/** The browser that set-up brought; fails with the remedy where there is none. */
export const openBrowser = (more: readonly string[] = []): Promise<Browser> => openChromium(homeFolder(), more);

interface Served {
  start(): Promise<Headless>;
  remove(): void;
}

export interface Opening {
  /** What the search needs before the page is opened, asked past it. */
  readonly prepare?: (client: WorkbenchClient, headless: Headless) => Promise<unknown>;
  readonly context?: BrowserContextOptions;
  /** Of everything that is waited for on the page. */
  readonly timeoutMs?: number;
}

export interface Opened {
  readonly headless: Headless;
  /** Asks past the page. */
  readonly client: WorkbenchClient;
  readonly browser: Browser;
  readonly page: Page;
  /** What must not happen on the page, as it happens. */
  readonly faults: string[];
  /** Closes all of it and removes the project. */
  close(): Promise<void>;
}

/** Serves a project and opens a browser that it lets in, on Home. Leaves nothing open where it fails. */
export async function openWorkbench(project: Served, opening: Opening = {}): Promise<Opened> {
  const { prepare, context, timeoutMs = 20_000 } = opening;
  let headless: Headless | undefined;
  let browser: Browser | undefined;
  const close = async (): Promise<void> => {
    await browser?.close();
    await headless?.close();
    project.remove();
  };
  try {
    headless = await project.start();
    const { client } = headless.workbench.connect();
    await prepare?.(client, headless);
    browser = await openBrowser();
    const { page, faults } = await strictPage(browser, context);
    page.setDefaultTimeout(timeoutMs);
    await letIn(page, headless);
    return { headless, client, browser, page, faults, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Follows a link of the workbench to Home. */
export async function letIn(page: Page, { server }: Headless): Promise<void> {
  await page.goto(server.link());
  await page.getByRole('heading', { name: 'Searches' }).waitFor();
}
