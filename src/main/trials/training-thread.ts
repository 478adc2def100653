import { mkdirSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { type TrainerEvent, type TrialJob, trainerCommandSchema } from '../../shared/records/trial-job.ts';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import { tensorFlow } from '../tensor/backend.ts';
import { writeCheckpoint } from '../training/checkpoint.ts';
import type { TrainHooks, TrainProgress, trainChild } from '../training/train-child.ts';
import { BUSY, type TrainingThreadData, WISH, WISHES } from './thread-memory.ts';

// Entry of the one thread that calls TensorFlow: a training at a time, from its job to its end.

interface TrainingModule {
  readonly trainChild: typeof trainChild;
  /** Without it TensorFlow is loaded. */
  readonly tensorFlowVersion?: () => string;
}
type Lease = Pick<TrialJob, 'experiment' | 'trial' | 'leaseEpoch'>;

/** Progress is told at most this often; the last step before an epoch's end or a checkpoint always. Milliseconds. */
const PROGRESS_EVERY_MS = 100;

if (!parentPort) throw new Error('The training thread is started by a trainer host, not by hand.');
const port = parentPort;
const { shared, trainingModule } = workerData as TrainingThreadData;
const memory = new Int32Array(shared);
let isTraining = false;
let isLeaving = false;

function tell(event: TrainerEvent): void {
  port.postMessage(event);
}

async function run(train: typeof trainChild, job: TrialJob): Promise<void> {
  const { experiment, trial, leaseEpoch } = job;
  isTraining = true;
  const end = await trainToEnd(train, job, { experiment, trial, leaseEpoch });
  isTraining = false;
  tell(end);
  if (isLeaving) port.close();
}

async function trainToEnd(train: typeof trainChild, job: TrialJob, lease: Lease): Promise<TrainerEvent> {
  const progress = new ProgressReport(lease);
  try {
    mkdirSync(job.checkpointFolder, { recursive: true });
    const result = await train(job, hooksOf(job, lease, progress));
    progress.flush();
    if (result.kind === 'suspended') return { kind: 'suspended', ...lease, step: result.step };
    if (!result.exact) warnInexact(job);
    const { outcome, durationMs, weightsHash } = result;
    return { kind: 'finished', ...lease, outcome, durationMs, weightsHash };
  } catch (error) {
    progress.flush();
    return endOf(error, lease);
  }
}

function hooksOf(job: TrialJob, lease: Lease, progress: ProgressReport): TrainHooks {
  return {
    clock: () => performance.now(),
    onProgress: (step) => {
      Atomics.add(memory, BUSY, 1);
      progress.note(step);
    },
    onEpoch: (record) => {
      progress.flush();
      tell({ kind: 'epoch', ...lease, record });
    },
    saveCheckpoint: (produce) => {
      progress.flush();
      tell({ kind: 'checkpoint', ...lease, ...writeCheckpoint(job.checkpointFolder, produce()) });
      Atomics.add(memory, BUSY, 1);
    },
    shouldStop: () => {
      Atomics.add(memory, BUSY, 1);
      return WISHES[Atomics.load(memory, WISH)] ?? null;
    },
  };
}

/** Tells of steps, and not of each one where they are short. */
class ProgressReport {
  private readonly lease: Lease;
  private waiting: TrainProgress | null = null;
  private toldMs = Number.NEGATIVE_INFINITY;

  constructor(lease: Lease) {
    this.lease = lease;
  }

  note(progress: TrainProgress): void {
    this.waiting = progress;
    if (performance.now() - this.toldMs >= PROGRESS_EVERY_MS) this.flush();
  }

  flush(): void {
    if (!this.waiting) return;
    const { epoch, step, steps, loss, stepMs } = this.waiting;
    this.waiting = null;
    this.toldMs = performance.now();
    tell({ kind: 'progress', ...this.lease, epoch, step, steps, loss, stepMs });
  }
}

function warnInexact({ trial }: TrialJob): void {
  const message = `Trial ${trial} went on in another environment than it began in: its numbers may differ in their last bits.`;
  tell({ kind: 'log', level: 'warn', message });
}

/** A request that can't be met goes to the search; anything else is a bug that costs this trial and no other. */
function endOf(error: unknown, lease: Lease): TrainerEvent {
  if (error instanceof WorkbenchError) return { kind: 'refused', ...lease, code: error.code, message: error.message };
  const message = error instanceof Error ? error.message : String(error);
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return { kind: 'refused', ...lease, code: 'disk_full', message: `A disk is full (${message}): free some space.` };
  }
  tell({ kind: 'log', level: 'error', message: error instanceof Error ? (error.stack ?? message) : message });
  const outcome = { kind: 'failed', reason: 'error', message } as const;
  return { kind: 'finished', ...lease, outcome, durationMs: 0, weightsHash: null };
}

function receive(train: typeof trainChild, message: unknown): void {
  const command = trainerCommandSchema.parse(message);
  if (command.kind === 'train') void run(train, placed(command.job));
  if (command.kind !== 'shutdown') return;
  isLeaving = true;
  if (!isTraining) port.close();
}

/** A host sees the GPU that it was given as its first; named, the graph's ways round slow CPU kernels stay off. */
function placed(job: TrialJob): TrialJob {
  return usesGpu && job.device === '' ? { ...job, device: '/device:GPU:0' } : job;
}

const module: TrainingModule = await import(trainingModule);
// Loaded before the first job, so that a trial does not pay for it.
const native = module.tensorFlowVersion ? null : tensorFlow().backend().binding;
const version = module.tensorFlowVersion?.() ?? native?.TF_Version ?? '';
const usesGpu = native?.isUsingGpuDevice() ?? false;
port.on('message', (message: unknown) => receive(module.trainChild, message));
tell({ kind: 'ready', pid: process.pid, tensorflow: version });
