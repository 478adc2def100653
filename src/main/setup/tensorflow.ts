import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import { askNvidia, gpuSign } from './gpu.ts';
import { folderBytes, hashFile } from './npm-package.mjs';
import { runProgram } from './program.ts';
import { makeScratch, type SetupContext, type SetupStep } from './step.ts';
import { complaint, findPython } from './tools.ts';
import { type TensorFlowBuild, type TensorFlowPin, tensorflowPin, type Wheel } from './wheels.ts';

const UNPACKER = fileURLToPath(new URL('native/unpack-wheel.py', import.meta.url));

/** The two libraries, and only those of the 13,000 headers that the binding includes. */
const TENSORFLOW_ENTRIES = [
  'tensorflow/libtensorflow_cc.so.2',
  'tensorflow/libtensorflow_framework.so.2',
  'tensorflow/include/tensorflow/c/',
  'tensorflow/include/tensorflow/core/platform/ctstring',
  'tensorflow/include/tsl/platform/ctstring',
  'tensorflow/include/xla/tsl/c/',
];
/** Laid beside it as in a site-packages folder, where the libraries' own runpath ($ORIGIN/../nvidia/…/lib) looks. */
const NVIDIA_ENTRIES = ['nvidia/', '!/include/'];

interface Stamp {
  readonly build: TensorFlowBuild;
  /** Hash of the first wheel: changes with every version and build. */
  readonly wheel: string;
  readonly sizes: Readonly<Record<string, number>>;
  /** What the kernel knew of NVIDIA GPUs when the build was chosen. */
  readonly gpuSign: string;
}

/** The folder that holds `tensorflow/` and, in the CUDA build, `nvidia/`. */
export function tensorflowSite(home: string): string {
  return path.join(home, 'tensorflow');
}

/** What set-up put there; null when it is not complete. */
export function readTensorflowStamp(home: string): Stamp | null {
  const site = tensorflowSite(home);
  try {
    const stamp = JSON.parse(readFileSync(path.join(site, 'stamp.json'), 'utf8')) as Stamp;
    const whole = Object.entries(stamp.sizes).every(
      ([file, size]) => statSync(path.join(site, file), { throwIfNoEntry: false })?.size === size,
    );
    return whole ? stamp : null;
  } catch {
    // No stamp, or one that a crash left half-written: not complete.
    return null;
  }
}

/** A build that is asked for by CELLWRIGHT_TENSORFLOW, or null where the machine decides. */
function askedBuild(env: NodeJS.ProcessEnv): TensorFlowBuild | null {
  const asked = env.CELLWRIGHT_TENSORFLOW;
  if (asked === undefined || asked === '') return null;
  if (asked === 'cpu' || asked === 'cuda') return asked;
  throw new WorkbenchError('invalid_input', `CELLWRIGHT_TENSORFLOW is "${asked}": it must be cpu or cuda.`);
}

function pinFor(build: TensorFlowBuild): TensorFlowPin {
  const pin = tensorflowPin(process.platform, process.arch, build);
  if (pin !== null) return pin;
  throw new WorkbenchError('unavailable', `TensorFlow has no library for ${process.platform} on ${process.arch}.`);
}

/** True where libtensorflow comes from Python's wheel; elsewhere the npm package brings a prebuilt one. */
export function usesWheel(): boolean {
  return process.platform === 'linux';
}

function isDone({ home, env }: SetupContext): boolean {
  if (!usesWheel()) return true;
  const stamp = readTensorflowStamp(home);
  if (stamp === null) return false;
  const asked = askedBuild(env);
  if (asked === null && stamp.gpuSign !== gpuSign()) return false;
  return stamp.wheel === pinFor(asked ?? stamp.build).wheels[0]?.sha256;
}

async function chooseBuild(env: NodeJS.ProcessEnv): Promise<TensorFlowBuild> {
  return askedBuild(env) ?? ((await askNvidia(env)) === null ? 'cpu' : 'cuda');
}

/** Fetches one wheel into `target` through the user's own pip settings and checks it against our hash. */
async function fetchWheel(wheel: Wheel, target: string, pin: TensorFlowPin, python: string, context: SetupContext) {
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
    for (const platform of pin.platforms) choice.push('--platform', platform);
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
async function isWhole(wheel: Wheel, file: string): Promise<boolean> {
  if (!existsSync(file)) return false;
  const whole = await checkWheel(wheel, file).then(
    () => true,
    () => false,
  );
  if (!whole) rmSync(file, { force: true });
  return whole;
}

/** Unpacks every wheel into a folder beside the final one; a wheel that is done is not fetched again. */
async function layOut(pin: TensorFlowPin, partial: string, context: SetupContext): Promise<void> {
  const { home, env, progress, signal } = context;
  const python = await findPython(env);
  if (python === null) throw new WorkbenchError('unavailable', 'Python 3 was not found.');
  for (const wheel of pin.wheels) {
    const mark = path.join(partial, '.unpacked', wheel.sha256);
    if (existsSync(mark)) continue;
    const file = path.join(home, 'downloads', `${wheel.name}-${wheel.sha256.slice(0, 16)}.whl`);
    if (!(await isWhole(wheel, file))) await fetchWheel(wheel, file, pin, python.command, context);
    const isTensorflow = wheel === pin.wheels[0];
    progress.step(
      `unpacking ${wheel.name} ${wheel.version}`,
      isTensorflow && pin.build === 'cpu' ? pin.unpackedBytes : 0,
    );
    await unpackWheel(file, partial, isTensorflow ? TENSORFLOW_ENTRIES : NVIDIA_ENTRIES, python.command, {
      signal,
      onBytes: progress.update,
    });
    mkdirSync(path.dirname(mark), { recursive: true });
    writeFileSync(mark, '');
    rmSync(file, { force: true });
  }
}

async function run(context: SetupContext): Promise<void> {
  const { home, env } = context;
  const sign = gpuSign();
  const pin = pinFor(await chooseBuild(env));
  const site = tensorflowSite(home);
  const current = readTensorflowStamp(home);
  if (current !== null && current.wheel === pin.wheels[0]?.sha256) {
    // Only the sign of a GPU has changed, and the choice is the same.
    return writeStamp(site, { ...current, gpuSign: sign });
  }
  const partial = path.join(home, `tensorflow.${pin.wheels[0]?.sha256.slice(0, 12)}.partial`);
  for (const name of readdirSync(home)) {
    const left = path.join(home, name);
    if (/^tensorflow\..*\.partial$/.test(name) && left !== partial) rmSync(left, { recursive: true, force: true });
  }
  await layOut(pin, partial, context);
  const sizes: Record<string, number> = {};
  for (const file of TENSORFLOW_ENTRIES.slice(0, 2)) sizes[file] = statSync(path.join(partial, file)).size;
  writeStamp(partial, { build: pin.build, wheel: pin.wheels[0]?.sha256 ?? '', sizes, gpuSign: sign });
  const old = makeScratch(home, 'old-tensorflow');
  if (existsSync(site)) renameSync(site, path.join(old, 'site'));
  renameSync(partial, site);
  rmSync(old, { recursive: true, force: true });
}

function writeStamp(site: string, stamp: Stamp): void {
  const file = path.join(site, 'stamp.json');
  writeFileSync(`${file}.partial`, `${JSON.stringify(stamp)}\n`, { flush: true });
  renameSync(`${file}.partial`, file);
}

/** libtensorflow from Python's wheel: the CUDA build where an NVIDIA GPU answers, else the one for the processor. */
export const tensorflowStep: SetupStep = {
  name: 'tensorflow',
  isDone,
  tools: () => (usesWheel() ? ['python', 'pip'] : []),
  space: ({ home, env }) => {
    const pin = pinFor(askedBuild(env) ?? (gpuSign() === '' ? 'cpu' : 'cuda'));
    const largest = Math.max(...pin.wheels.map((wheel) => wheel.sizeBytes));
    return { folder: home, bytes: pin.unpackedBytes + 2 * largest };
  },
  run,
};
