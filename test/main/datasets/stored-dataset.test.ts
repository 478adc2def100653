import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { describe, expect, it, onTestFinished } from 'vitest';
import { addDataset } from '../../../src/main/datasets/add-dataset.ts';
import { isCifar10Whole } from '../../../src/main/datasets/cifar10.ts';
import { sampleImages } from '../../../src/main/datasets/sample-images.ts';
import { findDatasets, listDatasets, openDataset } from '../../../src/main/datasets/stored-dataset.ts';
import { type DatasetDescription, DatasetWriter } from '../../../src/main/datasets/write-dataset.ts';
import { runProgram } from '../../../src/main/fetch/program.ts';
import { createProgress } from '../../../src/main/fetch/progress.mjs';
import { datasetSchema } from '../../../src/shared/records/dataset.ts';

const CONVERTER = fileURLToPath(new URL('../../../src/main/datasets/convert-cifar10.ts', import.meta.url));

const DESCRIPTION: DatasetDescription = {
  name: 'tiny',
  title: 'Tiny',
  imageSize: { height: 1, width: 2 },
  channels: 3,
  classes: ['a', 'b'],
  source: 'made by a test',
  licence: 'none',
};

function newHome(): string {
  const home = mkdtempSync(path.join(os.tmpdir(), 'cellwright-datasets-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  return home;
}

/** A home with a data set of two training images and one test image. */
function homeWithTiny() {
  const home = newHome();
  const folder = path.join(home, 'datasets', 'tiny');
  mkdirSync(folder, { recursive: true });
  const writer = new DatasetWriter(folder, DESCRIPTION);
  writer.append('train', Uint8Array.of(0, 10, 255, 0, 10, 255), Int32Array.of(1));
  writer.append('train', Uint8Array.of(0, 20, 255, 255, 20, 255), Int32Array.of(0));
  writer.append('test', Uint8Array.of(1, 2, 3, 4, 5, 6), Int32Array.of(1));
  return { home, folder, written: writer.finish() };
}

describe('a data set that was written', () => {
  it('is read back, images row by row and labels as little-endian int32', () => {
    const { home, folder, written } = homeWithTiny();
    const { dataset, file } = openDataset(home, 'tiny');
    expect(dataset).toEqual(written);
    expect(datasetSchema.parse(dataset)).toEqual(written);
    expect(file('train-images.bin')).toBe(path.join(folder, 'train-images.bin'));
    expect([...readFileSync(file('train-images.bin'))]).toEqual([0, 10, 255, 0, 10, 255, 0, 20, 255, 255, 20, 255]);
    expect([...readFileSync(file('train-labels.bin'))]).toEqual([1, 0, 0, 0, 0, 0, 0, 0]);
    expect(dataset.counts).toEqual({ train: 2, test: 1 });
  });

  it('states the mean and deviation of each channel of the training images alone', () => {
    const { written } = homeWithTiny();
    // Red: 0, 0, 0, 255; green: 10, 10, 20, 20; blue: constant, whose deviation stands as 1.
    expect(written.mean).toEqual([0.25, 15 / 255, 1]);
    expect(written.deviation[0]).toBeCloseTo(Math.sqrt(3) / 4, 12);
    expect(written.deviation[1]).toBeCloseTo(5 / 255, 12);
    expect(written.deviation[2]).toBe(1);
  });

  it('refuses images and labels that do not fit together', () => {
    const writer = new DatasetWriter(newHome(), DESCRIPTION);
    expect(() => writer.append('train', new Uint8Array(6), Int32Array.of(0, 1))).toThrow('not 2 images of 6 bytes');
    expect(() => writer.append('train', new Uint8Array(6), Int32Array.of(2))).toThrow('label 2 is none of 2 classes');
  });
});

describe('a data set that can not be opened', () => {
  function changeManifest(folder: string, change: (manifest: Record<string, unknown>) => void) {
    const file = path.join(folder, 'manifest.json');
    const manifest = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    change(manifest);
    writeFileSync(file, JSON.stringify(manifest));
  }

  it('is not found by an unknown name, and the remedy names it', () => {
    const { home } = homeWithTiny();
    const open = () => openDataset(home, 'cifar10');
    expect(open).toThrow(
      expect.objectContaining({ code: 'not_found', message: expect.stringContaining('datasets add cifar10') }),
    );
  });

  it('is not said to be fetched where Cellwright does not know it', () => {
    const { home, folder } = homeWithTiny();
    truncateSync(path.join(folder, 'train-images.bin'), 11);
    const messages = ['flowers', 'tiny'].map((name) => {
      try {
        return openDataset(home, name).folder;
      } catch (error) {
        return error instanceof Error ? error.message : '';
      }
    });
    expect(messages[0]).toBe(
      'There is no data set "flowers": choose one that `datasets list` shows; Cellwright can fetch cifar10.',
    );
    expect(messages[1]).toContain('bring its files back');
    expect(messages.join()).not.toContain('datasets add');
  });

  it.each(['../tiny', 'Tiny', '', 'a/b', '.', 'a'.repeat(64)])('refuses the name %j', (name) => {
    const { home } = homeWithTiny();
    expect(() => openDataset(home, name)).toThrow(expect.objectContaining({ code: 'invalid_input' }));
  });

  it('is corrupt when a file is shorter than the manifest says, and both numbers are told', () => {
    const { home, folder } = homeWithTiny();
    truncateSync(path.join(folder, 'train-images.bin'), 11);
    const told = expect.stringContaining('train-images.bin has 11 bytes instead of 12');
    expect(() => openDataset(home, 'tiny')).toThrow(expect.objectContaining({ code: 'corrupt', message: told }));
  });

  it('is corrupt when its manifest is cut off, lacks a field or disagrees with itself', () => {
    const cut = homeWithTiny();
    truncateSync(path.join(cut.folder, 'manifest.json'), 40);
    const lacking = homeWithTiny();
    changeManifest(lacking.folder, (manifest) => {
      manifest.mean = undefined;
    });
    const disagreeing = homeWithTiny();
    changeManifest(disagreeing.folder, (manifest) => {
      manifest.counts = { train: 3, test: 1 };
    });
    const twoChannels = homeWithTiny();
    changeManifest(twoChannels.folder, (manifest) => {
      manifest.mean = [0.5, 0.5];
    });
    for (const { home } of [cut, lacking, disagreeing, twoChannels]) {
      expect(() => openDataset(home, 'tiny')).toThrow(expect.objectContaining({ code: 'corrupt' }));
    }
  });

  it('is told to be newer, not corrupt, when its format is', () => {
    const { home, folder } = homeWithTiny();
    changeManifest(folder, (manifest) => {
      manifest.format = 2;
      manifest.somethingNew = true;
    });
    expect(() => openDataset(home, 'tiny')).toThrow(expect.objectContaining({ code: 'newer_version' }));
  });

  it('does not hide the ones that can', () => {
    const { home } = homeWithTiny();
    mkdirSync(path.join(home, 'datasets', 'broken'));
    expect(listDatasets(home).map(({ name }) => name)).toEqual(['tiny']);
    expect(findDatasets(home).map(({ name, problem }) => [name, problem?.code])).toEqual([
      ['broken', 'not_found'],
      ['tiny', undefined],
    ]);
    expect(listDatasets(path.join(home, 'elsewhere'))).toEqual([]);
  });
});

describe('adding a data set', () => {
  it('refuses pictures that are not the pages of 10,000 images that CIFAR-10 comes as', async () => {
    const home = newHome();
    const page = sharp({ create: { width: 1024, height: 10, channels: 3, background: 'red' } });
    await page.png().toFile(path.join(home, 'data_batch_1.png'));
    writeFileSync(path.join(home, 'train_lables.json'), JSON.stringify(new Array(50_000).fill(0)));
    const target = path.join(home, 'target');
    mkdirSync(target);
    const { code, stderr } = await runProgram(process.execPath, [CONVERTER, home, target]);
    expect(code).not.toBe(0);
    expect(stderr).toContain('data_batch_1.png is 1024 x 10 with 3 channels');
    expect(existsSync(path.join(target, 'manifest.json'))).toBe(false);
  });

  it('refuses a name that Cellwright does not know, and tells those that it does', async () => {
    const options = {
      env: process.env,
      progress: createProgress({ write: () => true }),
      signal: new AbortController().signal,
    };
    await expect(addDataset(newHome(), 'imagenet', options)).rejects.toMatchObject({
      code: 'not_found',
      message: expect.stringContaining('it knows cifar10'),
    });
  });

  it('finds no whole CIFAR-10 in an empty home or behind a manifest without its files', () => {
    const { home, folder } = homeWithTiny();
    expect(isCifar10Whole(home)).toBe(false);
    const cifar10 = path.join(home, 'datasets', 'cifar10');
    mkdirSync(cifar10);
    writeFileSync(path.join(cifar10, 'manifest.json'), readFileSync(path.join(folder, 'manifest.json')));
    expect(isCifar10Whole(home)).toBe(false);
  });
});

describe('the samples of a data set', () => {
  it('are the first training image of each class, as it is where it is small', () => {
    const { home } = homeWithTiny();
    const pixels = (...values: number[]): string => Buffer.from(values).toString('base64');
    expect(sampleImages(openDataset(home, 'tiny'))).toEqual([
      { label: 0, height: 1, width: 2, pixels: pixels(0, 20, 255, 255, 20, 255) },
      { label: 1, height: 1, width: 2, pixels: pixels(0, 10, 255, 0, 10, 255) },
    ]);
  });

  it('of a grey data set are red, green and blue alike', () => {
    const home = newHome();
    const folder = path.join(home, 'datasets', 'grey');
    mkdirSync(folder, { recursive: true });
    const imageSize = { height: 2, width: 1 };
    const writer = new DatasetWriter(folder, { ...DESCRIPTION, name: 'grey', imageSize, channels: 1 });
    writer.append('train', Uint8Array.of(0, 255, 51, 102), Int32Array.of(0, 1));
    const { mean, deviation, files } = writer.finish();
    expect(mean).toEqual([(0 + 255 + 51 + 102) / 4 / 255]);
    expect(deviation).toHaveLength(1);
    expect(files.find(({ name }) => name === 'train-images.bin')?.sizeBytes).toBe(4);
    const pixels = (...values: number[]): string => Buffer.from(values).toString('base64');
    expect(sampleImages(openDataset(home, 'grey'))).toEqual([
      { label: 0, height: 2, width: 1, pixels: pixels(0, 0, 0, 255, 255, 255) },
      { label: 1, height: 2, width: 1, pixels: pixels(51, 51, 51, 102, 102, 102) },
    ]);
  });

  it('are shrunk to means of squares where they are large, and left out where a class has no image', () => {
    const home = newHome();
    const folder = path.join(home, 'datasets', 'large');
    mkdirSync(folder, { recursive: true });
    const imageSize = { height: 4, width: 193 };
    const writer = new DatasetWriter(folder, { ...DESCRIPTION, name: 'large', imageSize, classes: ['a', 'none', 'c'] });
    // Columns of 0 and 90 in turn, three of which are a square's: 30 and 60 in turn.
    const image = Uint8Array.from({ length: 4 * 193 * 3 }, (_, index) => ((Math.floor(index / 3) % 193) % 2 ? 90 : 0));
    writer.append('train', image, Int32Array.of(2));
    writer.append(
      'train',
      image.map((value) => value / 2),
      Int32Array.of(0),
    );
    writer.finish();
    const samples = sampleImages(openDataset(home, 'large'));
    expect(samples.map(({ label, height, width }) => ({ label, height, width }))).toEqual([
      { label: 0, height: 1, width: 64 },
      { label: 2, height: 1, width: 64 },
    ]);
    const [half, whole] = samples.map(({ pixels }) => [...Buffer.from(pixels, 'base64')]);
    expect(whole!.slice(0, 6)).toEqual([30, 30, 30, 60, 60, 60]);
    expect(half!.slice(0, 6)).toEqual([15, 15, 15, 30, 30, 30]);
  });
});
