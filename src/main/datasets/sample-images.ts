import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import type { DatasetSample } from '../../shared/records/dataset.ts';
import type { StoredDataset } from './stored-dataset.ts';

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
      return [{ label, ...shrink(bytes, height, width, dataset.channels) }];
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

/** Means over squares of pixels, so that no side is longer than `LONGEST_SIDE`; what is left over at the ends is cut. */
function shrink(pixels: Uint8Array, height: number, width: number, channels: number): Omit<DatasetSample, 'label'> {
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
  return { ...small, pixels: Buffer.from(means).toString('base64') };
}
