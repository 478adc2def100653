import { availableParallelism, loadavg } from 'node:os';
import { z } from 'zod';
import { batchSizeOf } from '../../shared/batch-sizes.ts';
import type { ExperimentConfig } from '../../shared/records/experiment.ts';
import type { SubsetCounts } from '../../shared/records/recipe.ts';
import type { Epoch, TrainSpec } from '../../shared/records/run.ts';
import { architectureHash } from '../../shared/search-space/canonical.ts';
import { NASNET_A } from '../../shared/search-space/cells.ts';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import type { CarriedOut, RunKeeper } from '../runs/run-keeper.ts';
import type { RunOwner } from '../runs/run-owner.ts';
import type { RunTools } from '../runs/run-tools.ts';
import type { SearchMaterial } from '../search/search.ts';

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

export interface CalibrationSetting {
  readonly tools: RunTools;
  readonly keeper: RunKeeper;
}

/**
 * Trains NASNet-A for a few steps on a trainer of the queue and evaluates some images, as a trial of this config would.
 * Throws `cancelled` when `signal` says so or the workbench closes, `conflict` when a search began beside it, and
 * `unavailable` when such a training does not come to its end here.
 */
export async function calibrate(
  config: ExperimentConfig,
  material: SearchMaterial,
  { tools, keeper }: CalibrationSetting,
  signal: AbortSignal,
): Promise<Calibration> {
  if (signal.aborted) throw cancelled();
  // Of the minute before; the calibration itself adds little to it.
  const wasBusy = loadavg()[0]! > availableParallelism();
  const { store, clock } = tools;
  const spec = calibrationSpec(config, material);
  const queuedAt = clock.now().toISOString();
  const run = store.runs.add({ experiment: null, purpose: 'calibration', spec, queuedAt });
  const owner = new CalibrationOwner(tools, () => keeper.cancel(run));
  const cancel = (): void => keeper.cancel(run);
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const { datasetFolder } = material;
    const place = { datasetFolder, checkpointEveryMs: 3_600_000, checkpointEverySteps: 0 };
    const end = await keeper.carryOut(run, owner, place);
    owner.throwWhatFailed();
    if (end === 'suspended') {
      store.runs.cancel(run, 'Cellwright was closed.', clock.now().toISOString());
      throw cancelled();
    }
    if (end.outcome.kind === 'cancelled') throw cancelled();
    if (end.outcome.kind !== 'completed') throw failed('message' in end.outcome ? end.outcome.message : '');
    if (owner.isDisturbed) {
      throw new WorkbenchError('conflict', 'A search started while the machine was measured: ask again when it rests.');
    }
    const epoch = store.epochs.list(run).at(-1);
    return { ...conclude(end, epoch, spec, clock.now()), wasBusy };
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

function calibrationSpec(config: ExperimentConfig, material: SearchMaterial): TrainSpec {
  const { recipe } = config;
  const { scale, subset, dataset } = material;
  const batch = batchSizeOf(recipe, subset.training);
  const training = batch * Math.min(STEPS, Math.floor(subset.training / batch));
  return {
    version: 1,
    kind: 'calibrate',
    architecture: NASNET_A,
    scale,
    recipe: {
      ...recipe,
      epochs: EPOCHS,
      // Weights that stay near their first values can't come to a loss that is no number; the work is the same.
      learningRate: { kind: 'cosine', initial: 1e-6, final: 0 },
      warmupSteps: 0,
    },
    // As many validation images for each training image as a trial has: then an epoch is a trial's in small.
    subset: { training, validation: Math.max(1, Math.round(training * validationShare(subset))) },
    dataset,
    splitSeed: 1,
    seed: 1,
    reward: { epoch: 'last' },
    limits: { timeLimitMs: 0 },
  };
}

/** Whoever waits for an estimate, as the keeper of the calibration sees it. */
class CalibrationOwner implements RunOwner {
  readonly name = 'The calibration';
  readonly about = undefined;
  readonly priority = 'background';
  isDisturbed = false;
  private readonly tools: RunTools;
  private readonly giveUp: () => void;
  private failure: { error: unknown } | null = null;

  constructor(tools: RunTools, giveUp: () => void) {
    this.tools = tools;
    this.giveUp = giveUp;
  }

  record<T>(work: () => T): T {
    return this.tools.store.transaction(work);
  }

  fail(error: unknown): void {
    this.failure ??= { error };
    this.giveUp();
  }

  throwWhatFailed(): void {
    if (this.failure) throw this.failure.error;
  }

  progressed(): void {
    this.isDisturbed ||= this.tools.queue.trainers().busy > 1;
  }

  whySaved(step: number): string {
    return `Saved at step ${step}.`;
  }

  keepsWeights(): boolean {
    return false;
  }
}

function conclude(
  { durationMs, peakBytes = 0 }: Exclude<CarriedOut, 'suspended'>,
  epoch: Epoch | undefined,
  { subset }: TrainSpec,
  at: Date,
): Omit<Calibration, 'wasBusy'> {
  if (!epoch || epoch.durationMs === 0) throw failed('The trainer reported no epoch.');
  return {
    measuring: MEASURING,
    at: at.toISOString(),
    imageMs: epoch.durationMs / subset.training,
    startMs: Math.max(0, durationMs - EPOCHS * epoch.durationMs),
    peakBytes,
  };
}

/** Validation images for each training image. */
export function validationShare({ validation, training }: SubsetCounts): number {
  return validation / training;
}

function cancelled(): WorkbenchError {
  return new WorkbenchError('cancelled', 'The calibration was cancelled.');
}

function failed(message: string): WorkbenchError {
  return new WorkbenchError('unavailable', `A child of this scale could not be trained to measure it: ${message}`);
}
