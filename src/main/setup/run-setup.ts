import { accessSync, constants, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import { explain } from '../fetch/explain.mjs';
import { takeLock } from '../fetch/lock.ts';
import { createProgress, formatSeconds, type Progress } from '../fetch/progress.mjs';
import { bindingStep } from './binding.ts';
import { browserStep } from './browser-step.ts';
import { cifar10Step } from './cifar10-step.ts';
import { checkSpace } from './disk.ts';
import { packagesStep } from './packages.ts';
import { PROJECT_ROOT } from './runtime.mjs';
import type { SetupContext, SetupStep } from './step.ts';
import { tensorflowStep } from './tensorflow.ts';
import { findTools, missingTool } from './tools.ts';

/** In the order in which they need each other. */
export const SETUP_STEPS: readonly SetupStep[] = [packagesStep, tensorflowStep, bindingStep, cifar10Step];

export interface SetupOptions {
  /** The ignored folder for everything that is downloaded or built, absolute. */
  readonly home: string;
  /** Hears one line a step; without it progress goes to standard error, rewritten in place on a terminal. */
  readonly log?: (line: string) => void;
  readonly root?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
  /** Only these steps; all of them by default. */
  readonly only?: readonly SetupStep['name'][];
  /** A browser too, which only tests, pictures and a bench need. */
  readonly browser?: boolean;
}

const INTERRUPTED = 'Set-up was interrupted; the same command goes on from here.';

function progressTo(log: ((line: string) => void) | undefined): Progress {
  if (log === undefined) return createProgress(process.stderr);
  return createProgress({ write: (text: string) => log(text.trimEnd()) });
}

/** The steps that are not done: a step whose forerunner is not done may look at things that aren't there yet. */
async function pendingSteps(context: SetupContext, steps: readonly SetupStep[]): Promise<SetupStep[]> {
  const pending: SetupStep[] = [];
  for (const step of steps) {
    const waits = step.name === 'binding' && pending.length > 0;
    if (waits || !(await step.isDone(context))) pending.push(step);
  }
  return pending;
}

/** Refuses, with all that is wrong at once, before anything is fetched. */
async function checkMachine(context: SetupContext, pending: readonly SetupStep[]): Promise<void> {
  const names = [...new Set(pending.flatMap((step) => step.tools(context)))];
  const missing = (await findTools(names, context.env)).filter((tool) => tool.version === null);
  if (missing.length > 0) {
    const sentences = missing.map(({ name }) => missingTool(name)).map(({ what, remedy }) => `${what}: ${remedy}.`);
    throw new WorkbenchError('unavailable', sentences.join('\n'));
  }
  checkSpace(pending.map((step) => step.space(context)));
  if (pending.includes(packagesStep)) accessSync(context.root, constants.W_OK);
}

/** Folders of work in progress whose process is gone. */
function sweepScratch(home: string): void {
  const parent = path.join(home, 'scratch');
  if (!existsSync(parent)) return;
  for (const name of readdirSync(parent)) {
    const pid = Number.parseInt(name, 10);
    try {
      process.kill(pid, 0);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ESRCH')
        rmSync(path.join(parent, name), { recursive: true, force: true });
    }
  }
}

/**
 * Brings everything that Cellwright needs: packages, TensorFlow, its binding, CIFAR-10, a browser if asked. Does nothing, in some
 * milliseconds, where all of it is there; goes on where an earlier run was interrupted. Rejects with a `WorkbenchError`.
 */
export async function runSetup(options: SetupOptions): Promise<{ done: SetupStep['name'][] }> {
  const { home, root = PROJECT_ROOT, env = process.env, signal = new AbortController().signal, only } = options;
  const isWanted = ({ name }: SetupStep): boolean => only?.includes(name) ?? true;
  const context: SetupContext = { home, root, env, signal, progress: progressTo(options.log) };
  const steps = [...SETUP_STEPS.filter(isWanted), ...(options.browser === true ? [browserStep] : [])];
  try {
    if ((await pendingSteps(context, steps)).length === 0) return { done: [] };
    mkdirSync(home, { recursive: true });
    const onWait = (pid: number) => context.progress.say(`waiting for another set-up (process ${pid})`);
    const release = await takeLock(path.join(home, 'setup.lock'), onWait, signal);
    try {
      return { done: await runPending(context, steps) };
    } finally {
      release();
    }
  } catch (error) {
    context.progress.end();
    // Ctrl-C on a terminal reaches the programs that we run as well, and they complain in their own ways.
    if (signal.aborted) throw new WorkbenchError('cancelled', INTERRUPTED, { cause: error });
    throw toWorkbenchError(error);
  }
}

async function runPending(context: SetupContext, steps: readonly SetupStep[]): Promise<SetupStep['name'][]> {
  sweepScratch(context.home);
  const pending = await pendingSteps(context, steps);
  if (pending.length === 0) return [];
  const startedAt = performance.now();
  await checkMachine(context, pending);
  for (const step of pending) {
    context.signal.throwIfAborted();
    await step.run(context);
  }
  context.progress.say(`ready after ${formatSeconds((performance.now() - startedAt) / 1000)}`);
  return pending.map((step) => step.name);
}

function toWorkbenchError(error: unknown): Error {
  const explained = explain(error);
  if (explained instanceof WorkbenchError || explained.name !== 'WorkbenchError') return explained;
  const { code } = explained as Error & { code: WorkbenchError['code'] };
  return new WorkbenchError(code, explained.message, { cause: explained });
}
