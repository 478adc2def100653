import { resolve } from 'node:path';
import { runProgram } from '../../src/main/terminal/program.ts';
import { WorkbenchError } from '../../src/shared/workbench-error.ts';
import { ScriptedQueue } from '../main/search/scripted-queue.ts';

// The terminal program over the real workbench, but with trials that are trained by arithmetic. A step takes
// SCRIPTED_STEP_MS milliseconds; SCRIPTED_FAILURE is why no trial can be trained at all.

const stepMs = Number(process.env.SCRIPTED_STEP_MS ?? 0);
const failure = process.env.SCRIPTED_FAILURE;
const onTrain = (): void => {
  if (failure) throw new WorkbenchError('unavailable', failure);
};

process.exitCode = await runProgram(process.argv.slice(2), {
  out: process.stdout,
  err: process.stderr,
  environment: process.env,
  version: '0.0.0',
  packageFolder: resolve(import.meta.dirname, '../..'),
  home: process.env.CELLWRIGHT_HOME ?? '',
  currentFolder: process.cwd(),
  loadQueue: async () => () => new ScriptedQueue({ stepMs: () => stepMs, onTrain }),
});
