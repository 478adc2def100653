import { describe, expect, it } from 'vitest';
import { batchSizes, withBatchSize } from '../../src/shared/batch-sizes.ts';
import { PRESETS } from '../../src/shared/presets.ts';

const { training } = PRESETS.workstation.config;

describe('The batch sizes of a trial whose memory runs out', () => {
  it.each([
    [128, 45_000, [128, 64, 32]],
    [4096, 100, [100, 50, 25]],
    [25, 45_000, [25, 12, 8]],
    [12, 45_000, [12, 8]],
    [8, 45_000, [8]],
    [1, 45_000, [1]],
  ])('asked for %i of %i images are halved twice, and not below 8', (batchSize, trainingImages, sizes) => {
    expect(batchSizes({ batchSize, trainingImages })).toEqual(sizes);
  });
});

describe('A training with a smaller batch', () => {
  it('is as it was where the memory sufficed', () => {
    expect(withBatchSize(training, null)).toBe(training);
  });

  it('has half the learning rate, twice the warm-up steps and the same epochs with momentum', () => {
    // The workstation preset: a batch of 128, 0.1 falling to 0, an epoch of 176 steps to warm up.
    expect(withBatchSize(training, 64)).toEqual({
      ...training,
      batchSize: 64,
      learningRate: { kind: 'cosine', initial: 0.05, final: 0 },
      warmupSteps: 352,
    });
  });

  it('falls with the square root under RMSProp, and goes by the batch that there really was', () => {
    const smaller = withBatchSize(
      {
        ...training,
        trainingImages: 100,
        batchSize: 4096,
        optimizer: { kind: 'rmsprop', decay: 0.9, momentum: 0.9, epsilon: 1 },
        learningRate: { kind: 'exponential', initial: 0.4, decay: 0.9, everyEpochs: 2 },
      },
      25,
    );
    expect(smaller.learningRate).toEqual({ kind: 'exponential', initial: 0.2, decay: 0.9, everyEpochs: 2 });
  });
});
