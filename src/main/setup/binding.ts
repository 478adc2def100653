import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import { lastLine, nodeProgram, type ProgramResult, runProgram } from '../fetch/program.ts';
import type { SetupContext, SetupStep } from './step.ts';
import { readTensorflowStamp, tensorflowSite, usesWheel } from './tensorflow.ts';
import { complaint } from './tools.ts';

const OPTIONS_HEADER = fileURLToPath(new URL('native/session-options.h', import.meta.url));
const PROOF = fileURLToPath(new URL('native/prove-tensorflow.ts', import.meta.url));
const LIBRARIES = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];

/** The npm package whose sources are built, its addon and the record of what it was built from. */
function places(root: string) {
  const packageFolder = path.join(root, 'node_modules', '@tensorflow', 'tfjs-node-gpu');
  const folder = path.join(packageFolder, 'lib', 'napi-v8');
  return {
    packageFolder,
    folder,
    addon: path.join(folder, 'tfjs_binding.node'),
    stamp: path.join(folder, 'build.json'),
  };
}

/** The place of libtensorflow as the addon names it: from its own folder, so that a project that is moved still runs. */
function runpath(root: string, home: string): string {
  // With links followed: a home that only refers to the library of another one needs no addon of its own.
  const library = realpathSync(path.join(tensorflowSite(home), 'tensorflow'));
  const realRoot = realpathSync(root);
  const inside = !path.relative(realRoot, library).startsWith('..');
  return inside ? `$ORIGIN/${path.relative(places(realRoot).folder, library)}` : library;
}

/** One call of g++ (engine facts: C++17, Node-API 8), with the sources last. */
function compilerArguments(root: string, home: string, output: string): string[] {
  const { packageFolder } = places(root);
  const library = path.join(tensorflowSite(home), 'tensorflow');
  const binding = path.join(packageFolder, 'binding');
  const sources = readdirSync(binding).filter((name) => name.endsWith('.cc'));
  return [
    ...['-O2', '-std=c++17', '-fPIC', '-shared', '-DNAPI_VERSION=8', '-include', OPTIONS_HEADER],
    ...[`-I${binding}`, `-I${packageFolder}`, `-I${path.join(root, 'node_modules/node-api-headers/include')}`],
    ...[`-I${path.join(library, 'include')}`, ...sources.sort().map((name) => path.join(binding, name))],
    ...[`-L${library}`, ...LIBRARIES.map((name) => `-l:${name}`), `-Wl,-rpath,${runpath(root, home)}`, '-o', output],
  ];
}

/** Changes with everything that the addon is built from; reads some 150 kB. */
function inputsHash({ root, home }: SetupContext): string {
  const { packageFolder } = places(root);
  const hash = createHash('sha256');
  const binding = path.join(packageFolder, 'binding');
  for (const name of readdirSync(binding).sort()) hash.update(name).update(readFileSync(path.join(binding, name)));
  hash.update(readFileSync(OPTIONS_HEADER));
  // The home first: it is in the root as a rule.
  const shape = compilerArguments(root, home, '').map((argument) => argument.replace(home, '').replace(root, ''));
  hash.update(JSON.stringify([shape, readTensorflowStamp(home)?.wheel ?? '']));
  return hash.digest('hex');
}

function isDone(context: SetupContext): boolean {
  const { addon, stamp } = places(context.root);
  if (!existsSync(addon) || !existsSync(stamp)) return false;
  if (!usesWheel()) return true;
  try {
    const built = JSON.parse(readFileSync(stamp, 'utf8')) as { inputs: string; sizeBytes: number };
    return built.sizeBytes === statSync(addon).size && built.inputs === inputsHash(context);
  } catch {
    // A stamp that a crash left half-written, or no TensorFlow: build again.
    return false;
  }
}

export interface TensorflowProof {
  readonly version: string;
  readonly usesGpu: boolean;
  readonly sum: number;
}

/** Loads TensorFlow in a child process and lets it add; rejects with the reason when it can't. */
export async function proveTensorflow(
  root: string,
  env: NodeJS.ProcessEnv,
  signal?: AbortSignal,
): Promise<TensorflowProof> {
  const quiet = { TF_CPP_MIN_LOG_LEVEL: '2', TF_ENABLE_ONEDNN_OPTS: '1', TF_FORCE_GPU_ALLOW_GROWTH: 'true' };
  const result = await runProgram(nodeProgram(), [PROOF], {
    cwd: root,
    env: { ...env, ...quiet },
    signal,
    timeoutMs: 120_000,
  });
  const proof = result.code === 0 ? parseProof(lastLine(result.stdout)) : null;
  if (proof?.sum === 42) return proof;
  throw new WorkbenchError('corrupt', `TensorFlow could not be loaded (${proofFailure(result)}).`);
}

function parseProof(line: string): TensorflowProof | null {
  try {
    return JSON.parse(line) as TensorflowProof;
  } catch {
    // Something else than the proof was printed: not proved.
    return null;
  }
}

function proofFailure(result: ProgramResult): string {
  const line = result.stderr.split('\n').find((text) => /Error:|error:|GLIBC|cannot open/.test(text));
  return complaint(line ?? result.stderr) || (result.code === null ? 'it was ended by a signal' : 'it said nothing');
}

async function build(context: SetupContext, output: string): Promise<void> {
  const { root, home, env, progress, signal } = context;
  progress.step('building the TensorFlow binding', 0);
  const startedAt = performance.now();
  const timer = setInterval(() => progress.update(performance.now() - startedAt), 500);
  try {
    const result = await runProgram('g++', compilerArguments(root, home, output), { env, signal });
    if (result.code === 0) return;
    const reason = result.stderr.split('\n').find((line) => /error/i.test(line)) ?? result.stderr;
    throw new WorkbenchError('unavailable', `g++ could not build the TensorFlow binding (${complaint(reason)}).`);
  } finally {
    clearInterval(timer);
  }
}

/** The package's own installer, for systems without a wheel that can be used: it fetches its prebuilt library. */
async function installPrebuilt({ root, env, progress, signal }: SetupContext): Promise<void> {
  const { packageFolder } = places(root);
  progress.step("running the TensorFlow package's own installer", 0);
  const args = [
    path.join(packageFolder, 'scripts', 'install.js'),
    process.platform === 'darwin' ? 'cpu' : 'gpu',
    'download',
  ];
  const bin = path.join(root, 'node_modules', '.bin');
  const result = await runProgram(process.execPath, args, {
    cwd: packageFolder,
    env: { ...env, PATH: `${bin}${path.delimiter}${env.PATH ?? ''}` },
    signal,
  });
  if (result.code === 0) return;
  throw new WorkbenchError(
    'unavailable',
    `The installer of @tensorflow/tfjs-node-gpu failed (${complaint(result.stderr)}): check the network and run the same command again.`,
  );
}

async function run(context: SetupContext): Promise<void> {
  const { root, env, signal } = context;
  const { folder, addon, stamp } = places(root);
  mkdirSync(folder, { recursive: true });
  rmSync(stamp, { force: true });
  const inputs = usesWheel() ? inputsHash(context) : '';
  if (usesWheel()) {
    const partial = path.join(folder, `${process.pid}.partial`);
    try {
      await build(context, partial);
      renameSync(partial, addon);
    } finally {
      rmSync(partial, { force: true });
    }
  } else {
    await installPrebuilt(context);
  }
  await proveTensorflow(root, env, signal);
  writeFileSync(`${stamp}.partial`, `${JSON.stringify({ inputs, sizeBytes: statSync(addon).size })}\n`, {
    flush: true,
  });
  renameSync(`${stamp}.partial`, stamp);
}

/** The addon between Node and libtensorflow, built from the npm package's own sources and proved by an addition. */
export const bindingStep: SetupStep = {
  name: 'binding',
  isDone,
  tools: () => (usesWheel() ? ['g++'] : []),
  space: ({ root }) => ({ folder: root, bytes: 5_000_000 }),
  run,
};
