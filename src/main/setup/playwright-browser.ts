import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import { folderBytes } from '../fetch/npm-package.mjs';
import { runProgram } from '../fetch/program.ts';
import { makeScratch } from '../fetch/scratch.ts';
import { type BrowserProgram, browserFolder } from './browser.ts';
import type { SetupContext } from './step.ts';
import { complaint } from './tools.ts';

/** A download that has sent nothing by then does not answer; a refused one ends sooner by itself. Ours. */
const ANSWER_LIMIT_MS = 30_000;

/** The Chromium that this version of Playwright was made with. */
export function playwrightPin(root: string): string {
  const file = path.join(root, 'node_modules', 'playwright-core', 'package.json');
  return `playwright ${(JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version}`;
}

/** Where Playwright has its Chromium, or would have it, in an environment. */
async function programPath(root: string, env: NodeJS.ProcessEnv): Promise<string> {
  const source = `import { chromium } from '@playwright/test'; console.log(chromium.executablePath())`;
  const result = await runProgram(process.execPath, ['--input-type=module', '--eval', source], { cwd: root, env });
  return result.stdout.trim();
}

/** Runs Playwright's own installer, which checks what it fetches; gives up where nothing comes. */
async function install(program: string, env: NodeJS.ProcessEnv, context: SetupContext): Promise<void> {
  const { root, home, progress, signal } = context;
  const scratch = makeScratch(home, 'playwright');
  const silence = new AbortController();
  const giveUp = setTimeout(() => silence.abort(), ANSWER_LIMIT_MS);
  let isTold = false;
  const watch = setInterval(async () => {
    const bytes = await folderBytes(scratch);
    if (bytes === 0) return;
    clearTimeout(giveUp);
    if (!isTold) progress.step("fetching Playwright's Chromium", 0);
    isTold = true;
  }, 250);
  try {
    const installer = path.join(root, 'node_modules', 'playwright-core', 'cli.js');
    const args = [installer, 'install', 'chromium', '--no-shell', '--no-progress', '--no-remove'];
    const result = await runProgram(process.execPath, args, {
      cwd: root,
      env: { PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: '3000', ...env, TMPDIR: scratch },
      signal: AbortSignal.any([signal, silence.signal]),
    });
    // It fetches a recorder of videos as well, which nothing of ours needs.
    if (!existsSync(program)) throw new WorkbenchError('unavailable', reasonOf(result.stderr));
  } catch (error) {
    if (!silence.signal.aborted || signal.aborted) throw error;
    throw new WorkbenchError('unavailable', "Playwright's download does not answer");
  } finally {
    clearTimeout(giveUp);
    clearInterval(watch);
    rmSync(scratch, { recursive: true, force: true });
  }
}

function reasonOf(words: string): string {
  const line = words.split('\n').find((text) => /^Error: /.test(text)) ?? words;
  // The code alone where there is one: the rest is an address.
  const reason = /\bE[A-Z]{4,}\b/.exec(line)?.[0] ?? complaint(line).replace('Error: ', '');
  return `Playwright's download fails (${reason})`;
}

/** Playwright's Chromium: where somebody has it already, else below `home`. Rejects with `unavailable`, `cancelled`. */
export async function bringPlaywrightBrowser(context: SetupContext): Promise<BrowserProgram[]> {
  const { root, home, env } = context;
  const there = await programPath(root, env);
  if (existsSync(there)) return [{ program: there, env: {} }];
  const own = { ...env, PLAYWRIGHT_BROWSERS_PATH: path.join(browserFolder(home), 'playwright') };
  const program = await programPath(root, own);
  if (!existsSync(program)) await install(program, own, context);
  return [{ program, env: {} }];
}
