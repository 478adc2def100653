import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import { npmProgram, npmReason } from '../fetch/npm-package.mjs';
import { runProgram } from '../fetch/program.ts';
import type { SetupContext, SetupStep } from './step.ts';

interface LockEntry {
  readonly version?: string;
  readonly integrity?: string;
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
}

type LockEntries = Readonly<Record<string, LockEntry>>;

/** About what node_modules takes, with npm's cache beside it. */
const PACKAGES_BYTES = 800_000_000;

function lockHash(root: string): string {
  return createHash('sha256')
    .update(readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex');
}

function stampFile(root: string): string {
  return path.join(root, 'node_modules', '.cellwright-lock');
}

function readEntries(file: string): LockEntries | null {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { packages: LockEntries }).packages;
  } catch {
    // npm's own record is missing or half-written: as good as no packages at all.
    return null;
  }
}

function fits(allowed: readonly string[] | undefined, value: string): boolean {
  if (allowed === undefined || allowed.length === 0) return true;
  return allowed.includes(value) || (allowed.every((name) => name.startsWith('!')) && !allowed.includes(`!${value}`));
}

/**
 * An optional package may be absent unless it says that it is for this very system: the others are for other systems,
 * other C libraries, or only wanted by such a package.
 */
function mayBeAbsent({ optional, os, cpu, libc }: LockEntry): boolean {
  if (optional !== true) return false;
  const isForUs = os !== undefined && cpu !== undefined && fits(os, process.platform) && fits(cpu, process.arch);
  return !isForUs || libc !== undefined;
}

/** Whether what npm recorded in node_modules is what package-lock.json asks for. */
export function matchesLock(wanted: LockEntries, installed: LockEntries): boolean {
  const extra = Object.keys(installed).some((name) => name !== '' && wanted[name] === undefined);
  if (extra) return false;
  return Object.entries(wanted).every(([name, entry]) => {
    if (name === '') return true;
    const found = installed[name];
    if (found === undefined) return mayBeAbsent(entry);
    return found.version === entry.version && found.integrity === entry.integrity;
  });
}

function isDone({ root }: SetupContext): boolean {
  const stamp = stampFile(root);
  const hash = lockHash(root);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8').trim() === hash) return true;
  // Somebody may have installed the same packages by hand.
  const wanted = readEntries(path.join(root, 'package-lock.json'));
  const installed = readEntries(path.join(root, 'node_modules', '.package-lock.json'));
  if (wanted === null || installed === null || !matchesLock(wanted, installed)) return false;
  writeFileSync(stamp, `${hash}\n`);
  return true;
}

/** Packages that lie in node_modules so far, scopes counted by their members. */
async function countPackages(root: string): Promise<number> {
  const folder = path.join(root, 'node_modules');
  const names = await readdir(folder).catch(() => []);
  const counts = names.map(async (name) =>
    name.startsWith('@') ? (await readdir(path.join(folder, name)).catch(() => [])).length : 1,
  );
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}

async function run({ root, env, progress, signal }: SetupContext): Promise<void> {
  progress.step('installing the packages', 0);
  const timer = setInterval(() => {
    void countPackages(root).then((count) => progress.update(count));
  }, 500);
  const { command, prefix, shell } = npmProgram(env);
  try {
    // The tools for tests and the headers that the binding is built with are among the development packages.
    const args = [...prefix, 'ci', '--ignore-scripts', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
    const result = await runProgram(command, args, { cwd: root, env, shell, signal });
    if (result.code !== 0) throw failure(result.stderr);
  } finally {
    clearInterval(timer);
  }
  writeFileSync(stampFile(root), `${lockHash(root)}\n`);
}

function failure(words: string): WorkbenchError {
  const reason = npmReason(words);
  if (reason.includes('ENOSPC')) return new WorkbenchError('disk_full', `npm found the disk full: free some space.`);
  if (/EACCES|EROFS|EPERM/.test(reason)) {
    return new WorkbenchError(
      'read_only',
      `npm can't write node_modules (${reason}): make the project's folder writable.`,
    );
  }
  return new WorkbenchError(
    'unavailable',
    `npm could not install the packages (${reason}). Check the network and \`npm config get registry\`, then run the same command again.`,
  );
}

/** The npm packages of package-lock.json, without their install scripts. */
export const packagesStep: SetupStep = {
  name: 'packages',
  isDone,
  tools: () => ['npm'],
  space: ({ root }) => ({ folder: root, bytes: PACKAGES_BYTES }),
  run,
};
