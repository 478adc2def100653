import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { createProgress } from '../../../src/main/fetch/progress.mjs';
import { PROJECT_ROOT } from '../../../src/main/setup/runtime.mjs';
import type { SetupContext } from '../../../src/main/setup/step.ts';

/** A folder of this test alone, removed when it ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'cellwright-setup-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A server on this machine, stopped when the test ends; its address without a slash. */
export async function localServer(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** An address of this machine where nothing listens. */
export const NOBODY = 'http://127.0.0.1:9';

/** npm's environment with a registry of our own and no patience, as it is under `npm run --silent`. */
export function npmEnvironment(registry: string): NodeJS.ProcessEnv {
  const own = { npm_config_registry: registry, npm_config_fetch_retries: '0', npm_config_loglevel: 'silent' };
  return { ...process.env, ...own, NO_PROXY: '127.0.0.1' };
}

/** pip's environment with an index of our own, no patience, and without the settings of the machine. */
export function pipEnvironment(index: string): NodeJS.ProcessEnv {
  const own = { PIP_CONFIG_FILE: '/dev/null', PIP_INDEX_URL: `${index}/simple`, PIP_RETRIES: '0', PIP_TIMEOUT: '5' };
  return { ...process.env, ...own, NO_PROXY: '127.0.0.1', PIP_NO_INDEX: '', PIP_FIND_LINKS: '' };
}

export function contextFor(home: string, env: NodeJS.ProcessEnv, signal?: AbortSignal): SetupContext {
  const progress = createProgress({ write: () => true });
  return { root: PROJECT_ROOT, home, env, progress, signal: signal ?? new AbortController().signal };
}

/** Packs files as npm does, below `folder`; answers with the archive's path. */
export function packFiles(folder: string, files: Readonly<Record<string, string | Buffer>>): string {
  const source = path.join(folder, 'source');
  mkdirSync(source);
  writeFileSync(path.join(source, 'package.json'), JSON.stringify({ name: 'cellwright-probe', version: '1.0.0' }));
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(source, file)), { recursive: true });
    writeFileSync(path.join(source, file), text);
  }
  execFileSync('npm', ['pack', source, '--pack-destination', folder], { stdio: 'ignore', cwd: folder });
  return path.join(folder, 'cellwright-probe-1.0.0.tgz');
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly durationMs: number;
}

/** Runs a program to its end; `onOutput` sees everything it has said so far. */
export function runToEnd(
  command: string,
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; onOutput?: (said: string, kill: (signal: NodeJS.Signals) => void) => void } = {},
): Promise<Ended> {
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: PROJECT_ROOT,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    const tell = () => options.onOutput?.(stdout + stderr, (signal) => child.kill(signal));
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
      tell();
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
      tell();
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr, durationMs: performance.now() - startedAt }));
  });
}

export const RUN = path.join(PROJECT_ROOT, 'src/main/setup/run.mjs');
export const SETUP = path.join(PROJECT_ROOT, 'src/main/setup/setup.ts');
