// A process of its own: `train-process.ts JOB.json STEP` trains the job, suspends it after STEP steps (0: never), and
// prints its result and the last checkpoint as JSON.
import '../tensor/environment.ts';
import { readFileSync } from 'node:fs';
import type { TrainJob } from '../../../src/main/training/train-job.ts';
import { runTraining, timeless } from './run-training.ts';

const [file, step] = process.argv.slice(2);
const job = JSON.parse(readFileSync(file!, 'utf8')) as TrainJob;
const suspendAt = Number(step);
let steps = 0;
const { result, checkpoints } = await runTraining(job, {
  onProgress: (progress) => {
    steps = progress.step;
  },
  shouldStop: () => (suspendAt > 0 && steps >= suspendAt ? 'suspend' : null),
});
console.log(JSON.stringify({ result: timeless(result), checkpoint: checkpoints.at(-1)?.file ?? null }));
