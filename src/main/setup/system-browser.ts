import { existsSync } from 'node:fs';
import path from 'node:path';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import type { BrowserProgram } from './browser.ts';
import type { SetupContext } from './step.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Where those two systems put it, which is not on the PATH. */
function usualPlaces(env: NodeJS.ProcessEnv): string[] {
  if (process.platform === 'darwin') return ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'];
  if (process.platform !== 'win32') return [];
  const folders = [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA].filter(
    (folder) => folder !== undefined,
  );
  return folders.map((folder) => path.join(folder, 'Google', 'Chrome', 'Application', 'chrome.exe'));
}

/** The system's own Chromium or Chrome. Throws `unavailable` where there is none. */
export function findSystemBrowser({ env }: SetupContext): BrowserProgram[] {
  const folders = (env.PATH ?? '').split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  const places = [...folders.flatMap((folder) => NAMES.map((name) => path.join(folder, name))), ...usualPlaces(env)];
  const program = places.find((place) => existsSync(place));
  if (program === undefined) throw new WorkbenchError('unavailable', 'the system has no Chromium on the PATH');
  return [{ program, env: {} }];
}
