import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { TrainerEvent } from '../../shared/records/trial-job.ts';
import { startTrainingWorker } from './training-worker.ts';

// Entry of a trainer host: its main thread listens and keeps watch, its one worker thread trains.

const HEARTBEAT_MS = 1000;
/** Where memory runs out the kernel ends a trainer, which goes on from its checkpoint, and not the workbench. */
const OUT_OF_MEMORY_SCORE = '800';

const [trainingModule = ''] = process.argv.slice(2);

function tell(event: TrainerEvent): void {
  if (process.connected) process.send?.(event);
}

preferToBeKilled();
pinNativeAddon();
const { worker, counter } = startTrainingWorker(trainingModule);
let threadError: string | null = null;

worker.on('message', (event: TrainerEvent) => tell(event));
worker.on('error', (error) => {
  threadError = error instanceof Error ? (error.stack ?? error.message) : String(error);
});
worker.on('exit', (code) => {
  if (threadError !== null) tell({ kind: 'log', level: 'error', message: threadError });
  process.exitCode = code;
  if (process.connected) process.disconnect();
});
process.on('message', (message) => worker.postMessage(message));
// The workbench is gone. The thread may be deep inside an operation, so nothing is waited for.
process.on('disconnect', () => {
  if (process.exitCode === undefined) process.kill(process.pid, 'SIGKILL');
});
setInterval(() => {
  tell({ kind: 'heartbeat', busyStep: Atomics.load(counter, 0), residentBytes: process.memoryUsage.rss() });
}, HEARTBEAT_MS).unref();

function preferToBeKilled(): void {
  if (process.platform === 'linux') writeFileSync('/proc/self/oom_score_adj', OUT_OF_MEMORY_SCORE);
}

/**
 * Holds the addon in the main thread before the worker loads it. Otherwise Node unloads it with a worker that dies
 * early, and the process crashes at its exit, in handlers that are gone.
 */
function pinNativeAddon(): void {
  const require = createRequire(import.meta.url);
  try {
    require('@tensorflow/tfjs-node-gpu/lib/napi-v8/tfjs_binding.node');
  } catch (error) {
    tell({ kind: 'log', level: 'warn', message: `The TensorFlow addon could not be loaded ahead: ${String(error)}` });
  }
}
