import { type Browser, chromium } from '@playwright/test';
import { launchOptions, requireBrowser } from '../setup/browser.ts';

/** Starts the browser that set-up chose, without a window. Throws `unavailable` where there is none. */
export async function openChromium(home: string, more: readonly string[] = []): Promise<Browser> {
  return await chromium.launch(launchOptions(requireBrowser(home), more));
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
