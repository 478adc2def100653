import { expect, it } from 'vitest';
import { valueAt } from '../../../src/renderer/state/config-values.ts';
import {
  changedPaths,
  draftOf,
  readNewSearch,
  standardSearch,
  usesOrigin,
} from '../../../src/renderer/views/home/search-draft.ts';
import { experimentFromPreset, PRESET_NAMES } from '../../../src/shared/presets.ts';
import { OPERATIONS } from '../../../src/shared/records/architecture.ts';
import { experimentConfigSchema } from '../../../src/shared/records/experiment.ts';
import { STRATEGY_KINDS } from '../../../src/shared/records/strategy.ts';
import { NASNET_A } from '../../../src/shared/search-space/cells.ts';

const quick = experimentFromPreset('quick', { dataset: 'cifar10' });
const edited = (edits: Record<string, unknown>) => draftOf(quick, new Map(Object.entries(edits)));

it('every preset with every strategy can stand as it is', () => {
  for (const preset of PRESET_NAMES) {
    for (const strategy of STRATEGY_KINDS) {
      const standard = standardSearch({ preset, strategy, dataset: 'cifar10', origin: null });
      expect(draftOf(standard, new Map()).problems).toEqual(new Map());
      expect(standard).toEqual(experimentFromPreset(preset, { dataset: 'cifar10', strategy }));
    }
  }
});

it('a changed value stands at its path, and what is wrong with it is said there', () => {
  expect(edited({ 'recipe.epochs': 7 }).config?.recipe.epochs).toBe(7);
  const wrong = edited({ 'recipe.epochs': 0, 'recipe.labelSmoothing': 1, 'budget.trials': Number.NaN });
  expect(wrong.config).toBeNull();
  expect(Object.fromEntries(wrong.problems)).toEqual({
    'recipe.epochs': 'At least 1.',
    'recipe.labelSmoothing': 'Less than 1.',
    'budget.trials': 'A number is expected.',
  });
  expect(edited({ seed: 1.5 }).problems.get('seed')).toBe('A whole number is expected.');
  expect(edited({ name: ' ' }).problems.get('name')).toBe('Something has to stand here.');
  expect(edited({ 'space.operations': [] }).problems.get('space.operations')).toBe('At least one has to stay.');
  expect(edited({ 'space.operations': OPERATIONS.slice(3) }).config?.space.operations).toEqual(OPERATIONS.slice(3));
});

it('another optimizer or schedule brings values of its own, which can be changed, and the way back', () => {
  const rmsprop = edited({ 'recipe.optimizer.kind': 'rmsprop', 'recipe.optimizer.decay': 0.95 });
  expect(rmsprop.config?.recipe.optimizer).toEqual({ kind: 'rmsprop', decay: 0.95, momentum: 0.9, epsilon: 1 });
  const back = new Map<string, unknown>([
    ['recipe.optimizer.kind', 'rmsprop'],
    ['recipe.optimizer.decay', 0.95],
  ]).set('recipe.optimizer.kind', 'momentum');
  expect(draftOf(quick, back).config?.recipe.optimizer.kind).toBe('momentum');
  expect(edited({ 'recipe.learningRate.kind': 'exponential' }).config?.recipe.learningRate.kind).toBe('exponential');
});

const changed = (edits: readonly (readonly [string, unknown])[], standard = quick): string[] => {
  const map = new Map(edits);
  return [...changedPaths(standard, draftOf(standard, map).draft, map)];
};

it('what is changed is counted without edits that the chosen strategy or optimizer does not have', () => {
  const evolution = experimentFromPreset('quick', { dataset: 'cifar10', strategy: 'evolution' });
  const edits = [
    ['name', 'mine'],
    ['recipe.epochs', 7],
    ['strategy.populationSize', 5],
  ] as const;
  expect(valueAt(evolution, 'strategy.populationSize')).toBeTypeOf('number');
  expect(changed(edits, evolution)).toEqual(['strategy.populationSize', 'recipe.epochs']);
  expect(changed(edits)).toEqual(['recipe.epochs']);
  expect(changed([['recipe.optimizer.decay', 0.95]])).toEqual([]);
  expect(changed([['recipe.epochs', quick.recipe.epochs]])).toEqual([]);
  expect(changed([['recipe.epochs', Number.NaN]])).toEqual(['recipe.epochs']);
});

it('an edit that another kind has replaced since is no change, and one made after it is', () => {
  const kind = ['recipe.learningRate.kind', 'exponential'] as const;
  const initial = ['recipe.learningRate.initial', 0.5] as const;
  expect(changed([initial, kind])).toEqual([kind[0]]);
  expect(changed([kind, initial])).toEqual([kind[0], initial[0]]);
  // Back to the kind that was there, with values that the preset does not have.
  const back = { ...quick, recipe: { ...quick.recipe, learningRate: { kind: 'cosine', initial: 0.3, final: 0 } } };
  expect(changed([['recipe.learningRate.kind', 'cosine']], back as typeof quick)).toEqual([kind[0]]);
});

it('a search from a trial is evolution that begins with its cell, as the search it comes from', () => {
  const from = { ...quick, name: 'x'.repeat(200), space: { ...quick.space, blocks: 5 } };
  const origin = { row: '12.2', architecture: NASNET_A, config: from } as const;
  const standard = standardSearch({ preset: null, strategy: 'evolution', dataset: 'cifar10', origin });
  const config = experimentConfigSchema.parse(standard);
  expect(config.strategy).toMatchObject({ kind: 'evolution', initial: [NASNET_A] });
  expect(config.name.startsWith('from trial 12·2 of x')).toBe(true);
  expect([config.recipe, config.subset]).toEqual([quick.recipe, quick.subset]);
  const named = standardSearch({ preset: 'workstation', strategy: 'evolution', dataset: 'cifar10', origin });
  expect(named.recipe.epochs).toBe(10);
});

it('a search from a trial by a strategy that has no cell to begin with is not named after the trial', () => {
  const origin = { row: '12', architecture: NASNET_A, config: { ...quick, name: 'first' } } as const;
  for (const strategy of STRATEGY_KINDS) {
    const standard = standardSearch({ preset: null, strategy, dataset: 'cifar10', origin });
    const isBegun = standard.strategy.kind === 'evolution' && standard.strategy.initial.length > 0;
    expect(usesOrigin(strategy)).toBe(isBegun);
    expect(standard.name.includes('trial 12')).toBe(isBegun);
    expect(standard.name).toContain('first');
    const named = standardSearch({ preset: 'quick', strategy, dataset: 'cifar10', origin });
    if (!isBegun) expect(named).toEqual(experimentFromPreset('quick', { dataset: 'cifar10', strategy }));
  }
});

it('the address of a new search is read, and what it does not understand is left out', () => {
  expect(readNewSearch(new URLSearchParams('dataset=cifar10&preset=paper&from=3:12'))).toEqual({
    dataset: 'cifar10',
    preset: 'paper',
    strategy: null,
    from: { experiment: 3, row: '12' },
  });
  expect(readNewSearch(new URLSearchParams('from=3:12.2')).from).toEqual({ experiment: 3, row: '12.2' });
  expect(readNewSearch(new URLSearchParams('preset=huge&strategy=luck&from=3'))).toEqual({
    dataset: null,
    preset: null,
    strategy: null,
    from: null,
  });
});
