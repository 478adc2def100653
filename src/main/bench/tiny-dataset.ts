import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatasetWriter } from '../datasets/write-dataset.ts';
import { makeFolders } from '../make-folders.ts';

const IMAGE_SIZE = 8;
const TRAIN = 40;
const TEST = 10;

/** A data set of some grey images, for searches whose trials train nothing; made when it is not there. */
export function writeTinyDataset(home: string, name: string): void {
  const folder = join(home, 'datasets', name);
  if (existsSync(folder)) return;
  makeFolders(folder);
  const writer = new DatasetWriter(folder, {
    name,
    title: 'Tiny',
    imageSize: { height: IMAGE_SIZE, width: IMAGE_SIZE },
    classes: ['dark', 'bright'],
    source: 'made for a measurement',
    licence: 'none',
  });
  const images = (count: number): Uint8Array => new Uint8Array(count * IMAGE_SIZE * IMAGE_SIZE * 3).fill(90);
  const labels = (count: number): Int32Array => Int32Array.from({ length: count }, (_, index) => index % 2);
  writer.append('train', images(TRAIN), labels(TRAIN));
  writer.append('test', images(TEST), labels(TEST));
  writer.finish();
}
