import { describe, expect, it } from 'vitest';
import { countSteps, dropPathProgress, lastCellKeep, learningRateAt } from '../../../src/main/training/schedule.ts';
import { PRESETS } from '../../../src/shared/presets.ts';
import type { LearningRate } from '../../../src/shared/records/recipe.ts';

const PAPER = PRESETS.paper.config.recipe;
/** Of CIFAR-10. */
const IMAGES = { training: 45_000, validation: 5000 };

function rates(learningRate: LearningRate, warmupSteps: number): number[] {
  const recipe = { ...PAPER, epochs: 4, learningRate, warmupSteps };
  const counts = countSteps({ recipe, subset: { training: 320, validation: 1 } });
  return Array.from({ length: counts.steps }, (_, step) => learningRateAt(recipe, counts, step));
}

describe('steps', () => {
  it('leave out the images that do not fill a batch', () => {
    expect(countSteps({ recipe: PAPER, subset: IMAGES })).toEqual({
      batchSize: 32,
      stepsPerEpoch: 1406,
      steps: 28_120,
    });
  });

  it('take all images at once where there are fewer than a batch', () => {
    const counts = countSteps({ recipe: { ...PAPER, epochs: 3 }, subset: { training: 20, validation: 1 } });
    expect(counts).toEqual({ batchSize: 20, stepsPerEpoch: 1, steps: 3 });
  });
});

describe('the learning rate', () => {
  it('falls from the first step to nearly its end as one half period of a cosine', () => {
    const all = rates({ kind: 'cosine', initial: 0.025, final: 0.005 }, 0);
    expect(all[0]).toBe(0.025);
    expect(all[10]).toBeCloseTo(0.005 + 0.02 * (0.5 + Math.SQRT1_2 / 2), 12);
    expect(all[20]).toBeCloseTo(0.015, 12);
    expect(all.at(-1)).toBeCloseTo(0.005, 3);
    expect(all).toEqual([...all].sort((a, b) => b - a));
  });

  it('rises linearly to the initial rate during a warm-up, before the cosine starts', () => {
    const all = rates({ kind: 'cosine', initial: 0.1, final: 0 }, 4);
    const first = all.slice(0, 5).map((rate) => Math.round(rate * 1e9) / 1e9);
    expect(first).toEqual([0.025, 0.05, 0.075, 0.1, 0.1]);
    expect(all[22]).toBeCloseTo(0.05, 12);
  });

  it('is multiplied by the decay after every so many epochs', () => {
    const all = rates({ kind: 'exponential', initial: 2, decay: 0.5, everyEpochs: 1.5 }, 0);
    expect(all.filter((rate) => rate === 2)).toHaveLength(15);
    expect(all.filter((rate) => rate === 1)).toHaveLength(15);
    expect(all.at(-1)).toBe(0.5);
  });

  it('is finite when the warm-up takes the whole training', () => {
    const all = rates({ kind: 'cosine', initial: 0.1, final: 0 }, 100);
    expect(all.at(-1)).toBeCloseTo(0.04, 12);
  });
});

describe('drop path', () => {
  it('comes on linearly over the whole training', () => {
    const counts = countSteps({ recipe: PAPER, subset: IMAGES });
    expect(dropPathProgress(counts, 0)).toBe(0);
    expect(dropPathProgress(counts, counts.steps / 2)).toBe(0.5);
    expect(lastCellKeep(PAPER, counts, 0)).toBe(1);
    expect(lastCellKeep(PAPER, counts, counts.steps)).toBeCloseTo(0.6, 12);
  });
});
