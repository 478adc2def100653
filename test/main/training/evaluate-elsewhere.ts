import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { NetworkEvaluation } from '../../../src/main/training/evaluate-network.ts';
import type { TrainJob } from '../../../src/main/training/train-job.ts';

const PROGRAM = fileURLToPath(new URL('evaluate-process.ts', import.meta.url));

/** Evaluates kept weights on a job's validation images in a process of its own. */
export async function evaluateElsewhere(weights: string, job: TrainJob): Promise<NetworkEvaluation> {
  const file = path.join(job.checkpointFolder, 'job.json');
  writeFileSync(file, JSON.stringify(job));
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, weights, file]);
  return JSON.parse(stdout.trim().split('\n').at(-1)!);
}
