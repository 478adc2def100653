import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lastLine, runProgram } from '../fetch/program.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Electron's program is some 110 MB; whoever waits longer than this for it gets the page in a browser. Ours. */
const FETCH_LIMIT_MS = 5 * 60_000;
/** An Electron that fails sooner never showed a window: its sandbox or its libraries do not suit this system. Ours. */
const SHOWN_AFTER_MS = 15_000;

/** Whether a window would be seen: this machine's own screen, or one that X11 or Wayland names. */
export function hasDisplay(platform: NodeJS.Platform, environment: Environment): boolean {
  if (platform === 'linux') return Boolean(environment.DISPLAY || environment.WAYLAND_DISPLAY);
  return !environment.SSH_CONNECTION;
}

/** Electron's program as its package has it, or null. */
export function installedElectron(root: string, environment: Environment): string | null {
  const folder = join(root, 'node_modules', 'electron');
  const name = join(folder, 'path.txt');
  if (!existsSync(name)) return null;
  const program = join(
    environment.ELECTRON_OVERRIDE_DIST_PATH || join(folder, 'dist'),
    readFileSync(name, 'utf8').trim(),
  );
  return existsSync(program) ? program : null;
}

export interface ElectronSearch {
  /** The folder with node_modules. */
  readonly root: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly tell: (sentence: string) => void;
}

export type FoundElectron = { readonly program: string } | { readonly program: null; readonly reason: string };

/** Electron's program, fetched once by its package's own installer where it is not there; else why there is none. */
export async function findElectron({ root, environment, tell }: ElectronSearch): Promise<FoundElectron> {
  const installed = installedElectron(root, environment);
  if (installed !== null) return { program: installed };
  const installer = join(root, 'node_modules', 'electron', 'install.js');
  if (!existsSync(installer)) return { program: null, reason: 'it is not among the packages' };
  tell('Fetching Electron, about 110 MB, once.');
  const result = await runProgram(process.execPath, [installer], { env: environment, timeoutMs: FETCH_LIMIT_MS });
  const fetched = installedElectron(root, environment);
  if (result.code === 0 && fetched !== null) return { program: fetched };
  return { program: null, reason: reasonOf(result.stderr) };
}

/** Without addresses, which may be a company's own. */
function reasonOf(words: string): string {
  const line = words.split('\n').find((text) => /Error|E[A-Z]{4,}/.test(text)) ?? lastLine(words);
  const reason = line.trim().replace(/https?:\/\/\S+/g, 'its server');
  return reason === '' ? 'it took too long' : reason.slice(0, 160);
}

export interface WindowStart {
  readonly electron: string;
  /** The folder with package.json, whose `main` Electron runs. */
  readonly root: string;
  readonly project: string;
  readonly home: string;
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * Runs the window until it is closed. False when Electron could not show one. Signals are passed on, so that it saves
 * what runs; Ctrl-C reaches it by itself.
 */
export async function runWindow({ electron, root, project, home, environment }: WindowStart): Promise<boolean> {
  const startedAt = performance.now();
  const child = spawn(electron, [root, `--project=${project}`], {
    stdio: ['ignore', 'inherit', 'inherit'],
    // The Node that runs this trains the trials: Electron's own program can't.
    env: { ...environment, CELLWRIGHT_HOME: home, CELLWRIGHT_NODE: process.execPath },
  });
  const pass = (signal: NodeJS.Signals): void => void child.kill(signal);
  const hold = (): void => undefined;
  process.on('SIGTERM', pass).on('SIGHUP', pass).on('SIGINT', hold);
  try {
    return await new Promise<boolean>((resolve) => {
      child.on('error', () => resolve(false));
      child.on('close', (code) => resolve(code === 0 || performance.now() - startedAt > SHOWN_AFTER_MS));
    });
  } finally {
    process.off('SIGTERM', pass).off('SIGHUP', pass).off('SIGINT', hold);
  }
}
