import { type WrittenCheckpoint, writeCheckpoint } from '../../../src/main/training/checkpoint.ts';
import {
  type TrainHooks,
  type TrainProgress,
  type TrainResult,
  trainChild,
} from '../../../src/main/training/train-child.ts';
import type { TrainJob } from '../../../src/main/training/train-job.ts';
import type { Epoch } from '../../../src/shared/records/run.ts';

export interface Recording {
  readonly result: TrainResult;
  readonly progress: readonly TrainProgress[];
  readonly epochs: readonly Epoch[];
  readonly checkpoints: readonly WrittenCheckpoint[];
}

/** Trains a job with its checkpoints written to its folder, and notes everything that the training tells. */
export async function runTraining(job: TrainJob, changes: Partial<TrainHooks> = {}): Promise<Recording> {
  const progress: TrainProgress[] = [];
  const epochs: Epoch[] = [];
  const checkpoints: WrittenCheckpoint[] = [];
  const result = await trainChild(job, {
    onProgress: (each) => progress.push(each),
    onEpoch: (record) => epochs.push(record),
    saveCheckpoint: (produce) => void checkpoints.push(writeCheckpoint(job.checkpointFolder, produce())),
    shouldStop: () => null,
    clock: () => performance.now(),
    ...changes,
  });
  return { result, progress, epochs, checkpoints };
}

/** What a result says but for the time it took. */
export function timeless(result: TrainResult): unknown {
  if (result.kind === 'suspended') return { kind: result.kind, step: result.step };
  const { outcome, weightsHash, exact } = result;
  return { outcome, weightsHash, exact, epochs: result.epochs.map((epoch) => ({ ...epoch, durationMs: 0 })) };
}
