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
