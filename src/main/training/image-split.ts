import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import type { Scale } from '../../shared/records/architecture.ts';
import type { Dataset } from '../../shared/records/dataset.ts';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import { splitTrainingImages } from '../datasets/split.ts';
import { openDatasetFolder, type StoredDataset } from '../datasets/stored-dataset.ts';
import type { TrainJob } from './train-job.ts';

/** SHA-256 of the images and of their classes, as the manifest names them. */
export interface ImageHashes {
  readonly images: string;
  readonly classes: string;
}

/**
 * The images that one experiment's children train on, and behind them those that score them: image `i` of the split
 * trains for `i < training`, else it validates. Files stay open until `close`.
 */
export class ImageSplit {
  readonly hashes: ImageHashes;
  readonly training: number;
  readonly validation: number;
  /** `[height, width, channels]`. */
  readonly imageShape: readonly [number, number, number];
  readonly imageBytes: number;
  /** int32 class of each image of the split. */
  readonly classes: Int32Array;
  private readonly places: Uint32Array;
  private readonly file: number;

  private constructor({ dataset, file }: StoredDataset, { part, training, places }: Places) {
    const hash = (name: string) => dataset.files.find((candidate) => candidate.name === name)?.sha256 ?? '';
    this.hashes = { images: hash(`${part}-images.bin`), classes: hash(`${part}-labels.bin`) };
    this.training = training;
    this.validation = places.length - training;
    this.places = places;
    this.imageShape = [dataset.imageSize.height, dataset.imageSize.width, dataset.channels];
    this.imageBytes = this.imageShape.reduce((product, size) => product * size, 1);
    const labels = readFileSync(file(`${part}-labels.bin`));
    this.classes = Int32Array.from(places, (place) => labels.readInt32LE(4 * place));
    this.file = openSync(file(`${part}-images.bin`), 'r');
  }

  /** Throws `WorkbenchError` when the data set is missing or damaged, too small, or does not fit the scale. */
  static open(job: SplitJob): ImageSplit {
    const stored = openDatasetFolder(job.datasetFolder);
    refuseMisfit(job, stored.dataset);
    const { training: trainingImages, validation: validationImages } = job.subset;
    const available = stored.dataset.counts.train;
    const split = splitTrainingImages({ available, trainingImages, validationImages, seed: job.splitSeed });
    const places = new Uint32Array(trainingImages + validationImages);
    places.set(split.training);
    places.set(split.validation, trainingImages);
    return new ImageSplit(stored, { part: 'train', training: trainingImages, places });
  }

  /** All test images of a data set, none of which trains. Throws likewise, and where there are none. */
  static openTest(job: Pick<SplitJob, 'datasetFolder' | 'scale'>): ImageSplit {
    const stored = openDatasetFolder(job.datasetFolder);
    refuseMisfit(job, stored.dataset);
    const { name, counts } = stored.dataset;
    if (counts.test === 0) {
      throw new WorkbenchError('invalid_input', `The data set "${name}" has no test images: evaluate on validation.`);
    }
    return new ImageSplit(stored, {
      part: 'test',
      training: 0,
      places: Uint32Array.from({ length: counts.test }, (_, index) => index),
    });
  }

  get count(): number {
    return this.places.length;
  }

  get sizeBytes(): number {
    return this.count * this.imageBytes;
  }

  /** All images one after the other, uint8. */
  readAll(): Uint8Array {
    const images = new Uint8Array(this.sizeBytes);
    for (let index = 0; index < this.count; index++) this.read(index, images, index);
    return images;
  }

  /** The images at the given places of the split, uint8, in a fresh array. */
  readBatch(indices: Int32Array): Uint8Array {
    const images = new Uint8Array(indices.length * this.imageBytes);
    for (const [at, index] of indices.entries()) this.read(index, images, at);
    return images;
  }

  private read(index: number, target: Uint8Array, at: number): void {
    const { imageBytes } = this;
    const read = readSync(this.file, target, at * imageBytes, imageBytes, this.places[index]! * imageBytes);
    if (read === imageBytes) return;
    throw new WorkbenchError('corrupt', 'The data set became shorter while it was read: get it again.');
  }

  close(): void {
    closeSync(this.file);
  }
}

/** Places in one part of a data set; the first `training` of them train. */
interface Places {
  readonly part: 'train' | 'test';
  readonly training: number;
  readonly places: Uint32Array;
}

export type SplitJob = Pick<TrainJob, 'datasetFolder' | 'splitSeed' | 'scale' | 'subset'>;

/** Height first, as everywhere. */
function imageWords({ height, width, channels }: Pick<Scale, 'height' | 'width' | 'channels'>): string {
  return `${height} x ${width} pixels in ${channels === 1 ? '1 channel' : `${channels} channels`}`;
}

function refuseMisfit(
  { scale }: Pick<SplitJob, 'scale'>,
  dataset: Pick<Dataset, 'name' | 'imageSize' | 'channels' | 'classes'>,
): void {
  const found = imageWords({ ...dataset.imageSize, channels: dataset.channels });
  const expected = imageWords(scale);
  if (found !== expected) {
    throw new WorkbenchError(
      'invalid_input',
      `The data set "${dataset.name}" has images of ${found}, not ${expected}: set the scale's height, width and channels to the data set's.`,
    );
  }
  if (dataset.classes.length !== scale.classes) {
    throw new WorkbenchError(
      'invalid_input',
      `The data set "${dataset.name}" has ${dataset.classes.length} classes, not ${scale.classes}: set the scale's classes to the data set's.`,
    );
  }
}
