import { existsSync } from 'node:fs';
import { type Browser, chromium } from '@playwright/test';
import { WorkbenchError } from '../../shared/workbench-error.ts';

/** The browser that Playwright fetched, else the system's; null when there is none. */
export function findChromium(): string | null {
  return (
    [chromium.executablePath(), '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
      existsSync,
    ) ?? null
  );
}

/** Starts a browser without a window. Throws `unavailable` where there is none. */
export async function openChromium(
  more: readonly string[] = [],
  executablePath: string | null = findChromium(),
): Promise<Browser> {
  if (executablePath === null) {
    throw new WorkbenchError('unavailable', 'No Chromium was found; `npx playwright install chromium` fetches one.');
  }
  const args = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', ...more];
  return await chromium.launch({ executablePath, args });
}

/** Follows a printed link; what it gives lets further pages of this browser in. */
export async function logIn(browser: Browser, link: string) {
  const page = await browser.newPage();
  await page.goto(link);
  await page.getByRole('contentinfo').getByText('Connected').waitFor();
  const state = await page.context().storageState();
  await page.close();
  return state;
}
