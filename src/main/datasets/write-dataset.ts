import { createHash, type Hash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { DATASET_FORMAT, type Dataset, type DatasetFile } from '../../shared/records/dataset.ts';

type FileName = DatasetFile['name'];
export type Split = 'train' | 'test';

/** What describes a data set beside its files. */
export type DatasetDescription = Pick<
  Dataset,
  'name' | 'title' | 'imageSize' | 'channels' | 'classes' | 'source' | 'licence'
>;

interface OpenFile {
  readonly handle: number;
  readonly hash: Hash;
  sizeBytes: number;
}

/**
 * Writes a data set's files in one pass, with their hashes and the mean and deviation of the training images. The
 * manifest comes last: a folder without one is no data set.
 */
export class DatasetWriter {
  private readonly folder: string;
  private readonly description: DatasetDescription;
  private readonly files = new Map<FileName, OpenFile>();
  /** How often each value of each channel occurs in the training images, `[channel][value]`: exact, unlike a sum of squares. */
  private readonly histogram: readonly Float64Array[];
  private readonly counts = { train: 0, test: 0 };

  /** @param folder exists and is empty */
  constructor(folder: string, description: DatasetDescription) {
    this.folder = folder;
    this.description = description;
    this.histogram = Array.from({ length: description.channels }, () => new Float64Array(256));
    for (const name of ['train-images.bin', 'train-labels.bin', 'test-images.bin', 'test-labels.bin'] as const) {
      this.files.set(name, {
        handle: openSync(path.join(folder, name), 'wx'),
        hash: createHash('sha256'),
        sizeBytes: 0,
      });
    }
  }

  /**
   * Appends images `[count, height, width, channels]`, uint8, and their labels, indices into the classes.
   * Throws RangeError when the two don't fit together.
   */
  append(split: Split, images: Uint8Array, labels: Int32Array): void {
    const { imageSize, channels, classes } = this.description;
    const imageBytes = imageSize.height * imageSize.width * channels;
    if (images.length !== labels.length * imageBytes) {
      throw new RangeError(`${images.length} bytes are not ${labels.length} images of ${imageBytes} bytes`);
    }
    const wrong = labels.find((label) => label < 0 || label >= classes.length);
    if (wrong !== undefined) throw new RangeError(`label ${wrong} is none of ${classes.length} classes`);
    this.write(`${split}-images.bin`, images);
    const bytes = new DataView(new ArrayBuffer(4 * labels.length));
    for (const [index, label] of labels.entries()) bytes.setInt32(4 * index, label, true);
    this.write(`${split}-labels.bin`, new Uint8Array(bytes.buffer));
    this.counts[split] += labels.length;
    if (split === 'train') this.count(images);
  }

  private write(name: FileName, bytes: Uint8Array): void {
    const file = this.files.get(name)!;
    for (let at = 0; at < bytes.length; ) at += writeSync(file.handle, bytes, at);
    file.hash.update(bytes);
    file.sizeBytes += bytes.length;
  }

  private count(images: Uint8Array): void {
    const { histogram } = this;
    for (const [channel, counts] of histogram.entries()) {
      for (let at = channel; at < images.length; at += histogram.length) counts[images[at]!]! += 1;
    }
  }

  /** Makes everything durable and writes the manifest. */
  finish(): Dataset {
    const files: DatasetFile[] = [];
    for (const [name, { handle, hash, sizeBytes }] of this.files) {
      fsyncSync(handle);
      closeSync(handle);
      files.push({ name, sizeBytes, sha256: hash.digest('hex') });
    }
    const moments = this.histogram.map(momentsOf);
    const dataset: Dataset = {
      format: DATASET_FORMAT,
      ...this.description,
      counts: { ...this.counts },
      files,
      mean: moments.map(({ mean }) => mean),
      deviation: moments.map(({ deviation }) => deviation),
    };
    writeFileSync(path.join(this.folder, 'manifest.json'), `${JSON.stringify(dataset, null, 2)}\n`, { flush: true });
    return dataset;
  }
}

/** Mean and deviation of a channel in units of value / 255. A constant channel gets 1: whoever divides by it divides by no 0. */
function momentsOf(histogram: Float64Array): { mean: number; deviation: number } {
  const count = histogram.reduce((sum, times) => sum + times, 0);
  const mean = histogram.reduce((sum, times, value) => sum + times * value, 0) / count;
  const variance = histogram.reduce((sum, times, value) => sum + times * (value - mean) ** 2, 0) / count;
  return { mean: mean / 255, deviation: variance > 0 ? Math.sqrt(variance) / 255 : 1 };
}
