import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from '@playwright/test';

/** The browser that Playwright fetched, else the system's; null when there is none. */
export function findChromium(): string | null {
  return [chromium.executablePath(), '/usr/bin/chromium', '/usr/bin/google-chrome'].find(existsSync) ?? null;
}

export function openBrowser(executablePath: string, more: readonly string[] = []): Promise<Browser> {
  const args = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', ...more];
  return chromium.launch({ executablePath, args });
}

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
  return { page, faults };
}
