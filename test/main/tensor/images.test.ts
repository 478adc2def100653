import './environment.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Graph, type Tensor } from '../../../src/main/tensor/graph.ts';
import { type AugmentationOptions, augment, whiten } from '../../../src/main/tensor/images.ts';
import { Session } from '../../../src/main/tensor/session.ts';
import { randomUint32 } from '../../../src/shared/random.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'cellwright-images-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const [BATCH, HEIGHT, WIDTH, CHANNELS] = [64, 7, 6, 3];
const SIZE = HEIGHT * WIDTH * CHANNELS;
const bytes = Uint8Array.from({ length: BATCH * SIZE }, (_, index) => randomUint32(3, index) & 255);

function open<Key>(
  build: (graph: Graph, images: Tensor, seed: Tensor) => Tensor,
  use: (run: (seed: number[]) => Float32Array) => Key,
): Key {
  const graph = new Graph();
  const images = graph.placeholder('images', 'uint8', [BATCH, HEIGHT, WIDTH, CHANNELS]);
  const seed = graph.placeholder('seed', 'int32', [2]);
  const built = build(graph, images, seed);
  const session = Session.open(graph);
  try {
    const run = session.prepare([built], [images, seed]);
    return use((values) => run([bytes, Int32Array.from(values)])[0] as Float32Array);
  } finally {
    session.close();
  }
}

const plain = open(
  (_graph, images) => whiten(images),
  (run) => run([1, 0]),
);
const augmented = (options: AugmentationOptions, seeds: number[][]): Float32Array[] =>
  open(
    (_graph, images, seed) => augment(whiten(images), seed, options),
    (run) => seeds.map(run),
  );

const at = (image: Float32Array, row: number, column: number, channel: number): number =>
  row < 0 || column < 0 || row >= HEIGHT || column >= WIDTH ? 0 : image[(row * WIDTH + column) * CHANNELS + channel]!;
const imageOf = (batch: Float32Array, index: number): Float32Array => batch.subarray(index * SIZE, (index + 1) * SIZE);

/** Every image that flip and crop can make of one, with what was done. */
function candidates(image: Float32Array, flips: readonly boolean[], padding: number) {
  const shifts = Array.from({ length: 2 * padding + 1 }, (_, index) => index - padding);
  return flips.flatMap((flip) =>
    shifts.flatMap((down) =>
      shifts.map((right) => {
        const made = new Float32Array(SIZE);
        for (let index = 0; index < SIZE; index++) {
          const channel = index % CHANNELS;
          const column = Math.floor(index / CHANNELS) % WIDTH;
          const row = Math.floor(index / CHANNELS / WIDTH);
          // The mirrored image is moved as a whole: column 0 reads the far end.
          const from = flip ? WIDTH - 1 - column + right : column + right;
          made[index] = at(image, row + down, from, channel);
        }
        return { key: `${flip} ${down} ${right}`, made };
      }),
    ),
  );
}

describe('image operations in the graph', () => {
  it('whiten to mean 0 and deviation 1, image by image', () => {
    for (let index = 0; index < BATCH; index++) {
      const raw = bytes.subarray(index * SIZE, (index + 1) * SIZE);
      const mean = raw.reduce((sum, value) => sum + value, 0) / SIZE;
      const deviation = Math.sqrt(raw.reduce((sum, value) => sum + (value - mean) ** 2, 0) / SIZE);
      for (const [place, value] of imageOf(plain, index).entries()) {
        expect(Math.abs(value - (raw[place]! - mean) / deviation)).toBeLessThan(2e-6);
      }
    }
  });

  it('whiten a plain image to zeros', () => {
    const graph = new Graph();
    const white = whiten(graph.constant(200, 'uint8', [1, 4, 4, 3]));
    const session = Session.open(graph);
    expect(session.run([white])[0]).toEqual(new Float32Array(48));
    session.close();
  });

  it('mirror and crop each image to exactly one of the ways there are, all of which occur', () => {
    const counts = new Map<string, number>();
    const seeds = Array.from({ length: 60 }, (_, step) => [5, step]);
    for (const batch of augmented({ flip: true, cropPadding: 1, cutout: 0 }, seeds)) {
      for (let index = 0; index < BATCH; index++) {
        const found = candidates(imageOf(plain, index), [false, true], 1).filter(({ made }) =>
          Buffer.from(made.buffer).equals(Buffer.from(imageOf(batch, index).slice().buffer)),
        );
        expect(found.length).toBe(1);
        counts.set(found[0]!.key, (counts.get(found[0]!.key) ?? 0) + 1);
      }
    }
    expect(counts.size).toBe(18);
    // 3,840 draws of 18 equally likely ways: 213 each, within five deviations of sqrt(213).
    for (const count of counts.values()) expect(Math.abs(count - 3840 / 18)).toBeLessThan(5 * Math.sqrt(3840 / 18));
  });

  it('only mirror when cropping is off, and only crop when mirroring is off', () => {
    const [mirrored] = augmented({ flip: true, cropPadding: 0, cutout: 0 }, [[1, 1]]);
    const [cropped] = augmented({ flip: false, cropPadding: 2, cutout: 0 }, [[1, 1]]);
    for (let index = 0; index < BATCH; index++) {
      const same = (made: Float32Array, batch: Float32Array) =>
        imageOf(batch, index).every((value, place) => value === made[place]);
      const original = imageOf(plain, index);
      expect(candidates(original, [false, true], 0).some(({ made }) => same(made, mirrored!))).toBe(true);
      expect(candidates(original, [false], 2).some(({ made }) => same(made, cropped!))).toBe(true);
    }
  });

  it('blank a square around any pixel, cut off at the border', () => {
    const centres = new Set<string>();
    const seeds = Array.from({ length: 20 }, (_, step) => [9, step]);
    for (const batch of augmented({ flip: false, cropPadding: 0, cutout: 4 }, seeds)) {
      for (let index = 0; index < BATCH; index++) {
        const image = imageOf(batch, index);
        const original = imageOf(plain, index);
        const blanked: [number, number][] = [];
        for (let pixel = 0; pixel < HEIGHT * WIDTH; pixel++) {
          const kept = image[pixel * CHANNELS] === original[pixel * CHANNELS];
          expect(kept || image.subarray(pixel * CHANNELS, (pixel + 1) * CHANNELS).every((value) => value === 0)).toBe(
            true,
          );
          if (!kept) blanked.push([Math.floor(pixel / WIDTH), pixel % WIDTH]);
        }
        const rows = blanked.map(([row]) => row);
        const columns = blanked.map(([, column]) => column);
        const [height, width] = [
          Math.max(...rows) - Math.min(...rows) + 1,
          Math.max(...columns) - Math.min(...columns) + 1,
        ];
        expect(blanked.length).toBe(height * width);
        // From two pixels before the centre to one after it, inside the image.
        expect(Math.max(height, width)).toBeLessThanOrEqual(4);
        expect(Math.min(height, width)).toBeGreaterThanOrEqual(2);
        centres.add(`${Math.min(...rows)} ${Math.max(...rows)} ${Math.min(...columns)} ${Math.max(...columns)}`);
      }
    }
    expect(centres.size).toBe(HEIGHT * WIDTH);
  });

  it('do to a grey image what they do to each channel of a colour image', () => {
    const graph = new Graph();
    const seed = graph.constant([4, 7], 'int32', [2]);
    const options = { flip: true, cropPadding: 2, cutout: 3 };
    const made = [1, 3].map((channels) => {
      const values = Uint8Array.from({ length: 4 * 5 * 9 * channels }, (_, at) => bytes[Math.floor(at / channels)]!);
      return augment(whiten(graph.constant(values, 'uint8', [4, 5, 9, channels])), seed, options);
    });
    const session = Session.open(graph);
    const [grey, colour] = session.run(made) as [Float32Array, Float32Array];
    session.close();
    expect(grey).toHaveLength(4 * 5 * 9);
    expect(grey.some((value) => value === 0)).toBe(true);
    for (const [at, value] of colour.entries()) expect(Math.abs(value - grey[Math.floor(at / 3)]!)).toBeLessThan(1e-5);
  });

  it('depend on seed and step and on nothing else', () => {
    const options = { flip: true, cropPadding: 2, cutout: 3 };
    const [first, again, otherStep, otherSeed] = augmented(options, [
      [4, 7],
      [4, 7],
      [4, 8],
      [5, 7],
    ]);
    expect(again).toEqual(first);
    expect(otherStep).not.toEqual(first);
    expect(otherSeed).not.toEqual(first);
    expect(augmented(options, [[4, 7]])[0]).toEqual(first);
  });
});
