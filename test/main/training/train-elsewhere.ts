import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { TrainJob } from '../../../src/main/training/train-job.ts';

const PROGRAM = fileURLToPath(new URL('train-process.ts', import.meta.url));

/** Trains in a process of its own until `step` is done (0: until the end). */
export async function trainElsewhere(
  job: TrainJob,
  step: number,
): Promise<{ result: unknown; checkpoint: string | null }> {
  const file = path.join(job.checkpointFolder, 'job.json');
  writeFileSync(file, JSON.stringify(job));
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, file, String(step)]);
  return JSON.parse(stdout.trim().split('\n').at(-1)!);
}
