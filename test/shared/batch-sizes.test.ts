import { describe, expect, it } from 'vitest';
import { batchSizes, withBatchSize } from '../../src/shared/batch-sizes.ts';
import { PRESETS } from '../../src/shared/presets.ts';

const { recipe } = PRESETS.workstation.config;
/** That train, of CIFAR-10. */
const IMAGES = 22_500;

describe('The batch sizes of a trial whose memory runs out', () => {
  it.each([
    [128, 45_000, [128, 64, 32]],
    [4096, 100, [100, 50, 25]],
    [25, 45_000, [25, 12, 8]],
    [12, 45_000, [12, 8]],
    [8, 45_000, [8]],
    [1, 45_000, [1]],
  ])('asked for %i of %i images are halved twice, and not below 8', (batchSize, images, sizes) => {
    expect(batchSizes({ batchSize }, images)).toEqual(sizes);
  });
});

describe('A training with a smaller batch', () => {
  it('is as it was where the memory sufficed', () => {
    expect(withBatchSize(recipe, IMAGES, null)).toBe(recipe);
  });

  it('has half the learning rate, twice the warm-up steps and the same epochs with momentum', () => {
    // The workstation preset: a batch of 128, 0.1 falling to 0, an epoch of 176 steps to warm up.
    expect(withBatchSize(recipe, IMAGES, 64)).toEqual({
      ...recipe,
      batchSize: 64,
      learningRate: { kind: 'cosine', initial: 0.05, final: 0 },
      warmupSteps: 352,
    });
  });

  it('falls with the square root under RMSProp, and goes by the batch that there really was', () => {
    const smaller = withBatchSize(
      {
        ...recipe,
        batchSize: 4096,
        optimizer: { kind: 'rmsprop', decay: 0.9, momentum: 0.9, epsilon: 1 },
        learningRate: { kind: 'exponential', initial: 0.4, decay: 0.9, everyEpochs: 2 },
      },
      100,
      25,
    );
    expect(smaller.learningRate).toEqual({ kind: 'exponential', initial: 0.2, decay: 0.9, everyEpochs: 2 });
  });
});
