import { expect, it } from 'vitest';
import { overrideConfig, parseOverride } from '../../../src/main/terminal/overrides.ts';
import { experimentFromPreset } from '../../../src/shared/presets.ts';

const CONFIG = experimentFromPreset('quick', { dataset: 'cifar10' });
const override = (...texts: string[]) => overrideConfig(CONFIG, texts.map(parseOverride));

it('changes one value and leaves the others', () => {
  expect(override('recipe.epochs=3')).toEqual({ ...CONFIG, recipe: { ...CONFIG.recipe, epochs: 3 } });
  expect(override('subset.training.most=100').subset.training).toEqual({ ...CONFIG.subset.training, most: 100 });
});

it('reads the paths under `training` of before as what they are called today', () => {
  expect(override('training.epochs=3')).toEqual(override('recipe.epochs=3'));
  expect(override('training.augmentation.cutout=4', 'training.learningRate.initial=0.5')).toEqual(
    override('recipe.augmentation.cutout=4', 'recipe.learningRate.initial=0.5'),
  );
  const moved = override(
    'training.trainingImages=64',
    'training.validationImages=32',
    'training.timeLimitMs=5000',
    'training.reward=best',
  );
  expect(moved).toEqual({
    ...CONFIG,
    subset: { training: { share: 1, most: 64 }, validation: { share: 1, most: 32 } },
    limits: { timeLimitMs: 5000 },
    reward: { epoch: 'best' },
  });
});

it('names the bad value by its path of today', () => {
  expect(() => override('training.trainingImages=0')).toThrow(
    'subset.training.most 0 does not fit: it must be at least 1.',
  );
  expect(() => override('training.epochs=0')).toThrow('recipe.epochs 0 does not fit: it must be at least 1.');
  expect(() => override('training.epoch=3')).toThrow(
    'There is no hyper-parameter recipe.epoch. Did you mean recipe.epochs?',
  );
});
