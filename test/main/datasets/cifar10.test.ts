import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openDataset } from '../../../src/main/datasets/stored-dataset.ts';
import { homeFolder } from '../../../src/main/setup/runtime.mjs';

// Set-up has stored the real data set before any test runs.
const stored = openDataset(homeFolder(), 'cifar10');

function labels(split: 'train' | 'test'): number[] {
  const bytes = readFileSync(stored.file(`${split}-labels.bin`));
  return Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readInt32LE(4 * index));
}

describe('the stored CIFAR-10', () => {
  it('holds all 60,000 images, 5,000 training and 1,000 test images of each class', () => {
    const train = labels('train');
    const test = labels('test');
    const count = (list: number[], wanted: number) => list.filter((label) => label === wanted).length;
    expect([train.length, test.length]).toEqual([50_000, 10_000]);
    for (let label = 0; label < 10; label++) expect([count(train, label), count(test, label)]).toEqual([5000, 1000]);
  });

  it('is in the original order: the first pixel and labels are those of data_batch_1 and test_batch', () => {
    expect([...readFileSync(stored.file('train-images.bin')).subarray(0, 3)]).toEqual([59, 62, 63]);
    expect(labels('train').slice(0, 10)).toEqual([6, 9, 9, 4, 1, 1, 2, 7, 8, 3]);
    expect(labels('test').slice(0, 10)).toEqual([3, 8, 8, 0, 6, 6, 1, 6, 3, 1]);
    expect(stored.dataset.classes[6]).toBe('frog');
  });

  it('has the published mean and deviation of each channel', () => {
    // As widely quoted for normalising CIFAR-10, to four digits.
    expect(stored.dataset.mean.map((value) => value.toFixed(4))).toEqual(['0.4914', '0.4822', '0.4465']);
    expect(stored.dataset.deviation.map((value) => value.toFixed(4))).toEqual(['0.2470', '0.2435', '0.2616']);
  });

  it('consists of the bytes that its manifest names', () => {
    for (const { name, sha256, sizeBytes } of stored.dataset.files) {
      const bytes = readFileSync(stored.file(name));
      expect(bytes.length).toBe(sizeBytes);
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
    }
  });
});
