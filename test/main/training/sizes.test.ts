import '../tensor/environment.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { sizedCase } from '../../../src/main/bench/space-cases.ts';
import { gradientFaults } from '../../../src/main/bench/space-gradients.ts';
import { DatasetWriter } from '../../../src/main/datasets/write-dataset.ts';
import { PRESET_NAMES, PRESETS } from '../../../src/shared/presets.ts';
import { randomUint32 } from '../../../src/shared/random.ts';
import { childScale } from '../../../src/shared/search-space/child-scale.ts';
import { runTraining } from './run-training.ts';
import { spaceJob } from './space-job.ts';
import { toyJob } from './toy-job.ts';

function newFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'sizes-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** 300 grey images of 32 x 24 pixels: a bright bar across or a bright bar down, under noise. */
function writeBars(folder: string): void {
  const [height, width, count] = [32, 24, 300];
  const writer = new DatasetWriter(folder, {
    name: 'bars',
    title: 'Bars',
    imageSize: { height, width },
    channels: 1,
    classes: ['across', 'down'],
    source: 'made by a test',
    licence: 'none',
  });
  const labels = Int32Array.from({ length: count }, (_, index) => index % 2);
  const images = Uint8Array.from({ length: count * height * width }, (_, at) => {
    const [row, column] = [Math.floor(at / width) % height, at % width];
    const isBright = labels[Math.floor(at / (height * width))] === 0 ? row % 16 < 4 : column % 12 < 4;
    return (randomUint32(5, at) % 64) + (isBright ? 150 : 0);
  });
  writer.append('train', images, labels);
  writer.finish();
}

describe('300 grey images of 32 x 24', () => {
  it.each(PRESET_NAMES)('train a child of the scale of the %s preset', async (preset) => {
    const folder = newFolder();
    writeBars(folder);
    const { scale, recipe } = PRESETS[preset].config;
    const job = toyJob(folder, {
      scale: { ...childScale(scale, { height: 32, width: 24, channels: 1, classes: 2 }), auxiliary: true },
      recipe: { ...recipe, batchSize: 8, epochs: 1, warmupSteps: 0 },
      subset: { training: 16, validation: 10 },
    });
    const { result, progress } = await runTraining(job);
    expect(result).toMatchObject({ kind: 'finished', outcome: { kind: 'completed' } });
    expect(progress.every(({ loss }) => Number.isFinite(loss))).toBe(true);
  });

  it('are learned, whether the session holds them or reads them from disk, with the same weights', async () => {
    const folder = newFolder();
    writeBars(folder);
    const job = toyJob(folder, {
      scale: { ...toyJob(folder).scale, height: 32, width: 24, channels: 1, classes: 2 },
    });
    const changes = { recipe: { ...job.recipe, epochs: 2 }, subset: { training: 160, validation: 60 } };
    const ends = [];
    for (const residentBytes of [1_000_000, 0])
      ends.push((await runTraining({ ...job, ...changes, residentBytes })).result);
    const [resident, streamed] = ends.map((end) => (end.kind === 'finished' ? end : null));
    expect(resident?.outcome).toMatchObject({ kind: 'completed' });
    if (resident?.outcome.kind === 'completed') expect(resident.outcome.reward).toBeGreaterThan(0.9);
    expect(streamed?.weightsHash).toBe(resident?.weightsHash);
  });
});

describe('images of any size', () => {
  // Small, long, high, large, in grey and in colours, on both stems; `bench space --sizes` trains sixty.
  it.each([1, 2, 16, 19, 31, 48])('train a step, and every parameter gets a gradient (case %i)', async (index) => {
    const one = sizedCase(index);
    expect(gradientFaults(one)).toEqual([]);
    const folder = newFolder();
    const { result } = await runTraining({ ...spaceJob(one, folder), checkpointFolder: folder });
    expect(result).toMatchObject({ kind: 'finished', outcome: { kind: 'completed' } });
  });
});
