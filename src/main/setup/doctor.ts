// Works before set-up: no package is imported at the top.
import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { DoctorFinding, DoctorReport } from '../../shared/records/doctor.ts';
import { isKnownDataset } from '../datasets/known-datasets.ts';
import { nodeProgram, runProgram } from '../fetch/program.ts';
import { createProgress } from '../fetch/progress.mjs';
import { bindingStep, proveTensorflow } from './binding.ts';
import { diskSpace } from './disk.ts';
import { askNvidia, type NvidiaDriver } from './gpu.ts';
import { packagesStep } from './packages.ts';
import { SETUP_STEPS } from './run-setup.ts';
import { homeFolder, isAdequateNode, PROJECT_ROOT } from './runtime.mjs';
import type { SetupContext } from './step.ts';
import { readTensorflowStamp, usesWheel } from './tensorflow.ts';
import { findTools, missingTool, TOOL_NAMES, type ToolName } from './tools.ts';

export interface DoctorOptions {
  readonly home?: string;
  readonly root?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
}

const SETUP_COMMAND = 'npm run setup';
const NODE_REMEDY = 'name a Node 24.12 or a later 24 in CELLWRIGHT_NODE, or leave that variable out';
/** The wheel is built for CUDA 12; an older driver can't run it. */
const LEAST_CUDA = 12;

type TensorflowReport = DoctorReport['tensorflow'];

async function readTensorflow(context: SetupContext): Promise<TensorflowReport & { usesGpu: boolean }> {
  const build = usesWheel() ? (readTensorflowStamp(context.home)?.build ?? null) : 'prebuilt';
  const nothing = { state: 'not_set_up', version: null, build: null, problem: null, usesGpu: false } as const;
  const isBuilt = (await packagesStep.isDone(context)) && build !== null && (await bindingStep.isDone(context));
  if (!isBuilt) return nothing;
  try {
    const proof = await proveTensorflow(context.root, context.env, context.signal);
    return { state: 'ready', version: proof.version, build, problem: null, usesGpu: proof.usesGpu };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { state: 'broken', version: null, build, problem, usesGpu: false };
  }
}

async function readDatasets(home: string): Promise<DoctorReport['datasets']> {
  // Without the packages there is no checker of manifests, and no data set either that could be used.
  const room = await import('../datasets/stored-dataset.ts').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ERR_MODULE_NOT_FOUND') return null;
    throw error;
  });
  return (room?.findDatasets(home) ?? []).map(({ name, dataset, problem }) => ({
    name,
    title: dataset?.title ?? name,
    images: dataset === null ? 0 : dataset.counts.train + dataset.counts.test,
    problem: problem?.message ?? null,
  }));
}

function gpuFindings(
  driver: NvidiaDriver | null,
  tensorflow: TensorflowReport & { usesGpu: boolean },
): DoctorFinding[] {
  if (driver === null || tensorflow.state !== 'ready' || tensorflow.usesGpu) return [];
  const gpu = driver.gpus[0]?.name ?? 'an NVIDIA GPU';
  if (driver.cuda !== null && Number.parseInt(driver.cuda, 10) < LEAST_CUDA) {
    const what = `${gpu} is not used: its driver ${driver.version} supports CUDA ${driver.cuda} at most`;
    return [{ severity: 'optional', what, remedy: `install an NVIDIA driver that supports CUDA ${LEAST_CUDA}` }];
  }
  const remedy =
    tensorflow.build === 'cpu'
      ? `CELLWRIGHT_TENSORFLOW=cuda ${SETUP_COMMAND}`
      : 'see that libcuda.so.1, which comes with the driver, is found: `ldconfig -p | grep libcuda`';
  return [{ severity: 'optional', what: `${gpu} answers but TensorFlow does not use it`, remedy }];
}

function setupFindings(pending: ReadonlySet<string>, report: DoctorReport): DoctorFinding[] {
  const findings: DoctorFinding[] = [];
  const add = (what: string, remedy = SETUP_COMMAND) => findings.push({ severity: 'required', what, remedy });
  if (report.node.version === NO_NODE) add(`no Node answers at ${report.node.path}`, NODE_REMEDY);
  else if (!report.node.adequate) add(`Node ${report.node.version} is not 24.12 or a later 24`);
  if (pending.has('packages')) add('the npm packages are not those of package-lock.json');
  if (report.tensorflow.state === 'not_set_up') add('TensorFlow is not set up');
  if (report.tensorflow.problem !== null) {
    add(report.tensorflow.problem.replace(/\.$/, ''), `rm -r ${path.dirname(bindingFile())} && ${SETUP_COMMAND}`);
  }
  for (const { name, problem } of report.datasets) {
    if (problem === null) continue;
    const remedy = isKnownDataset(name) ? `npm run -s cellwright -- datasets add ${name}` : 'bring its files back';
    add(`the data set ${name} is damaged`, remedy);
  }
  if (pending.has('cifar10') && report.datasets.every(({ name }) => name !== 'cifar10')) add('CIFAR-10 is not there');
  return findings;
}

function bindingFile(): string {
  return path.join('node_modules', '@tensorflow', 'tfjs-node-gpu', 'lib', 'napi-v8', 'tfjs_binding.node');
}

/** A program is required while a step that runs it is still to be done. */
function toolFindings(tools: DoctorReport['tools'], needed: ReadonlySet<ToolName>): DoctorFinding[] {
  return tools
    .filter(({ version }) => version === null)
    .map(({ name }) => {
      const tool = name as ToolName;
      return { severity: needed.has(tool) ? 'required' : 'optional', ...missingTool(tool) };
    });
}

/** In place of a version, where the program can't be started or does not answer as a Node does. */
const NO_NODE = 'not found';
/** It takes some hundredths of a second. Ours. */
const NODE_TIMEOUT_MS = 15_000;

/** The Node that trains trials, which is not this process's own where that is Electron. */
async function readNode(env: NodeJS.ProcessEnv): Promise<DoctorReport['node']> {
  const program = nodeProgram(env);
  const version = program === process.execPath ? process.version : await askNode(program, env);
  return { version: version?.replace(/^v/, '') ?? NO_NODE, path: program, adequate: isAdequateNode(version ?? '') };
}

async function askNode(program: string, env: NodeJS.ProcessEnv): Promise<string | null> {
  const result = await runProgram(program, ['--version'], { env, timeoutMs: NODE_TIMEOUT_MS }).catch(() => null);
  const version = result?.stdout.trim() ?? '';
  return result?.code === 0 && /^v\d+\.\d+\.\d+/.test(version) ? version : null;
}

/**
 * Looks at the machine and at what set-up left: some seconds, mostly for loading TensorFlow once, in a child process.
 * Never fails on what it finds; that is what the report is for.
 */
export async function readDoctorReport(options: DoctorOptions = {}): Promise<DoctorReport> {
  const { home = homeFolder(), env = process.env } = options;
  // A packaged app trains with what was set up in another folder than its own.
  const { root = env.CELLWRIGHT_ROOT || PROJECT_ROOT } = options;
  const signal = options.signal ?? new AbortController().signal;
  const context: SetupContext = { home, root, env, signal, progress: createProgress({ write: () => true }) };
  const pendingSteps = [];
  for (const step of SETUP_STEPS) {
    const waits = step.name === 'binding' && pendingSteps.length > 0;
    if (waits || !(await step.isDone(context))) pendingSteps.push(step);
  }
  const [node, driver, tensorflow, tools, datasets] = await Promise.all([
    readNode(env),
    askNvidia(env),
    readTensorflow(context),
    findTools(TOOL_NAMES, env),
    readDatasets(home),
  ]);
  const { usesGpu, ...told } = tensorflow;
  const report: DoctorReport = {
    cellwright: (JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string }).version,
    system: { name: `${os.type()} ${os.release()}`, architecture: process.arch },
    node,
    tensorflow: told,
    driver: driver === null ? null : { version: driver.version, cuda: driver.cuda },
    devices: [
      { kind: 'cpu', name: os.cpus()[0]?.model.trim() || process.arch, memoryBytes: null },
      ...(usesGpu ? (driver?.gpus ?? []) : []).map((gpu) => ({ kind: 'gpu' as const, ...gpu })),
    ],
    cores: os.availableParallelism(),
    memory: { totalBytes: os.totalmem(), freeBytes: os.freemem() },
    disk: { folder: home, ...diskSpace(home) },
    project: null,
    datasets,
    tools,
    missing: [],
  };
  const needed = new Set(pendingSteps.flatMap((step) => step.tools(context)));
  const pending = new Set(pendingSteps.map((step) => step.name));
  report.missing = [
    ...toolFindings(tools, needed),
    ...setupFindings(pending, report),
    ...gpuFindings(driver, tensorflow),
  ];
  return report;
}
