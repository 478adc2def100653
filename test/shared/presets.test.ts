import { describe, expect, it } from 'vitest';
import { factOf, HYPERPARAMETER_FACTS } from '../../src/shared/hyperparameter-facts.ts';
import { experimentFromPreset, PRESET_NAMES, PRESETS } from '../../src/shared/presets.ts';
import { STRATEGY_KINDS } from '../../src/shared/records/strategy.ts';

/** Paths of all values; a list is one value. */
function leaves(value: unknown, prefix = ''): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [prefix];
  return Object.entries(value).flatMap(([key, part]) => leaves(part, prefix === '' ? key : `${prefix}.${key}`));
}

describe('the presets', () => {
  it('make a valid experiment with every strategy', () => {
    for (const preset of PRESET_NAMES) {
      for (const strategy of STRATEGY_KINDS) {
        const config = experimentFromPreset(preset, { dataset: 'cifar10', strategy });
        expect(config.strategy.kind).toBe(strategy);
        expect(config.preset).toBe(preset);
      }
    }
  });

  it('take seed, trials and name from the choice and share nothing with it', () => {
    const config = experimentFromPreset('quick', { dataset: 'cifar10', seed: 7, trials: 6, name: 'mine' });
    expect(config).toMatchObject({
      seed: 7,
      budget: { trials: 6 },
      name: 'mine',
      strategy: { kind: 'ppo', batchSize: 5 },
    });
    config.recipe.epochs = 99;
    expect(PRESETS.quick.config.recipe.epochs).not.toBe(99);
  });

  it('refuse a seed that is none', () => {
    expect(() => experimentFromPreset('quick', { dataset: 'cifar10', seed: 0 })).toThrow();
  });

  it('hold the paper’s numbers', () => {
    const { paper } = PRESETS;
    expect(paper.config).toMatchObject({
      scale: { normalRepeats: 2, filters: 32 },
      recipe: { epochs: 20, batchSize: 32, weightDecay: 0.0005 },
      subset: { training: { most: 45_000 }, validation: { most: 5_000 } },
      budget: { trials: 20_000 },
    });
    expect(paper.strategies.ppo.batchSize).toBe(20);
  });

  it('say of each value what it means and where it comes from, and nothing of values that are none', () => {
    const paths = new Set(PRESET_NAMES.flatMap((preset) => leaves(PRESETS[preset].config)));
    expect(Object.keys(HYPERPARAMETER_FACTS).sort()).toEqual([...paths].sort());
    for (const preset of PRESET_NAMES) {
      for (const strategy of STRATEGY_KINDS) {
        const config = experimentFromPreset(preset, { dataset: 'cifar10', strategy });
        const { name: _name, dataset: _dataset, preset: _preset, ...values } = config;
        for (const path of leaves(values)) {
          const found = factOf(preset, path, strategy);
          expect(found?.meaning, path).toBeTruthy();
          expect(found?.source, path).toBeTruthy();
        }
      }
    }
    expect(factOf('quick', 'recipe.nothing', 'ppo')).toBeUndefined();
  });
});
