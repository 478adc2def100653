import '../tensor/environment.ts';
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { binding } from '../../../src/main/tensor/backend.ts';
import { SessionError } from '../../../src/main/tensor/session.ts';
import type { TrainJob } from '../../../src/main/training/train-job.ts';
import type { Recipe } from '../../../src/shared/records/recipe.ts';
import { epochSchema, outcomeSchema } from '../../../src/shared/records/run.ts';
import { runTraining, timeless } from './run-training.ts';
import { makeToyFolder, toyJob } from './toy-job.ts';

let folder: string;
let dataset: string;
beforeAll(() => {
  ({ folder, dataset } = makeToyFolder());
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function jobWith(recipe: Partial<Recipe>, changes: Partial<TrainJob> = {}): TrainJob {
  const job = toyJob(dataset, changes);
  return { ...job, recipe: { ...job.recipe, ...recipe } };
}

/** Without whatever draws at random or averages, at a rate that learns. */
const CALM: Partial<Recipe> = { dropPathKeep: 1, dropoutKeep: 1, weightAverageDecay: 0, warmupSteps: 0 };

describe('the training of a child', () => {
  it('goes through all steps and epochs to a completed outcome', async () => {
    const { result, progress, epochs } = await runTraining(toyJob(dataset));
    expect(progress.map(({ step }) => step)).toEqual(Array.from({ length: 18 }, (_, index) => index + 1));
    expect(progress.every(({ steps, loss }) => steps === 18 && Number.isFinite(loss))).toBe(true);
    expect(epochs.map((record) => epochSchema.parse(record).epoch)).toEqual([1, 2, 3]);
    if (result.kind !== 'finished') throw new Error('The training was suspended.');
    const outcome = outcomeSchema.parse(result.outcome);
    const best = Math.max(...epochs.map(({ validationAccuracy }) => validationAccuracy));
    expect(outcome).toMatchObject({ kind: 'completed', reward: epochs[2]!.validationAccuracy, bestAccuracy: best });
    expect(result.epochs).toEqual(epochs);
    expect(result.weightsHash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('records the means of an epoch over its steps', async () => {
    const { progress, epochs } = await runTraining(toyJob(dataset));
    for (const [index, record] of epochs.entries()) {
      const losses = progress.filter(({ epoch }) => epoch === index + 1).map(({ loss }) => loss);
      expect(losses).toHaveLength(6);
      expect(record.trainingLoss).toBeCloseTo(losses.reduce((sum, loss) => sum + loss) / 6, 10);
      expect((record.trainingAccuracy * 48) % 1).toBeCloseTo(0, 10);
      expect((record.validationAccuracy * 30) % 1).toBeCloseTo(0, 10);
    }
  });

  it('learns to tell the classes of a toy data set apart', async () => {
    const { result } = await runTraining(jobWith({ ...CALM, epochs: 12 }));
    if (result.kind !== 'finished' || result.outcome.kind !== 'completed') throw new Error('It did not complete.');
    // A guess is right in one of three.
    expect(result.outcome.bestAccuracy).toBeGreaterThan(0.9);
  });

  it('rewards with the best epoch where it is asked to', async () => {
    const { result } = await runTraining(toyJob(dataset, { reward: { epoch: 'best' } }));
    const outcome = result.kind === 'finished' ? result.outcome : null;
    expect(outcome).toMatchObject({ kind: 'completed' });
    if (outcome?.kind === 'completed') expect(outcome.reward).toBe(outcome.bestAccuracy);
  });

  it('gives the same numbers from images in the session and from images streamed from disk', async () => {
    const resident = await runTraining(toyJob(dataset));
    const streamed = await runTraining(toyJob(dataset, { residentBytes: 0 }));
    expect(timeless(streamed.result)).toEqual(timeless(resident.result));
  });

  it('gives other numbers with another seed, and with another split', async () => {
    const hashes = new Set<unknown>();
    for (const changes of [{}, { seed: 6 }, { splitSeed: 4 }]) {
      const { result } = await runTraining(jobWith({ epochs: 1 }, changes));
      hashes.add(result.kind === 'finished' && result.weightsHash);
    }
    expect(hashes.size).toBe(3);
  });

  it('counts every validation image once, whatever is left for the last batch', async () => {
    // 130 images are one batch of a hundred and a part of a second: counted whole, it would make more than 1 of it.
    const { epochs } = await runTraining(
      jobWith({ ...CALM, epochs: 12 }, { subset: { training: 50, validation: 130 } }),
    );
    const accuracy = epochs.at(-1)!.validationAccuracy;
    expect((accuracy * 130) % 1).toBeCloseTo(0, 10);
    expect(accuracy).toBeGreaterThan(0.9);
    expect(accuracy).toBeLessThanOrEqual(1);
  });

  it.each<[string, Partial<Recipe>]>([
    ['RMSProp', { optimizer: { kind: 'rmsprop', decay: 0.9, momentum: 0.9, epsilon: 1 } }],
    ['Nesterov momentum', { optimizer: { kind: 'momentum', momentum: 0.9, nesterov: true } }],
    ['label smoothing', { labelSmoothing: 0.1 }],
    ['an exponential schedule', { learningRate: { kind: 'exponential', initial: 0.1, decay: 0.9, everyEpochs: 1 } }],
    ['bfloat16', { precision: 'bfloat16' }],
    ['float16', { precision: 'float16' }],
    ['no clipping and no decay', { clipNorm: 0, weightDecay: 0 }],
    ['more images than a batch holds', { batchSize: 4096 }],
  ])('works with %s', async (_name, changes) => {
    const { result, progress } = await runTraining(jobWith({ epochs: 1, ...changes }));
    expect(result).toMatchObject({ kind: 'finished', outcome: { kind: 'completed' } });
    expect(progress.every(({ loss }) => Number.isFinite(loss))).toBe(true);
  });
});

describe('a training ends', () => {
  it('as nan_loss when the loss is no longer finite', async () => {
    const learningRate = { kind: 'cosine', initial: 1e30, final: 0 } as const;
    const { result } = await runTraining(jobWith({ ...CALM, learningRate, clipNorm: 0 }));
    expect(result).toMatchObject({
      kind: 'finished',
      outcome: { kind: 'failed', reason: 'nan_loss' },
      weightsHash: null,
    });
  });

  it('as nan_loss rather than save weights that are not finite', async () => {
    const learningRate = { kind: 'cosine', initial: 1e30, final: 0 } as const;
    const job = jobWith({ ...CALM, learningRate, clipNorm: 0 }, { checkpointEverySteps: 1 });
    const { result, checkpoints } = await runTraining(job);
    expect(result).toMatchObject({ outcome: { kind: 'failed', reason: 'nan_loss' } });
    expect(checkpoints.length).toBeLessThan(3);
  });

  it('as timed_out when it takes longer than its limit', async () => {
    let now = 0;
    const { result, progress } = await runTraining(toyJob(dataset, { limits: { timeLimitMs: 5000 } }), {
      clock: () => (now += 250),
    });
    expect(result).toMatchObject({ outcome: { kind: 'failed', reason: 'timed_out' } });
    expect(progress.length).toBeLessThan(18);
  });

  it('as out_of_memory when TensorFlow can allocate no more', async () => {
    // What it says then of a GPU; tensor/out-of-memory.test.ts has it from TensorFlow itself.
    const error = new SessionError(
      'OOM when allocating tensor with shape[64,1024,1024,96] and type float\n\t [[train]]',
    );
    const { result } = await runTraining(toyJob(dataset), {
      onProgress: ({ step }) => {
        if (step === 4) throw error;
      },
    });
    const message = expect.stringMatching(/^Memory ran out at batch 8, after step 4: OOM .* type float$/);
    expect(result).toMatchObject({ outcome: { kind: 'failed', reason: 'out_of_memory', message }, weightsHash: null });
  });

  it('as cancelled when it is asked to', async () => {
    let steps = 0;
    const { result, progress } = await runTraining(toyJob(dataset), {
      shouldStop: () => (++steps > 8 ? 'cancel' : null),
    });
    expect(result).toMatchObject({ outcome: { kind: 'cancelled' }, weightsHash: null });
    expect(progress.length).toBeLessThan(9);
  });

  it('without anything left open in TensorFlow', async () => {
    const before = binding().getNumOfTensors();
    const models = binding().getNumOfSavedModels();
    await runTraining(jobWith({ epochs: 1 }));
    await expect(runTraining(toyJob(dataset, { scale: { ...toyJob(dataset).scale, classes: 4 } }))).rejects.toThrow();
    expect(binding().getNumOfTensors()).toBe(before);
    expect(binding().getNumOfSavedModels()).toBe(models);
  });
});

describe('a training refuses', () => {
  it('images of another size, other class counts, and more images than there are', async () => {
    const { scale } = toyJob(dataset);
    const bad = (changes: Partial<TrainJob>) => runTraining(toyJob(dataset, changes));
    await expect(bad({ scale: { ...scale, height: 16 } })).rejects.toThrow(/8 x 8 pixels in 3 channels, not 16 x 8/);
    await expect(bad({ scale: { ...scale, channels: 1 } })).rejects.toThrow(
      /in 3 channels, not 8 x 8 pixels in 1 channel/,
    );
    await expect(bad({ scale: { ...scale, classes: 10 } })).rejects.toThrow(/3 classes, not 10/);
    await expect(bad({ subset: { training: 5000, validation: 30 } })).rejects.toThrow(/the data set has 200/);
    await expect(bad({ datasetFolder: `${dataset}-none` })).rejects.toThrow(/no data set/);
  });

  it('to go on from a checkpoint of another training', async () => {
    const { checkpoints } = await runTraining(jobWith({ epochs: 2 }, { checkpointEverySteps: 3 }));
    const { file, step } = checkpoints[0]!;
    const resumeFrom = { file, step };
    await expect(runTraining(jobWith({ epochs: 2 }, { resumeFrom, seed: 9 }))).rejects.toThrow(/another seed/);
    await expect(runTraining(jobWith({ epochs: 3 }, { resumeFrom }))).rejects.toThrow(/another recipe/);
    await expect(runTraining(jobWith({ epochs: 2 }, { resumeFrom, splitSeed: 9 }))).rejects.toThrow(/another split/);
  });
});
