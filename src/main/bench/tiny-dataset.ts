import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Dataset } from '../../shared/records/dataset.ts';
import { DatasetWriter } from '../datasets/write-dataset.ts';
import { makeFolders } from '../make-folders.ts';

const TEST = 10;

export interface TinyImages {
  readonly height: number;
  readonly width: number;
  readonly channels: Dataset['channels'];
  /** To train and to validate on. */
  readonly count: number;
}

const USUAL: TinyImages = { height: 8, width: 8, channels: 3, count: 40 };

/** A data set of some plain images, for searches whose trials need not learn; made when it is not there. */
export function writeTinyDataset(home: string, name: string, changes: Partial<TinyImages> = {}): void {
  const { height, width, channels, count } = { ...USUAL, ...changes };
  const folder = join(home, 'datasets', name);
  if (existsSync(folder)) return;
  makeFolders(folder);
  const writer = new DatasetWriter(folder, {
    name,
    title: 'Tiny',
    imageSize: { height, width },
    channels,
    classes: ['dark', 'bright'],
    source: 'made for a measurement',
    licence: 'none',
  });
  const images = (number: number): Uint8Array => new Uint8Array(number * height * width * channels).fill(90);
  const labels = (number: number): Int32Array => Int32Array.from({ length: number }, (_, index) => index % 2);
  writer.append('train', images(count), labels(count));
  writer.append('test', images(TEST), labels(TEST));
  writer.finish();
}
