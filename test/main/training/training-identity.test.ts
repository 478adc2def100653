import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { TrainJob } from '../../../src/main/training/train-job.ts';
import { expectSameTrajectory, trajectoryOf } from '../../../src/main/training/training-identity.ts';
import { PRESETS } from '../../../src/shared/presets.ts';
import { toyJob } from './toy-job.ts';

const IMAGES = { images: 'a'.repeat(64), classes: 'b'.repeat(64) };
/** At so small a size no auxiliary classifier was ever possible as it is today. */
const JOB = toyJob('', { scale: { ...toyJob('').scale, auxiliary: false } });

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, part]) => [key, sorted(part)]));
};
const hashOf = (value: unknown) =>
  createHash('sha256')
    .update(JSON.stringify(sorted(value)))
    .digest('hex');

/** What schema 1 and 2 wrote of the toy job, put together here as their code did. */
function olderTrajectory() {
  const { preprocessing: _, ...recipe } = JOB.recipe;
  const { height, width: _width, channels: _channels, ...scale } = JOB.scale;
  return {
    architecture: hashOf(JOB.architecture),
    scale: hashOf({ ...scale, imageSize: height }),
    training: hashOf({ ...recipe, trainingImages: 50, validationImages: 30 }),
    dataset: hashOf({ ...IMAGES, splitSeed: JOB.splitSeed }),
    seed: JOB.seed,
  };
}

const refusal = (reasons: string) =>
  expect.objectContaining({
    code: 'conflict',
    message: `This checkpoint belongs to another training (${reasons}): start it afresh.`,
  });

describe('the trajectory of a training', () => {
  it('is that of the job alone: a run, its try, its limits and how it is rewarded are none of it', () => {
    const others: Partial<TrainJob>[] = [
      { reward: { epoch: 'best' } },
      { limits: { timeLimitMs: 5 } },
      {
        checkpointFolder: '/elsewhere/runs/99',
        datasetFolder: '/elsewhere',
        residentBytes: 0,
        device: '/device:CPU:0',
      },
      { checkpointEverySteps: 7, keepWeights: true, resumeFrom: { file: 'a', step: 3 } },
      { dataset: { ref: { name: 'other name', version: 2 }, identity: 'f'.repeat(64) } },
    ];
    for (const changes of others) {
      expect(trajectoryOf({ ...JOB, ...changes }, IMAGES)).toEqual(trajectoryOf(JOB, IMAGES));
    }
  });

  it('does not depend on the order of keys, and goes by the batch that there really is', () => {
    const backwards = Object.fromEntries(Object.entries(JOB.recipe).reverse()) as TrainJob['recipe'];
    expect(trajectoryOf({ ...JOB, recipe: backwards }, IMAGES)).toEqual(trajectoryOf(JOB, IMAGES));
    const batches = [50, 51, 4096].map((batchSize) => ({ ...JOB, recipe: { ...JOB.recipe, batchSize } }));
    expect(new Set(batches.map((job) => trajectoryOf(job, IMAGES).recipe)).size).toBe(1);
  });

  it('is the same with a field that was added later, where that stands at what it was introduced with', () => {
    const { preprocessing: _, ...before } = JOB.recipe;
    const { channels: _channels, ...scale } = JOB.scale;
    const older = { ...JOB, recipe: before, scale } as TrainJob;
    expect(trajectoryOf(older, IMAGES)).toEqual(trajectoryOf(JOB, IMAGES));
    expect(() => expectSameTrajectory(trajectoryOf(older, IMAGES), JOB, IMAGES)).not.toThrow();
    expect(trajectoryOf({ ...JOB, scale: { ...JOB.scale, channels: 1 } }, IMAGES).scale).not.toBe(
      trajectoryOf(JOB, IMAGES).scale,
    );
  });
});

describe('a checkpoint', () => {
  it('goes on with its own training only, and says what is other', () => {
    const stored = trajectoryOf(JOB, IMAGES);
    const go =
      (changes: Partial<TrainJob>, images = IMAGES) =>
      () =>
        expectSameTrajectory(stored, { ...JOB, ...changes }, images);
    expect(go({})).not.toThrow();
    const { normal } = JOB.architecture;
    expect(go({ architecture: { normal, reduction: normal }, seed: 8 })).toThrow(
      refusal('another architecture, another seed'),
    );
    expect(go({ scale: { ...JOB.scale, filters: 4 } })).toThrow(refusal('another scale'));
    expect(go({ recipe: PRESETS.paper.config.recipe })).toThrow(refusal('another recipe'));
    expect(go({ splitSeed: 4 })).toThrow(refusal('another split'));
    expect(go({ subset: { training: 50, validation: 31 } })).toThrow(refusal('another split'));
    expect(go({}, { ...IMAGES, images: 'c'.repeat(64) })).toThrow(refusal('another data set or split'));
  });

  it('of another version of the settings is refused, whatever else fits', () => {
    const stored = { ...trajectoryOf(JOB, IMAGES), version: 2 };
    expect(() => expectSameTrajectory(stored, JOB, IMAGES)).toThrow(refusal('another meaning of its settings'));
  });

  it('of schema 1 or 2 goes on with its own training, and with no other', () => {
    const stored = olderTrajectory();
    const go = (changes: Partial<TrainJob>) => () => expectSameTrajectory(stored, { ...JOB, ...changes }, IMAGES);
    expect(go({})).not.toThrow();
    expect(go({ limits: { timeLimitMs: 9 }, reward: { epoch: 'best' } })).not.toThrow();
    expect(go({ seed: 6 })).toThrow(refusal('another seed'));
    expect(go({ splitSeed: 4 })).toThrow(refusal('another data set or split'));
    expect(go({ recipe: { ...JOB.recipe, epochs: 4 } })).toThrow(refusal('other training settings'));
    expect(go({ subset: { training: 49, validation: 30 } })).toThrow(refusal('other training settings'));
    expect(go({ scale: { ...JOB.scale, width: 16 } })).toThrow(refusal('another scale'));
  });
});
