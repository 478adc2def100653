import { expect, it, onTestFinished } from 'vitest';
import { writeTinyDataset } from '../../../src/main/bench/tiny-dataset.ts';
import { openMaterial } from '../../../src/main/workbench/experiment-material.ts';
import { scratchFolder, smallConfig } from './small-project.ts';

function homeWith(height: number, width: number, channels: 1 | 3): string {
  const { folder, remove } = scratchFolder();
  onTestFinished(remove);
  writeTinyDataset(folder, 'small', { height, width, channels });
  return folder;
}

it('a search takes height, width and channels from its data set', () => {
  const { scale } = openMaterial(homeWith(24, 32, 1), smallConfig());
  expect(scale).toMatchObject({ stem: 'cifar', height: 24, width: 32, channels: 1, classes: 2 });
});

it('a stem that is left to the images follows from their shorter side', () => {
  const config = smallConfig();
  const auto = { ...config, scale: { ...config.scale, stem: 'auto' } as const };
  expect(openMaterial(homeWith(64, 80, 3), auto).scale.stem).toBe('cifar');
  expect(openMaterial(homeWith(70, 80, 3), auto).scale.stem).toBe('imagenet');
  expect(openMaterial(homeWith(70, 80, 3), config).scale.stem).toBe('cifar');
});

it('images that are too small or too large are refused with the sizes that can be', () => {
  expect(() => openMaterial(homeWith(7, 40, 3), smallConfig())).toThrow(/7 x 40 pixels \(height x width\).*8 to 1024/);
  expect(() => openMaterial(homeWith(8, 1025, 1), smallConfig())).toThrow(/8 x 1025 pixels/);
  expect(openMaterial(homeWith(8, 1024, 1), smallConfig()).scale).toMatchObject({ height: 8, width: 1024 });
});

it('another shape of the same bytes is another data set', () => {
  const one = openMaterial(homeWith(12, 24, 1), smallConfig()).used.identity;
  const other = openMaterial(homeWith(24, 12, 1), smallConfig()).used.identity;
  expect(one).not.toBe(other);
});
