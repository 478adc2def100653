import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import type { DatasetSample } from '../../shared/records/dataset.ts';
import type { StoredDataset } from './stored-dataset.ts';

interface Small {
  readonly height: number;
  readonly width: number;
  /** `[height, width, channels]`. */
  readonly pixels: Uint8Array;
}

/** Samples of so many classes, the first ones (ours). */
const MOST_CLASSES = 10;
/** Longest side of a sample in pixels: what a page shows on a screen of two pixels a pixel (ours). */
const LONGEST_SIDE = 96;

/** The first training image of each of the first ten classes that has one, shrunk where it is large. */
export function sampleImages({ dataset, file }: StoredDataset): DatasetSample[] {
  const { height, width } = dataset.imageSize;
  const labels = readFileSync(file('train-labels.bin'));
  const images = openSync(file('train-images.bin'), 'r');
  try {
    const bytes = new Uint8Array(height * width * dataset.channels);
    return dataset.classes.slice(0, MOST_CLASSES).flatMap((_, label) => {
      const place = firstOf(labels, label, dataset.counts.train);
      if (place === null) return [];
      readSync(images, bytes, 0, bytes.length, place * bytes.length);
      const { pixels, ...small } = shrink(bytes, height, width, dataset.channels);
      return [{ label, ...small, pixels: Buffer.from(inColour(pixels, dataset.channels)).toString('base64') }];
    });
  } finally {
    closeSync(images);
  }
}

/** `labels`: little-endian int32 `[count]`. */
function firstOf(labels: Buffer, wanted: number, count: number): number | null {
  for (let place = 0; place < count; place++) if (labels.readInt32LE(place * 4) === wanted) return place;
  return null;
}

/** Grey as red, green and blue. */
function inColour(pixels: Uint8Array, channels: number): Uint8Array {
  return channels === 3
    ? pixels
    : Uint8Array.from({ length: 3 * pixels.length }, (_, at) => pixels[Math.floor(at / 3)]!);
}

/** Means over squares of pixels, so that no side is longer than `LONGEST_SIDE`; what is left over at the ends is cut. */
function shrink(pixels: Uint8Array, height: number, width: number, channels: number): Small {
  const square = Math.ceil(Math.max(height, width) / LONGEST_SIDE);
  const small = { height: Math.max(1, Math.floor(height / square)), width: Math.max(1, Math.floor(width / square)) };
  const means = new Uint8Array(small.height * small.width * channels);
  for (let index = 0; index < means.length; index++) {
    const channel = index % channels;
    const column = Math.floor(index / channels) % small.width;
    const row = Math.floor(index / (channels * small.width));
    let [sum, count] = [0, 0];
    for (let y = row * square; y < Math.min(height, (row + 1) * square); y++) {
      for (let x = column * square; x < Math.min(width, (column + 1) * square); x++) {
        sum += pixels[(y * width + x) * channels + channel] ?? 0;
        count++;
      }
    }
    means[index] = Math.round(sum / count);
  }
  return { ...small, pixels: means };
}
