import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ProgramGroups } from './program-groups.ts';
import { type NamedTensor, readTensors } from './tensor-file.ts';
import type { TensorTask } from './tensor-task.ts';
import type { TensorRun } from './tree-adapters.ts';

const PROGRAM = fileURLToPath(new URL('./train-tensors.ts', import.meta.url));

export interface TensorPlace {
  readonly tree: string;
  readonly home: string;
  /** For this training alone; made here. */
  readonly folder: string;
}

/** Trains by a tree's code to the last step; `isKilled` kills the process on the way and goes on in another. */
export async function trainTensors(
  programs: ProgramGroups,
  { tree, home, folder }: TensorPlace,
  task: TensorTask,
  isKilled: boolean,
): Promise<NamedTensor[]> {
  const checkpoints = join(folder, 'checkpoints');
  mkdirSync(checkpoints, { recursive: true });
  const run: TensorRun = { tree, home, checkpoints, task: isKilled ? task : { ...task, dieAtStep: 0 } };
  const [file, target] = [join(folder, 'run.json'), join(folder, 'tensors')];
  writeFileSync(file, JSON.stringify(run));
  const environment = { ...process.env, CELLWRIGHT_HOME: home, CUDA_VISIBLE_DEVICES: '-1' };
  if (isKilled) {
    const { signal, code, err } = await programs.start([PROGRAM, file, target], environment).ended;
    if (signal !== 'SIGKILL') throw new Error(`The training was not killed, it ended with ${code}: ${err}`);
  }
  await programs.run([PROGRAM, file, target], environment);
  return readTensors(target);
}
