import { accessSync, constants, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { utilityProcess } from 'electron';
import { z } from 'zod';
import { nodeProgram } from '../fetch/program.ts';
import type { Launcher } from '../hosts/host.ts';
import { processLauncher } from '../hosts/launch-process.ts';
import { threadLauncher } from '../hosts/launch-thread.ts';
import { type Fork, utilityLauncher } from '../hosts/launch-utility.ts';
import { localTrainers } from '../runs/local-trainers.ts';
import type { WorkbenchOptions } from '../workbench/workbench.ts';
import type { StartArguments } from './start-arguments.ts';

/** What a packaged app trains with; set-up leaves it in the home folder. */
const trainersSchema = z.object({
  /** The Node that set-up ran on. */
  node: z.string(),
  /** The folder whose node_modules hold tfjs-node with its binding. */
  root: z.string(),
});

/**
 * A packaged app brings neither Node, which its own program can't be used as, nor TensorFlow, of which every machine
 * needs its own build: both are where set-up left them. `npm start` has named its Node in the environment already.
 */
export function findSetup(home: string, environment: NodeJS.ProcessEnv): void {
  if (environment.CELLWRIGHT_NODE) return;
  const found = readSetup(join(home, 'trainers.json'));
  if (!found) return;
  environment.CELLWRIGHT_NODE = found.node;
  environment.CELLWRIGHT_ROOT = found.root;
}

function readSetup(file: string): z.infer<typeof trainersSchema> | null {
  try {
    return trainersSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    // Nothing was set up, or not to its end; `trainerProblem` says so.
    return null;
  }
}

/** Why no trial can be trained, with the remedy; null where all is there. */
export function trainerProblem(kind: StartArguments['trainers'], home: string): string | null {
  if (kind !== 'process') return null;
  const node = process.env.CELLWRIGHT_NODE;
  const remedy = `Run \`npm run setup\` in Cellwright's source folder with CELLWRIGHT_HOME=${home}, then start again.`;
  if (!node) return `Trials are trained by a Node of their own, and ${home} holds no set-up. ${remedy}`;
  try {
    accessSync(node, constants.X_OK);
    return null;
  } catch {
    return `The Node that trains trials is gone from ${node}. ${remedy}`;
  }
}

/** Opens this machine's trainers: processes of plain Node unless the command line asks for another kind. */
export async function openTrainers(kind: StartArguments['trainers']): Promise<WorkbenchOptions['openQueue']> {
  return await localTrainers({ launcher: withPackages(launcherOf(kind)) });
}

function launcherOf(kind: StartArguments['trainers']): Launcher {
  if (kind === 'thread') return threadLauncher;
  if (kind === 'process') return processLauncher(nodeProgram());
  return utilityLauncher((entry, args, options) => utilityProcess.fork(entry, args, options) as ReturnType<Fork>);
}

/** A packaged app's trainers find tfjs-node in another folder than their own program's. */
function withPackages(launcher: Launcher): Launcher {
  const root = process.env.CELLWRIGHT_ROOT;
  if (!root) return launcher;
  const packages = { NODE_PATH: join(root, 'node_modules') };
  return {
    ...launcher,
    launch: (program, environment) => launcher.launch(program, { ...environment, ...packages }),
  };
}
