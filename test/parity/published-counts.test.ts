import { describe, expect, it } from 'vitest';
import type { Scale } from '../../src/shared/records/architecture.ts';
import { NASNET_A } from '../../src/shared/search-space/cells.ts';
import { cost } from '../../src/shared/search-space/cost.ts';
import { planNetwork } from '../../src/shared/search-space/plan-network.ts';

// Counts taken from the released code (tensorflow/models, research/slim/nets/nasnet) by building it and counting its
// variables and convolution shapes, and confirmed by Keras and timm where those have the model.
const cifar = {
  stem: 'cifar',
  height: 32,
  width: 32,
  channels: 3,
  classes: 10,
  auxiliary: false,
  skipReductionInput: false,
} as const;
const imagenet = { ...cifar, stem: 'imagenet', classes: 1000 } as const;
const mobile: Scale = { ...imagenet, normalRepeats: 4, filters: 44, height: 224, width: 224 };
const large: Scale = { ...imagenet, normalRepeats: 6, filters: 168, height: 331, width: 331, skipReductionInput: true };

const published: [string, Scale, number, number, number, number][] = [
  ['CIFAR 6@768', { ...cifar, normalRepeats: 6, filters: 32 }, 3_346_538, 3_383_786, 936, 544_333_312],
  [
    'CIFAR 6@768 with auxiliary',
    { ...cifar, normalRepeats: 6, filters: 32, auxiliary: true },
    4_978_036,
    5_017_076,
    944,
    546_700_288,
  ],
  ['CIFAR 2@768', { ...cifar, normalRepeats: 2, filters: 32 }, 1_294_698, 1_310_442, 384, 232_185_344],
  ['CIFAR 7@2304', { ...cifar, normalRepeats: 7, filters: 96 }, 32_590_954, 32_718_826, 1_074, 5_151_250_944],
  ['mobile 4@1056', mobile, 5_289_978, 5_326_716, 742, 563_638_816],
  ['mobile 4@1056 with auxiliary', { ...mobile, auxiliary: true }, 7_701_218, 7_739_748, 750, 567_061_024],
  ['large 6@4032', large, 88_753_150, 88_949_818, 1_018, 23_783_414_658],
  ['large 6@4032 with auxiliary', { ...large, auxiliary: true }, 93_320_934, 93_519_394, 1_026, 23_797_011_330],
  [
    'ImageNet 5@1536',
    { ...imagenet, normalRepeats: 5, filters: 64, height: 299, width: 299 },
    12_263_416,
    12_327_704,
    880,
    2_686_417_584,
  ],
  [
    'ImageNet 7@1920',
    { ...imagenet, normalRepeats: 7, filters: 80, height: 299, width: 299 },
    24_613_292,
    24_720_484,
    1_156,
    5_373_739_132,
  ],
];

describe('published NASNet-A', () => {
  it.each(published)('%s has the released counts', (_, scale, trainable, total, tensors, multiplyAdds) => {
    const read = cost(planNetwork(NASNET_A, scale));
    expect(read).toMatchObject({
      trainableParameters: trainable,
      totalParameters: total,
      trainableTensors: tensors,
      multiplyAdds,
    });
  });

  it.each([
    [{ ...cifar, normalRepeats: 7, filters: 96 } as const, false],
    [{ ...cifar, normalRepeats: 7, filters: 96 } as const, true],
    [large, false],
  ])('skipping the reduction input changes no count', (scale, skipReductionInput) => {
    const { endpoints, ...counts } = cost(planNetwork(NASNET_A, scale));
    const other = cost(planNetwork(NASNET_A, { ...scale, skipReductionInput }));
    expect(other.trainableParameters).toBe(counts.trainableParameters);
    expect(other.multiplyAdds).toBe(counts.multiplyAdds);
    expect(other.endpoints).toEqual(endpoints);
  });
});

/** `cell_` with a number, or any other part, and its trainable parameters. */
const layers: [string, Scale, Record<string, number>][] = [
  [
    'CIFAR 6@768',
    { ...cifar, normalRepeats: 6, filters: 32, auxiliary: true },
    {
      stem: 2_784,
      cell_0: 40_384,
      cell_1: 25_152,
      ...range(2, 5, 28_224),
      reduction_cell_0: 87_168,
      cell_6: 81_024,
      cell_7: 93_312,
      ...range(8, 11, 101_504),
      reduction_cell_1: 305_408,
      cell_12: 301_312,
      cell_13: 350_464,
      ...range(14, 17, 383_232),
      head: 7_690,
      auxiliary: 1_631_498,
    },
  ],
  [
    'mobile 4@1056',
    { ...mobile, auxiliary: true },
    {
      stem: 928,
      cell_stem_0: 8_534,
      cell_stem_1: 13_948,
      cell_0: 33_000,
      cell_1: 42_680,
      ...range(2, 3, 50_424),
      reduction_cell_0: 153_648,
      cell_4: 147_312,
      cell_5: 170_544,
      ...range(6, 7, 186_032),
      reduction_cell_1: 555_104,
      cell_8: 557_920,
      cell_9: 650_848,
      ...range(10, 11, 712_800),
      head: 1_057_000,
      auxiliary: 2_411_240,
    },
  ],
  [
    'large 6@4032',
    { ...large, auxiliary: true },
    {
      stem: 2_784,
      cell_stem_0: 49_230,
      cell_stem_1: 121_128,
      cell_0: 396_816,
      cell_1: 537_936,
      ...range(2, 5, 650_832),
      reduction_cell_0: 1_919_904,
      cell_6: 1_979_040,
      cell_7: 2_317_728,
      ...range(8, 11, 2_543_520),
      reduction_cell_1: 7_452_480,
      cell_12: 7_796_544,
      cell_13: 9_151_296,
      ...range(14, 17, 10_054_464),
      head: 4_033_000,
      auxiliary: 4_567_784,
    },
  ],
];

function range(from: number, to: number, parameters: number): Record<string, number> {
  const entries: [string, number][] = [];
  for (let cell = from; cell <= to; cell++) entries.push([`cell_${cell}`, parameters]);
  return Object.fromEntries(entries);
}

describe('layer by layer', () => {
  it.each(layers)('%s has the released parameters in every part', (_, scale, expected) => {
    const read = cost(planNetwork(NASNET_A, scale));
    const parts: Record<string, number> = {
      stem: read.stem.trainableParameters,
      head: read.head.trainableParameters,
      auxiliary: read.auxiliary.trainableParameters,
    };
    for (const cell of read.cells) parts[cell.name] = cell.trainableParameters;
    expect(parts).toEqual(expected);
  });
});

const shapes: [string, Scale, (string | number[])[][]][] = [
  [
    'CIFAR',
    { ...cifar, normalRepeats: 6, filters: 32 },
    [
      ['Stem', [32, 32, 96]],
      ...cells(0, 5, [32, 32, 192]),
      ['Reduction_Cell_0', [16, 16, 256]],
      ...cells(6, 11, [16, 16, 384]),
      ['Reduction_Cell_1', [8, 8, 512]],
      ...cells(12, 17, [8, 8, 768]),
      ['global_pool', [768]],
      ['Logits', [10]],
      ['Predictions', [10]],
    ],
  ],
  [
    'mobile',
    mobile,
    [
      ['Stem', [28, 28, 88]],
      ...cells(0, 3, [28, 28, 264]),
      ['Reduction_Cell_0', [14, 14, 352]],
      ...cells(4, 7, [14, 14, 528]),
      ['Reduction_Cell_1', [7, 7, 704]],
      ...cells(8, 11, [7, 7, 1056]),
      ['global_pool', [1056]],
      ['Logits', [1000]],
      ['Predictions', [1000]],
    ],
  ],
  [
    'large',
    large,
    [
      ['Stem', [42, 42, 336]],
      ...cells(0, 5, [42, 42, 1008]),
      ['Reduction_Cell_0', [21, 21, 1344]],
      ...cells(6, 11, [21, 21, 2016]),
      ['Reduction_Cell_1', [11, 11, 2688]],
      ...cells(12, 17, [11, 11, 4032]),
      ['global_pool', [4032]],
      ['Logits', [1000]],
      ['Predictions', [1000]],
    ],
  ],
];

function cells(from: number, to: number, shape: number[]): (string | number[])[][] {
  return Array.from({ length: to - from + 1 }, (_, index) => [`Cell_${from + index}`, shape]);
}

describe('endpoint shapes', () => {
  it.each(shapes)('%s has the shapes of nasnet_test.py', (_, scale, expected) => {
    const { endpoints } = cost(planNetwork(NASNET_A, scale));
    expect(endpoints.map(({ name, shape }) => [name, shape])).toEqual(expected);
  });

  it.each([
    [224, 111, 56, 28],
    [299, 149, 75, 38],
    [331, 165, 83, 42],
  ])('an ImageNet stem takes %i pixels to %i, %i and %i', (side, convolution, first, second) => {
    const plan = planNetwork(NASNET_A, { ...mobile, height: side, width: side });
    expect(plan.steps[1]!.shape[0]).toBe(convolution);
    const stemCells = cost(plan).cells.slice(0, 2);
    expect(stemCells.map((cell) => cell.outputShape?.[0])).toEqual([first, second]);
  });
});

describe('time', () => {
  it('reads the cost of NASNet-A large from scratch in under 50 ms', () => {
    const times = Array.from({ length: 20 }, () => {
      const start = performance.now();
      cost(planNetwork(NASNET_A, { ...large, auxiliary: true }));
      return performance.now() - start;
    }).sort((a, b) => a - b);
    console.log(`cost of NASNet-A large: median ${times[10]?.toFixed(1)} ms, most ${times.at(-1)?.toFixed(1)} ms`);
    expect(times[10]).toBeLessThan(50);
  });
});
