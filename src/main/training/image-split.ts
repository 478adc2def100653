import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import type { TrialJob } from '../../shared/records/trial-job.ts';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import { splitTrainingImages } from '../datasets/split.ts';
import { openDatasetFolder } from '../datasets/stored-dataset.ts';

/** SHA-256 of the images and of their classes, as the manifest names them. */
export interface DatasetIdentity {
  readonly images: string;
  readonly classes: string;
}

/**
 * The images that one experiment's children train on, and behind them those that score them: image `i` of the split
 * trains for `i < training`, else it validates. Files stay open until `close`.
 */
export class ImageSplit {
  readonly identity: DatasetIdentity;
  readonly training: number;
  readonly validation: number;
  /** `[height, width, channels]`. */
  readonly imageShape: readonly [number, number, number];
  readonly imageBytes: number;
  /** int32 class of each image of the split. */
  readonly classes: Int32Array;
  private readonly places: Uint32Array;
  private readonly file: number;

  private constructor(job: SplitJob) {
    const { dataset, file } = openDatasetFolder(job.datasetFolder);
    refuseMisfit(job, dataset);
    const { trainingImages, validationImages } = job.training;
    const request = { available: dataset.counts.train, trainingImages, validationImages, seed: job.splitSeed };
    const split = splitTrainingImages(request);
    const hash = (name: string) => dataset.files.find((candidate) => candidate.name === name)?.sha256 ?? '';
    this.identity = { images: hash('train-images.bin'), classes: hash('train-labels.bin') };
    this.training = trainingImages;
    this.validation = validationImages;
    this.imageShape = [dataset.imageSize.height, dataset.imageSize.width, dataset.channels];
    this.imageBytes = this.imageShape.reduce((product, size) => product * size, 1);
    this.places = new Uint32Array(trainingImages + validationImages);
    this.places.set(split.training);
    this.places.set(split.validation, trainingImages);
    const labels = readFileSync(file('train-labels.bin'));
    this.classes = Int32Array.from(this.places, (place) => labels.readInt32LE(4 * place));
    this.file = openSync(file('train-images.bin'), 'r');
  }

  /** Throws `WorkbenchError` when the data set is missing or damaged, too small, or does not fit the scale. */
  static open(job: SplitJob): ImageSplit {
    return new ImageSplit(job);
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

export type SplitJob = Pick<TrialJob, 'datasetFolder' | 'splitSeed' | 'scale'> & {
  readonly training: Pick<TrialJob['training'], 'trainingImages' | 'validationImages'>;
};

function refuseMisfit(
  { scale }: SplitJob,
  dataset: { readonly name: string; readonly imageSize: { height: number; width: number }; classes: readonly string[] },
): void {
  const { height, width } = dataset.imageSize;
  if (height !== scale.imageSize || width !== scale.imageSize) {
    throw new WorkbenchError(
      'invalid_input',
      `The data set "${dataset.name}" has images of ${width} x ${height} pixels, not ${scale.imageSize} x ${scale.imageSize}: set the scale's image size to the data set's.`,
    );
  }
  if (dataset.classes.length !== scale.classes) {
    throw new WorkbenchError(
      'invalid_input',
      `The data set "${dataset.name}" has ${dataset.classes.length} classes, not ${scale.classes}: set the scale's classes to the data set's.`,
    );
  }
}
