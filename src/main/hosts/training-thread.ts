import { mkdirSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { type Lease, type RunOrder, type TrainerEvent, trainerCommandSchema } from '../../shared/records/run.ts';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import { tensorFlow } from '../tensor/backend.ts';
import type { carryOutRun } from '../training/carry-out-run.ts';
import { writeCheckpoint } from '../training/checkpoint.ts';
import type { TrainHooks, TrainProgress } from '../training/train-child.ts';
import { BUSY, type TrainingThreadData, WISH, WISHES } from './thread-memory.ts';

// Entry of the one thread that calls TensorFlow: a run at a time, from its order to its end.

interface TrainingModule {
  readonly carryOutRun: typeof carryOutRun;
  /** Without it TensorFlow is loaded. */
  readonly tensorFlowVersion?: () => string;
}

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

async function run(carryOut: typeof carryOutRun, order: RunOrder): Promise<void> {
  isTraining = true;
  const end = await carryToEnd(carryOut, order);
  isTraining = false;
  tell(end);
  if (isLeaving) port.close();
}

async function carryToEnd(carryOut: typeof carryOutRun, order: RunOrder): Promise<TrainerEvent> {
  const { lease, placement } = order;
  const progress = new ProgressReport(lease);
  try {
    mkdirSync(placement.checkpointFolder, { recursive: true });
    const result = await carryOut(order, hooksOf(order, progress));
    progress.flush();
    if (result.kind === 'suspended') return { kind: 'suspended', lease, step: result.step };
    if (!result.exact) warnInexact();
    const { outcome, durationMs, weightsHash, weights } = result;
    return { kind: 'finished', lease, outcome, durationMs, weightsHash, weights };
  } catch (error) {
    progress.flush();
    return endOf(error, lease);
  }
}

function hooksOf({ lease, placement }: RunOrder, progress: ProgressReport): TrainHooks {
  return {
    clock: () => performance.now(),
    onProgress: (step) => {
      Atomics.add(memory, BUSY, 1);
      progress.note(step);
    },
    onEpoch: (record) => {
      progress.flush();
      tell({ kind: 'epoch', lease, record });
    },
    saveCheckpoint: (produce) => {
      progress.flush();
      tell({ kind: 'checkpoint', lease, ...writeCheckpoint(placement.checkpointFolder, produce()) });
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
    tell({ kind: 'progress', lease: this.lease, epoch, step, steps, loss, stepMs });
  }
}

function warnInexact(): void {
  const message =
    'The training went on in another environment than it began in: its numbers may differ in their last bits.';
  tell({ kind: 'log', level: 'warn', message });
}

/** A request that can't be met goes to whoever asked; anything else is a bug that costs this run and no other. */
function endOf(error: unknown, lease: Lease): TrainerEvent {
  if (error instanceof WorkbenchError) return { kind: 'refused', lease, code: error.code, message: error.message };
  const message = error instanceof Error ? error.message : String(error);
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return { kind: 'refused', lease, code: 'disk_full', message: `A disk is full (${message}): free some space.` };
  }
  tell({ kind: 'log', level: 'error', message: error instanceof Error ? (error.stack ?? message) : message });
  const outcome = { kind: 'failed', reason: 'error', message } as const;
  return { kind: 'finished', lease, outcome, durationMs: 0, weightsHash: null, weights: null };
}

function receive(carryOut: typeof carryOutRun, message: unknown): void {
  const command = trainerCommandSchema.parse(message);
  if (command.kind === 'begin') void run(carryOut, placed(command.order));
  if (command.kind !== 'shutdown') return;
  isLeaving = true;
  if (!isTraining) port.close();
}

/** A host sees the GPU that it was given as its first; named, the graph's ways round slow CPU kernels stay off. */
function placed(order: RunOrder): RunOrder {
  if (!usesGpu || order.placement.device !== '') return order;
  return { ...order, placement: { ...order.placement, device: '/device:GPU:0' } };
}

const module: TrainingModule = await import(trainingModule);
// Loaded before the first job, so that a run does not pay for it.
const native = module.tensorFlowVersion ? null : tensorFlow().backend().binding;
const version = module.tensorFlowVersion?.() ?? native?.TF_Version ?? '';
const usesGpu = native?.isUsingGpuDevice() ?? false;
port.on('message', (message: unknown) => receive(module.carryOutRun, message));
tell({ kind: 'ready', pid: process.pid, tensorflow: version });
