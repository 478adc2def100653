import { mkdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import { explain } from '../fetch/explain.mjs';
import { type BrowserProgram, type ChosenBrowser, chosenBrowserFile, findBrowser } from './browser.ts';
import { startOnce } from './browser-start.ts';
import { bringPackagedBrowser, PACKAGED_BROWSER_PIN, PACKAGED_BROWSER_WORK_BYTES } from './packaged-browser.ts';
import { bringPlaywrightBrowser, playwrightPin } from './playwright-browser.ts';
import type { SetupContext, SetupStep } from './step.ts';
import { findSystemBrowser } from './system-browser.ts';
import { missingTool } from './tools.ts';

interface BrowserSource {
  readonly name: ChosenBrowser['source'];
  readonly pin: (context: SetupContext) => string;
  /** Ways to start it, the best first. Throws `unavailable`, with a reason, where it can't be had. */
  readonly bring: (context: SetupContext) => BrowserProgram[] | Promise<BrowserProgram[]>;
}

/** The first that starts is taken: what is pinned goes before what happens to be there. */
const SOURCES: readonly BrowserSource[] = [
  { name: 'playwright', pin: ({ root }) => playwrightPin(root), bring: bringPlaywrightBrowser },
  { name: 'package', pin: () => PACKAGED_BROWSER_PIN, bring: bringPackagedBrowser },
  { name: 'system', pin: () => '', bring: findSystemBrowser },
];

function isDone(context: SetupContext): boolean {
  const chosen = findBrowser(context.home);
  return chosen !== null && SOURCES.find(({ name }) => name === chosen.source)?.pin(context) === chosen.pin;
}

/** A browser of one source that has been started; else why not. */
async function tryOne(source: BrowserSource, context: SetupContext): Promise<ChosenBrowser | string> {
  let ways: BrowserProgram[];
  try {
    ways = await source.bring(context);
  } catch (error) {
    const told = explain(error) as Error & { code?: string };
    // A full disk or an archive that is not the pinned one is no reason to take another browser in silence.
    if (told.code !== 'unavailable') throw told;
    return told.message.replace(/\.$/, '');
  }
  let problem = '';
  for (const way of ways) {
    context.signal.throwIfAborted();
    const started = await startOnce(way);
    if ('version' in started) {
      const sizeBytes = statSync(way.program).size;
      return { source: source.name, pin: source.pin(context), version: started.version, sizeBytes, ...way };
    }
    problem = started.problem;
  }
  return problem;
}

async function run(context: SetupContext): Promise<void> {
  const reasons: string[] = [];
  for (const source of SOURCES) {
    const found = await tryOne(source, context);
    if (typeof found === 'string') {
      reasons.push(found);
      continue;
    }
    const file = chosenBrowserFile(context.home);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(`${file}.partial`, `${JSON.stringify(found)}\n`, { flush: true });
    renameSync(`${file}.partial`, file);
    return;
  }
  throw new WorkbenchError(
    'unavailable',
    `No browser could be had: ${reasons.join('; ')}. Mend one of these, or get the system's own: ${missingTool('chromium').remedy}. With CELLWRIGHT_NO_BROWSER=1 \`npm test\` leaves out, and counts, the tests that need one.`,
  );
}

/** A browser for tests, screenshots and `bench workbench`, which has answered its version. */
export const browserStep: SetupStep = {
  name: 'browser',
  isDone,
  tools: () => [],
  space: ({ home }) => ({ folder: home, bytes: PACKAGED_BROWSER_WORK_BYTES }),
  run,
};
