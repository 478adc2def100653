import '../tensor/environment.ts';
import { describe, expect, it } from 'vitest';
import { dropPathMasks, keepProbability } from '../../../src/main/child-model/drop-path.ts';
import { dropout } from '../../../src/main/child-model/dropout.ts';
import { Graph, type Tensor } from '../../../src/main/tensor/graph.ts';
import { Session } from '../../../src/main/tensor/session.ts';
import { NASNET_A } from '../../../src/shared/search-space/cells.ts';
import type { DropPathStep } from '../../../src/shared/search-space/plan.ts';
import { planNetwork } from '../../../src/shared/search-space/plan-network.ts';

const BATCH = 1000;
const KEEP_FINAL = 0.6;

const plan = planNetwork(NASNET_A, {
  stem: 'cifar',
  normalRepeats: 1,
  filters: 4,
  height: 8,
  width: 8,
  channels: 3,
  classes: 3,
  auxiliary: false,
  skipReductionInput: false,
});

/** Masks of all sites in the plan's order, one row an image. */
function draw(seed: number, step: number, progress: number): Map<number, Float32Array> {
  const graph = new Graph();
  const fed = graph.placeholder('progress', 'float32', []);
  const chance = graph.placeholder('chance', 'int32', [2]);
  const options = { keepFinal: KEEP_FINAL, progress: fed, chance, batchSize: BATCH, dtype: 'float32' } as const;
  const masks = dropPathMasks(plan, options);
  const session = Session.open(graph);
  try {
    const feeds = new Map<Tensor, number | Int32Array>([
      [fed, progress],
      [chance, Int32Array.of(seed, step)],
    ]);
    const values = session.run([...masks.values()], feeds) as Float32Array[];
    return new Map([...masks.keys()].map((site, index) => [site, values[index]!]));
  } finally {
    session.close();
  }
}

describe('ScheduledDropPath', () => {
  it.each([
    // cell, cells, progress, final keep, keep: worked out from the released code (paper-facts, section 4).
    [0, 20, 1, 0.6, 0.98],
    [9, 20, 1, 0.6, 0.8],
    [19, 20, 1, 0.6, 0.6],
    [19, 20, 0.5, 0.6, 0.8],
    [9, 20, 0.5, 0.6, 0.9],
    [13, 20, 0, 0.6, 1],
    [21, 22, 1, 0.7, 0.7],
    [0, 22, 1, 0.7, 0.98636],
  ])('keeps cell %i of %i at progress %d, final %d, with probability %d', (cell, cells, progress, final, keep) => {
    expect(keepProbability({ cellIndex: cell, cellCount: cells }, progress, final)).toBeCloseTo(keep, 5);
  });

  it('drops whole examples at the scheduled rate and divides the others by it', () => {
    for (const [site, mask] of draw(5, 17, 0.75)) {
      const keep = keepProbability(plan.steps[site] as DropPathStep, 0.75, KEEP_FINAL);
      const kept = mask.filter((value) => value !== 0);
      for (const value of kept) expect(value).toBeCloseTo(1 / keep, 5);
      // Four deviations of a binomial distribution.
      const deviation = Math.sqrt((keep * (1 - keep)) / BATCH);
      expect(Math.abs(kept.length / BATCH - keep)).toBeLessThan(4 * deviation);
    }
  });

  it('drops nothing at the first step', () => {
    for (const mask of draw(5, 0, 0).values()) expect(mask.every((value) => value === 1)).toBe(true);
  });

  it('depends on the seed and the step, and each site draws for itself', () => {
    const first = [...draw(5, 17, 1).values()];
    expect([...draw(5, 17, 1).values()]).toEqual(first);
    expect([...draw(5, 18, 1).values()]).not.toEqual(first);
    expect([...draw(6, 17, 1).values()]).not.toEqual(first);
    const patterns = new Set(first.map((mask) => Array.from(mask, (value) => (value === 0 ? 0 : 1)).join('')));
    expect(patterns.size).toBe(first.length);
  });
});

describe('dropout', () => {
  it('keeps features with the given probability and divides them by it', () => {
    const graph = new Graph();
    const chance = graph.placeholder('chance', 'int32', [2]);
    const features = graph.constant(1, 'float32', [100, 50]);
    const dropped = dropout(features, 0.8, chance);
    const session = Session.open(graph);
    const [values] = session.run([dropped], new Map([[chance, Int32Array.of(3, 4)]])) as [Float32Array];
    session.close();
    expect(new Set(values.map((value) => Math.round(value * 100)))).toEqual(new Set([0, 125]));
    const kept = values.filter((value) => value > 0).length / values.length;
    expect(Math.abs(kept - 0.8)).toBeLessThan(4 * Math.sqrt((0.8 * 0.2) / values.length));
  });
});
