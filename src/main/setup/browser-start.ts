import { runProgram } from '../fetch/program.ts';
import { type BrowserProgram, launchOptions } from './browser.ts';
import { complaint, missingTool } from './tools.ts';

/** It takes a second on an idle machine. Ours. */
const START_LIMIT_MS = 60_000;

/** Draws a word with the fonts of the machine and measures it. */
const WORD_WIDTH = `(() => {
  document.body.innerHTML = '<span>Cellwright</span>';
  return document.body.firstChild.getBoundingClientRect().width;
})()`;

/** Starts a browser, as tests will, and asks for its version; else what it lacks, with the command that mends it. */
export async function startOnce(browser: BrowserProgram): Promise<{ version: string } | { problem: string }> {
  // Not among the imports: set-up runs before the packages are there.
  const { chromium } = await import('@playwright/test');
  const own = { timeout: START_LIMIT_MS, handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false };
  try {
    const started = await chromium.launch({ ...launchOptions(browser), ...own });
    try {
      const width = await (await started.newPage()).evaluate<number>(WORD_WIDTH);
      if (width > 0) return { version: started.version() };
      return { problem: `${browser.program} finds no font (${missingTool('fonts').remedy})` };
    } finally {
      await started.close();
    }
  } catch (error) {
    return { problem: await whyNot(browser, error instanceof Error ? error.message : String(error)) };
  }
}

async function whyNot({ program, env }: BrowserProgram, words: string): Promise<string> {
  const seen = await runProgram('ldd', [program], { env: { ...process.env, ...env } }).catch(() => null);
  const missing = [...(seen?.stdout ?? '').matchAll(/^\s*(\S+) => not found/gm)].map(([, library]) => library);
  if (missing.length > 0) {
    const remedy = 'as root: `npx playwright install-deps chromium`, or install them with the system’s package manager';
    return `${program} lacks the libraries ${missing.join(', ')} (${remedy})`;
  }
  const told = words.split('\n').find((line) => /\[err\]|Error|Timeout/.test(line)) ?? words;
  return `${program} does not start (${complaint(told)})`;
}
