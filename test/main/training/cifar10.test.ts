import '../tensor/environment.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TrainJob } from '../../../src/main/training/train-job.ts';
import { PRESETS } from '../../../src/shared/presets.ts';
import type { Scale } from '../../../src/shared/records/architecture.ts';
import type { Recipe, SubsetCounts } from '../../../src/shared/records/recipe.ts';
import { childScale } from '../../../src/shared/search-space/child-scale.ts';
import { runTraining, timeless } from './run-training.ts';
import { toyJob } from './toy-job.ts';
import { trainElsewhere } from './train-elsewhere.ts';

/** Set-up brought it. */
const CIFAR10 = fileURLToPath(new URL('../../../.cellwright/datasets/cifar10', import.meta.url));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'cifar10-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function cifarJob(scale: Partial<Scale>, recipe: Partial<Recipe>, subset: SubsetCounts): TrainJob {
  const job = toyJob(CIFAR10, { checkpointFolder: folder });
  const { config } = PRESETS.quick;
  return {
    ...job,
    scale: { ...childScale(config.scale, { height: 32, width: 32, channels: 3, classes: 10 }), ...scale },
    recipe: { ...config.recipe, ...recipe },
    subset,
  };
}

describe('NASNet-A on CIFAR-10', () => {
  it('memorises 64 images', async () => {
    const job = cifarJob(
      {},
      { epochs: 40, warmupSteps: 0, augmentation: { flip: false, cropPadding: 0, cutout: 0 } },
      { training: 64, validation: 64 },
    );
    const { epochs } = await runTraining(job);
    const accuracies = epochs.map(({ trainingAccuracy }) => trainingAccuracy);
    expect(accuracies[0]).toBeLessThan(0.5);
    expect(accuracies.at(-1)).toBe(1);
  });

  it('at search size (N=2, F=32) goes on bit for bit in another process', async () => {
    const job = cifarJob(
      { normalRepeats: 2, filters: 32 },
      { ...PRESETS.paper.config.recipe, epochs: 1 },
      { training: 128, validation: 20 },
    );
    const golden = await runTraining(job);
    const { checkpoint } = await trainElsewhere(job, 2);
    const { result } = await trainElsewhere({ ...job, resumeFrom: { file: checkpoint!, step: 2 } }, 0);
    expect(result).toEqual(timeless(golden.result));
  });
});
