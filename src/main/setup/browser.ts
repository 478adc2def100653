import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { WorkbenchError } from '../../shared/workbench-error.ts';

/** A Chromium and what it needs around it. */
export interface BrowserProgram {
  /** Absolute. */
  readonly program: string;
  /** Variables that it needs besides our own. */
  readonly env: Readonly<Record<string, string>>;
}

/** What set-up chose, after it had started it once. */
export interface ChosenBrowser extends BrowserProgram {
  readonly source: 'playwright' | 'package' | 'system';
  /** Changes with what is pinned; empty for the system's own. */
  readonly pin: string;
  /** As it answered itself. */
  readonly version: string;
  readonly sizeBytes: number;
}

export function browserFolder(home: string): string {
  return path.join(home, 'browser');
}

export function chosenBrowserFile(home: string): string {
  return path.join(browserFolder(home), 'chosen.json');
}

/** The browser that tests, screenshots and benches drive; null where set-up has chosen none or it has gone since. */
export function findBrowser(home: string): ChosenBrowser | null {
  try {
    const chosen = JSON.parse(readFileSync(chosenBrowserFile(home), 'utf8')) as ChosenBrowser;
    return statSync(chosen.program).size === chosen.sizeBytes ? chosen : null;
  } catch {
    // Nothing was chosen yet, or its program is not there any more: set-up chooses again.
    return null;
  }
}

/** As `findBrowser`; throws `unavailable`, with the remedy, where there is none. */
export function requireBrowser(home: string): ChosenBrowser {
  const chosen = findBrowser(home);
  if (chosen !== null) return chosen;
  throw new WorkbenchError('unavailable', 'There is no browser yet: `npm run setup -- --browser` brings one.');
}

/** The sandbox refuses to start as root, and in most containers as anybody. Nothing of ours is drawn by a GPU. */
const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'];

/** A Chromium without a window takes its language from here; from `C` it makes `en-US@posix`, which Intl refuses. */
const LANGUAGE = { LC_ALL: 'en_US.UTF-8' };

/** How Playwright starts it. */
export function launchOptions({ program, env }: BrowserProgram, more: readonly string[] = []) {
  return {
    executablePath: program,
    args: [...ARGUMENTS, ...more],
    env: { ...process.env, ...LANGUAGE, ...env },
  };
}
