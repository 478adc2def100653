// A process of its own: `evaluate-process.ts WEIGHTS JOB.json` evaluates kept weights on the validation images of a job
// and prints the result as JSON.
import '../tensor/environment.ts';
import { readFileSync } from 'node:fs';
import { evaluateNetwork } from '../../../src/main/training/evaluate-network.ts';
import { ImageSplit } from '../../../src/main/training/image-split.ts';
import { readNetwork } from '../../../src/main/training/network-weights.ts';
import type { TrainJob } from '../../../src/main/training/train-job.ts';

const [weights, file] = process.argv.slice(2);
const job = JSON.parse(readFileSync(file!, 'utf8')) as TrainJob;
const split = ImageSplit.open(job);
console.log(JSON.stringify(evaluateNetwork({ ...readNetwork(weights!), split, device: '' })));
split.close();
