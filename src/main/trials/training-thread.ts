import { mkdirSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import {
  type TrainerCommand,
  type TrainerEvent,
  type TrialJob,
  trainerCommandSchema,
} from '../../shared/records/trial-job.ts';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import { tensorFlow } from '../tensor/backend.ts';
import { writeCheckpoint } from '../training/checkpoint.ts';
import type { trainChild } from '../training/train-child.ts';

/** What a host's main thread hands to its training thread. */
export interface TrainingThreadData {
  /** One int32 that grows with every step: the host's heartbeat reads it while this thread is inside an operation. */
  readonly counter: SharedArrayBuffer;
  readonly trainingModule: string;
}

/** Progress is told at most this often; the last step of an epoch always. Milliseconds. */
const PROGRESS_EVERY_MS = 100;

const port = parentPort;
if (!port) throw new Error('The training thread is started by a trainer host, not by hand.');
const data = workerData as TrainingThreadData;
const counter = new Int32Array(data.counter);

let wish: 'cancel' | 'suspend' | null = null;
let current: TrialJob | null = null;

function tell(event: TrainerEvent): void {
  port?.postMessage(event);
}

function leaseOf(job: TrialJob): { experiment: number; trial: number; leaseEpoch: number } {
  return { experiment: job.experiment, trial: job.trial, leaseEpoch: job.leaseEpoch };
}

async function run(train: typeof trainChild, job: TrialJob): Promise<void> {
  const lease = leaseOf(job);
  wish = null;
  current = job;
  let toldMs = Number.NEGATIVE_INFINITY;
  try {
    mkdirSync(job.checkpointFolder, { recursive: true });
    const result = await train(job, {
      clock: () => performance.now(),
      onProgress: ({ epoch, step, steps, loss, stepMs }) => {
        Atomics.add(counter, 0, 1);
        const now = performance.now();
        if (now - toldMs < PROGRESS_EVERY_MS && step < steps) return;
        toldMs = now;
        tell({ kind: 'progress', ...lease, epoch, step, steps, loss, stepMs });
      },
      onEpoch: (record) => tell({ kind: 'epoch', ...lease, record }),
      saveCheckpoint: (produce) =>
        tell({ kind: 'checkpoint', ...lease, ...writeCheckpoint(job.checkpointFolder, produce()) }),
      shouldStop: () => {
        Atomics.add(counter, 0, 1);
        return wish;
      },
    });
    if (result.kind === 'suspended') tell({ kind: 'suspended', ...lease, step: result.step });
    else {
      const { outcome, durationMs, weightsHash } = result;
      tell({ kind: 'finished', ...lease, outcome, durationMs, weightsHash });
    }
  } catch (error) {
    tell(endOf(error, lease));
  } finally {
    current = null;
  }
}

/** A request that can't be met goes to the search; anything else is a bug that costs this trial and no other. */
function endOf(error: unknown, lease: ReturnType<typeof leaseOf>): TrainerEvent {
  if (error instanceof WorkbenchError) return { kind: 'refused', ...lease, code: error.code, message: error.message };
  const message = error instanceof Error ? error.message : String(error);
  tell({ kind: 'log', level: 'error', message: error instanceof Error ? (error.stack ?? message) : message });
  return {
    kind: 'finished',
    ...lease,
    outcome: { kind: 'failed', reason: 'error', message },
    durationMs: 0,
    weightsHash: null,
  };
}

function receive(train: typeof trainChild, command: TrainerCommand): void {
  switch (command.kind) {
    case 'train':
      void run(train, command.job);
      return;
    case 'cancel':
      if (current?.trial === command.trial && current.leaseEpoch === command.leaseEpoch) wish = 'cancel';
      return;
    case 'suspend':
      if (current && wish === null) wish = 'suspend';
      return;
    case 'shutdown':
      port?.close();
  }
}

const module: { trainChild: typeof trainChild; tensorFlowVersion?: () => string } = await import(data.trainingModule);
// Loaded before the first job, so that a trial does not pay for it.
const version = module.tensorFlowVersion?.() ?? tensorFlow().backend().binding.TF_Version;
port.on('message', (message: unknown) => receive(module.trainChild, trainerCommandSchema.parse(message)));
tell({ kind: 'ready', pid: process.pid, tensorflow: version });
