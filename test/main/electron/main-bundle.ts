import { existsSync, readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createContext, runInContext } from 'node:vm';
import { buildProgram } from '../../../src/main/electron/program-build.ts';
import { buildPage } from '../../../src/main/server/page-build.ts';
import { RecordedElectron, type Setting } from './recorded-electron.ts';

export const OUT = fileURLToPath(new URL('../../../out', import.meta.url));

/** Builds main and preload where their sources changed, and the page where there is none. */
export async function buildBundle(): Promise<void> {
  const { NODE_ENV } = process.env;
  process.env.NODE_ENV = 'production';
  try {
    await buildProgram(() => undefined);
    if (!existsSync(join(OUT, 'renderer', 'index.html'))) await buildPage(() => undefined);
  } finally {
    process.env.NODE_ENV = NODE_ENV;
  }
}

declare global {
  var recordedElectron: RecordedElectron | undefined;
}

let starts = 0;

// The bundle's `electron` is the newest recorded one; each start of the bundle is a module of its own.
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron' && context.parentURL?.includes('/out/main/')
      ? { url: `recorded:electron?${starts}`, shortCircuit: true }
      : next(specifier, context),
  load: (url, context, next) =>
    url.startsWith('recorded:electron')
      ? { format: 'module', source: recordedSource(), shortCircuit: true }
      : next(url, context),
});

function recordedSource(): string {
  const names = Object.keys(globalThis.recordedElectron?.module ?? {});
  return `const { module } = globalThis.recordedElectron; export const { ${names.join(', ')} } = module;`;
}

/** By Node itself: the test runner would compile the bundle once more. */
const NODES_OWN = 'data:text/javascript,export const importByNode = (url) => import(url)';
const { importByNode } = (await import(NODES_OWN)) as { importByNode: (url: string) => Promise<unknown> };

/** Starts the real main bundle, up to where Electron would become ready. */
export async function startMain(setting: Setting): Promise<RecordedElectron> {
  const recorded = new RecordedElectron(setting);
  globalThis.recordedElectron = recorded;
  starts++;
  const { argv } = process;
  process.argv = [...setting.argv];
  try {
    await importByNode(`${pathToFileURL(join(OUT, 'main', 'index.js')).href}?start=${starts}`);
  } finally {
    process.argv = argv;
  }
  return recorded;
}

/** Runs the real preload bundle as a sandboxed page would, with nothing around it but `require('electron')`. */
export function runPreload(electron: Record<string, unknown>): void {
  const asked: string[] = [];
  const require = (name: string): unknown => {
    asked.push(name);
    if (name !== 'electron') throw new Error(`a sandboxed preload script can't require ${name}`);
    return electron;
  };
  const context = createContext({ require, process: { platform: 'linux' } });
  runInContext(readFileSync(join(OUT, 'preload', 'preload.cjs'), 'utf8'), context);
}
