import { describe, expect, it } from 'vitest';
import { experimentFromPreset, PRESET_NAMES } from '../../../src/shared/presets.ts';
import type { Scale } from '../../../src/shared/records/architecture.ts';
import { searchScaleSchema } from '../../../src/shared/records/experiment.ts';
import { NASNET_A } from '../../../src/shared/search-space/cells.ts';
import { childScale, scaleNotes, stemFor } from '../../../src/shared/search-space/child-scale.ts';
import { cost } from '../../../src/shared/search-space/cost.ts';
import { firstStackMap } from '../../../src/shared/search-space/map-sizes.ts';
import { planNetwork } from '../../../src/shared/search-space/plan-network.ts';
import { legacyScale, readScale } from '../../../src/shared/search-space/stored-scale.ts';

const QUICK: Scale = {
  stem: 'cifar',
  normalRepeats: 1,
  filters: 8,
  height: 32,
  width: 32,
  channels: 3,
  classes: 10,
  auxiliary: false,
  skipReductionInput: false,
};

const images = (height: number, width: number) => ({ height, width, channels: 3, classes: 10 }) as const;

describe("a preset's stem", () => {
  it.each([
    [32, 32, 'cifar'],
    [24, 32, 'cifar'],
    [64, 512, 'cifar'],
    [65, 65, 'imagenet'],
    [512, 96, 'imagenet'],
  ])('for images of %i x %i pixels is %s, whichever preset', (height, width, stem) => {
    expect(stemFor(height, width)).toBe(stem);
    for (const preset of PRESET_NAMES) {
      const { scale } = experimentFromPreset(preset, { dataset: 'd' });
      expect(childScale(scale, images(height, width)).stem).toBe(stem);
    }
  });

  it('that was chosen stays, as older searches wrote it down', () => {
    const older = { stem: 'cifar', normalRepeats: 2, filters: 32, auxiliary: false, skipReductionInput: false };
    const scale = searchScaleSchema.parse(older);
    expect(scale).toEqual(older);
    expect(childScale(scale, images(224, 224))).toEqual({ ...older, ...images(224, 224) });
  });

  it('for large images is said, with what it brings them down to', () => {
    const scale = { ...QUICK, stem: stemFor(96, 128), height: 96, width: 128 };
    const [height, width] = firstStackMap(scale);
    expect(scaleNotes(scale, 'auto')).toEqual([
      `The shorter side of the images is above 64 pixels: the stem for large images brings 96 x 128 down to ${height} x ${width}.`,
    ]);
    expect(planNetwork(NASNET_A, scale).endpoints[0]).toMatchObject({ name: 'Stem', shape: [height, width, 16] });
    expect(scaleNotes(scale)).toEqual([]);
    expect(scaleNotes(QUICK, 'auto')).toEqual([]);
  });
});

describe('a network on oblong grey images', () => {
  it('has the shapes of both sides on their own, and only the stem’s weights know the channels', () => {
    const grey = cost(planNetwork(NASNET_A, { ...QUICK, height: 24, width: 33, channels: 1 }));
    const shapes = Object.fromEntries(grey.endpoints.map(({ name, shape }) => [name, shape]));
    expect(shapes).toMatchObject({
      Stem: [24, 33, 24],
      Cell_0: [24, 33, 48],
      Reduction_Cell_0: [12, 17, 64],
      Cell_1: [12, 17, 96],
      Reduction_Cell_1: [6, 9, 128],
      Cell_2: [6, 9, 192],
      global_pool: [192],
    });
    const colour = cost(planNetwork(NASNET_A, QUICK));
    expect(colour.trainableParameters - grey.trainableParameters).toBe(2 * 9 * 24);
  });

  it('counts the same for both ways to lay the image, where the cells do', () => {
    const block = {
      left: { input: 0, operation: 'sep_conv_5x5' },
      right: { input: 1, operation: 'max_pool_3x3' },
      combine: 'concat',
    } as const;
    const cell = { blocks: [block], outputs: [2] };
    const of = (height: number, width: number) =>
      cost(planNetwork({ normal: cell, reduction: cell }, { ...QUICK, height, width, auxiliary: true }));
    expect(of(40, 17).multiplyAdds).toBe(of(17, 40).multiplyAdds);
    expect(of(40, 17).trainableParameters).toBe(of(17, 40).trainableParameters);
  });
});

describe('the older form of a scale', () => {
  const older = {
    stem: 'cifar',
    normalRepeats: 1,
    filters: 8,
    imageSize: 32,
    classes: 10,
    auxiliary: false,
    skipReductionInput: false,
  };

  it('is read, and written again as it was', () => {
    expect(readScale(older)).toEqual(QUICK);
    expect(legacyScale(QUICK)).toEqual(older);
    expect(Object.keys(legacyScale(QUICK)!).sort()).toEqual(Object.keys(older).sort());
    const large = { ...older, stem: 'imagenet', imageSize: 331, auxiliary: true, stemFilters: 96 };
    expect(legacyScale(readScale(large))).toEqual(large);
    expect(readScale(QUICK)).toEqual(QUICK);
  });

  it('can say neither oblong nor grey images, nor an auxiliary classifier that is left out', () => {
    expect(legacyScale({ ...QUICK, width: 24 })).toBeNull();
    expect(legacyScale({ ...QUICK, channels: 1 })).toBeNull();
    expect(legacyScale({ ...QUICK, height: 8, width: 8, auxiliary: true })).toBeNull();
    expect(legacyScale({ ...QUICK, height: 9, width: 9, auxiliary: true })).toMatchObject({ imageSize: 9 });
  });

  it('is refused where it is no scale, or too small for today', () => {
    expect(() => readScale({ ...older, imageSize: 4 })).toThrow();
    expect(() => readScale({ ...older, filters: 0 })).toThrow();
  });
});
