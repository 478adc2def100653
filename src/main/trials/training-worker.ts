import { Worker } from 'node:worker_threads';
import type { TrainingThreadData } from './training-thread.ts';

/** The one thread of a process that calls TensorFlow; both kinds of host start it here. */
export function startTrainingWorker(trainingModule: string): { worker: Worker; counter: Int32Array } {
  const counter = new SharedArrayBuffer(4);
  const workerData: TrainingThreadData = { counter, trainingModule };
  const worker = new Worker(new URL('./training-thread.ts', import.meta.url), { workerData });
  return { worker, counter: new Int32Array(counter) };
}
