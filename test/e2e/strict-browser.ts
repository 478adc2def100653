import type { Browser, BrowserContextOptions, Page } from '@playwright/test';

/**
 * A page that writes down everything which must not happen: console errors (violations of the page's policy are among
 * them), uncaught errors and failed requests.
 */
export async function strictPage(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; faults: string[] }> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('requestfailed', (request) => faults.push(`${request.url()}: ${request.failure()?.errorText}`));
  page.on('response', (response) => {
    if (response.status() >= 400) faults.push(`${response.url()}: ${response.status()}`);
  });
  leavePatiently(page);
  return { page, faults };
}

/** A test leaves no screen that still loads: what a navigation cuts off is told as a failed request. */
function leavePatiently(page: Page): void {
  const settle = async (): Promise<void> => {
    await page.waitForLoadState('networkidle');
    await page.evaluate('document.fonts.ready.then(() => undefined)');
  };
  const [goto, reload] = [page.goto.bind(page), page.reload.bind(page)];
  page.goto = async (...where) => {
    await settle();
    return await goto(...where);
  };
  page.reload = async (...how) => {
    await settle();
    return await reload(...how);
  };
}
