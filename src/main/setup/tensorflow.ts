import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import { makeScratch } from '../fetch/scratch.ts';
import { askNvidia, gpuSign } from './gpu.ts';
import type { SetupContext, SetupStep } from './step.ts';
import { findPython } from './tools.ts';
import { fetchWheel, isWhole, unpackWheel } from './wheel-files.ts';
import { type TensorFlowBuild, type TensorFlowPin, tensorflowPin } from './wheels.ts';

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

/** Unpacks every wheel into a folder beside the final one; a wheel that is done is not fetched again. */
async function layOut(pin: TensorFlowPin, partial: string, context: SetupContext): Promise<void> {
  const { home, env, progress, signal } = context;
  const python = await findPython(env);
  if (python === null) throw new WorkbenchError('unavailable', 'Python 3 was not found.');
  for (const wheel of pin.wheels) {
    const mark = path.join(partial, '.unpacked', wheel.sha256);
    if (existsSync(mark)) continue;
    const file = path.join(home, 'downloads', `${wheel.name}-${wheel.sha256.slice(0, 16)}.whl`);
    if (!(await isWhole(wheel, file))) await fetchWheel(wheel, file, pin.platforms, python.command, context);
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
