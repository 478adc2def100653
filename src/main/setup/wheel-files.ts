import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import { folderBytes, hashFile } from '../fetch/npm-package.mjs';
import { runProgram } from '../fetch/program.ts';
import { makeScratch } from '../fetch/scratch.ts';
import type { SetupContext } from './step.ts';
import { complaint } from './tools.ts';
import type { Wheel } from './wheels.ts';

const UNPACKER = fileURLToPath(new URL('native/unpack-wheel.py', import.meta.url));

/** Fetches one wheel into `target` through the user's own pip settings and checks it against our hash. */
export async function fetchWheel(
  wheel: Wheel,
  target: string,
  platforms: readonly string[],
  python: string,
  context: SetupContext,
): Promise<void> {
  const { home, env, progress, signal } = context;
  const scratch = makeScratch(home, 'wheel');
  const folder = path.join(scratch, 'done');
  mkdirSync(folder);
  progress.step(`fetching ${wheel.name} ${wheel.version}`, wheel.sizeBytes);
  const timer = setInterval(() => void folderBytes(scratch).then((bytes) => progress.update(bytes)), 250);
  try {
    // Another Python's wheel is as good: only its C++ libraries are used. No cache: nothing stays outside of our folder.
    const args = ['-m', 'pip', 'download', '--no-deps', '--only-binary=:all:', '--no-cache-dir', '--quiet'];
    const choice = ['--python-version', '3.12', '--implementation', 'cp'];
    for (const platform of platforms) choice.push('--platform', platform);
    const result = await runProgram(python, [...args, ...choice, '-d', folder, `${wheel.name}==${wheel.version}`], {
      env: { ...env, TMPDIR: scratch, PIP_DISABLE_PIP_VERSION_CHECK: '1', PIP_REQUIRE_VIRTUALENV: '0' },
      signal,
    });
    if (result.code !== 0) throw pipFailure(wheel, result.stderr);
    const [name] = readdirSync(folder);
    if (name === undefined) throw pipFailure(wheel, 'no file was left');
    await checkWheel(wheel, path.join(folder, name));
    mkdirSync(path.dirname(target), { recursive: true });
    renameSync(path.join(folder, name), target);
  } finally {
    clearInterval(timer);
    rmSync(scratch, { recursive: true, force: true });
  }
}

function pipFailure(wheel: Wheel, words: string): WorkbenchError {
  if (/No space left|ENOSPC/.test(words))
    return new WorkbenchError('disk_full', 'pip found the disk full: free some space.');
  const said = words.split('\n').filter((line) => line.startsWith('ERROR'));
  const reason = complaint(said[0] ?? words) || 'no reason given';
  return new WorkbenchError(
    'unavailable',
    `pip could not fetch ${wheel.name} ${wheel.version} (${reason}). Check the network and \`pip config list\`, then run the same command again.`,
  );
}

/** Refuses a wheel that is not the pinned one, to the byte. */
export async function checkWheel(wheel: Wheel, file: string): Promise<void> {
  const { size } = statSync(file);
  const found = size === wheel.sizeBytes ? await hashFile(file, 'sha256', 'hex') : `${size} bytes`;
  if (found === wheel.sha256) return;
  const what = size === wheel.sizeBytes ? 'its sha256 differs' : `it has ${size} bytes instead of ${wheel.sizeBytes}`;
  throw new WorkbenchError(
    'corrupt',
    `The wheel of ${wheel.name} ${wheel.version} is not the one that was pinned (${what}): it was not used; run the same command again.`,
  );
}

/** Unpacks what is wanted of a wheel below `folder`. */
export async function unpackWheel(
  wheel: string,
  folder: string,
  entries: readonly string[],
  python: string,
  options: { signal?: AbortSignal; onBytes?: (bytes: number) => void } = {},
): Promise<void> {
  const { signal, onBytes } = options;
  const result = await runProgram(python, [UNPACKER, wheel, folder, ...entries], {
    signal,
    onLine: (line) => onBytes?.(Number(line)),
  });
  if (result.code === 0) return;
  const reason = complaint(result.stderr);
  if (reason.startsWith('ENOSPC'))
    throw new WorkbenchError('disk_full', `The disk is full (${reason}): free some space.`);
  throw new WorkbenchError(
    'corrupt',
    `${path.basename(wheel)} could not be unpacked (${reason}): run the same command again.`,
  );
}

/** True for a wheel that an interrupted set-up left complete; what is left of a damaged one is removed. */
export async function isWhole(wheel: Wheel, file: string): Promise<boolean> {
  if (!existsSync(file)) return false;
  const whole = await checkWheel(wheel, file).then(
    () => true,
    () => false,
  );
  if (!whole) rmSync(file, { force: true });
  return whole;
}
