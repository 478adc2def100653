import { rmSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { ExperimentConfig } from '../../shared/records/experiment.ts';
import type { Epoch, Training } from '../../shared/records/training.ts';
import { architectureHash } from '../../shared/search-space/canonical.ts';
import { NASNET_A } from '../../shared/search-space/cells.ts';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import type { SearchMaterial } from '../search/search.ts';
import type { Finished, TrialHooks, TrialQueue, TrialTask } from '../search/trial-queue.ts';

/** Of an epoch. Ours: one to some seconds, by the scale. */
const STEPS = 8;
/** The first warms up, what the second takes is counted. */
const EPOCHS = 2;
/**
 * Grows with every change of what is measured, of how the numbers of a calibration come from it, and of what a step of
 * the engine costs: calibrations of another version are made anew.
 */
const VERSION = 2;
/** What a calibration was made by. */
const MEASURING = [VERSION, STEPS, EPOCHS, architectureHash(NASNET_A)].join(' ');

/** What a short training of NASNet-A has shown of a machine at one scale, batch size and precision. */
export const calibrationSchema = z.strictObject({
  measuring: z.literal(MEASURING),
  at: z.iso.datetime(),
  /** Of an epoch for each of its training images, its evaluation and its checkpoint included. Milliseconds. */
  imageMs: z.number().positive(),
  /** Everything that a trial takes beside its epochs. Milliseconds. */
  startMs: z.number().min(0),
  /**
   * The most that the trainer held, without the images of the data set; 0 where that is not known, as of a trainer that
   * had trained before.
   */
  peakBytes: z.int().min(0),
  /** Whether other programs had the machine busy, so that times are too long. */
  wasBusy: z.boolean(),
});
export type Calibration = z.infer<typeof calibrationSchema>;

/** Under this number calibrations are handed to the trainers; no project has so many experiments. */
const EXPERIMENT = 2_147_483_647;
export interface CalibrationSetting {
  readonly queue: TrialQueue;
  readonly projectFolder: string;
  readonly residentBytes: number;
  readonly now: () => Date;
}

/**
 * Trains NASNet-A for a few steps on a trainer of the queue and evaluates some images, as a trial of this config would.
 * Throws `cancelled` when `signal` says so or the workbench closes, `conflict` when a search began beside it, and
 * `unavailable` when such a training does not come to its end here.
 */
export async function calibrate(
  config: ExperimentConfig,
  material: SearchMaterial,
  setting: CalibrationSetting,
  signal: AbortSignal,
): Promise<Calibration> {
  if (signal.aborted) throw cancelled();
  // Of the minute before; the calibration itself adds little to it.
  const wasBusy = loadavg()[0]! > availableParallelism();
  const { queue } = setting;
  const task = calibrationTask(config, material, setting.residentBytes);
  const folder = join(setting.projectFolder, 'checkpoints', 'calibration');
  const seen = new Observations(queue, folder);
  const cancel = (): void => queue.cancel(task.experiment, task.trial);
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const result = await queue.train(task, seen);
    if (result.kind === 'suspended' || result.outcome.kind === 'cancelled') {
      throw cancelled();
    }
    if (result.outcome.kind !== 'completed') throw failed(result.outcome.message);
    return { ...seen.conclude(result, task, setting.now()), wasBusy };
  } finally {
    signal.removeEventListener('abort', cancel);
    rmSync(folder, { recursive: true, force: true });
  }
}

function calibrationTask(config: ExperimentConfig, material: SearchMaterial, residentBytes: number): TrialTask {
  const { training } = config;
  const batch = Math.min(training.batchSize, training.trainingImages);
  const trainingImages = batch * Math.min(STEPS, Math.floor(training.trainingImages / batch));
  return {
    experiment: EXPERIMENT,
    trial: 1,
    architecture: NASNET_A,
    scale: material.scale,
    training: {
      ...training,
      trainingImages,
      // As many for each training image as a trial has: then an epoch is a trial's in small.
      validationImages: Math.max(1, Math.round(trainingImages * validationShare(training))),
      epochs: EPOCHS,
      // Weights that stay near their first values can't come to a loss that is no number; the work is the same.
      learningRate: { kind: 'cosine', initial: 1e-6, final: 0 },
      warmupSteps: 0,
      timeLimitMs: 0,
    },
    datasetFolder: material.datasetFolder,
    splitSeed: 1,
    seed: 1,
    device: '',
    residentBytes,
    checkpointEveryMs: 3_600_000,
    checkpointEverySteps: 0,
  };
}

/** What is heard of a calibration. */
class Observations implements TrialHooks {
  private readonly queue: TrialQueue;
  private readonly folder: string;
  private lastEpoch: Epoch | null = null;
  private leases = 0;
  private isDisturbed = false;

  constructor(queue: TrialQueue, folder: string) {
    this.queue = queue;
    this.folder = folder;
  }

  async lease() {
    this.leases++;
    return {
      leaseEpoch: this.leases,
      checkpointFolder: join(this.folder, `lease-${this.leases}`),
      resumeFrom: null,
      step: 0,
    };
  }

  lost(): void {
    // Another trainer begins it anew.
  }

  progress(): void {
    this.isDisturbed ||= this.queue.trainers().busy > 1;
  }

  epoch({ record }: { record: Epoch }): void {
    this.lastEpoch = record;
  }

  checkpoint(): void {
    // It goes with the folder.
  }

  ranOutOfMemory(): boolean {
    // Another batch would measure another search.
    return false;
  }

  conclude({ durationMs, peakBytes = 0 }: Finished, { training }: TrialTask, at: Date): Omit<Calibration, 'wasBusy'> {
    const epoch = this.lastEpoch;
    if (this.isDisturbed) {
      throw new WorkbenchError('conflict', 'A search started while the machine was measured: ask again when it rests.');
    }
    if (!epoch || epoch.durationMs === 0) throw failed('The trainer reported no epoch.');
    return {
      measuring: MEASURING,
      at: at.toISOString(),
      imageMs: epoch.durationMs / training.trainingImages,
      startMs: Math.max(0, durationMs - EPOCHS * epoch.durationMs),
      peakBytes,
    };
  }
}

/** Validation images for each training image. */
export function validationShare({ validationImages, trainingImages }: Training): number {
  return validationImages / trainingImages;
}

function cancelled(): WorkbenchError {
  return new WorkbenchError('cancelled', 'The calibration was cancelled.');
}

function failed(message: string): WorkbenchError {
  return new WorkbenchError('unavailable', `A child of this scale could not be trained to measure it: ${message}`);
}
