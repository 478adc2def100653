import { expect, it } from 'vitest';
import { type PaletteEntry, paletteGroups, trialWritten } from '../../../src/renderer/views/frame/palette-entries.ts';

const entry = (id: string, title: string, group = 'Commands', detail = ''): PaletteEntry => ({
  id,
  title,
  detail,
  group,
  run: () => undefined,
});
const ENTRIES = [
  entry('search 1', 'quick ppo on cifar10', 'Searches', 'cifar10, running'),
  entry('star', 'Star the selected cell'),
  entry('restart', 'Start again'),
  entry('pause', 'Pause the search'),
];
const ids = (written: string, recent: string[] = []): string[] =>
  paletteGroups(ENTRIES, recent, written).flatMap(({ items }) => items.map(({ id }) => id));

it('the palette finds entries by the beginnings of their words, in any order of words', () => {
  expect(ids('cell star')).toEqual(['star']);
  expect(ids('CIFAR run')).toEqual(['search 1']);
  expect(ids('nothing')).toEqual([]);
});

it('an entry that begins with what is written goes before one that has it inside', () => {
  expect(ids('sta')).toEqual(['star', 'restart']);
  expect(ids('search')).toEqual(['pause']);
});

it('recent entries go first while nothing is written, and among equals afterwards', () => {
  expect(ids('', ['pause', 'star'])).toEqual(['pause', 'star', 'search 1', 'restart']);
  expect(paletteGroups(ENTRIES, ['pause'], '')[0]?.value).toBe('Recent');
  expect(ids('sta', ['restart'])).toEqual(['restart', 'star']);
});

it('signs that mean something in patterns are only signs', () => {
  expect(ids('(.*')).toEqual([]);
  expect(ids('[')).toEqual([]);
});

it('a number is a trial of the open search where it has so many', () => {
  expect(trialWritten('388', { lastTrial: 400 })).toBe('388');
  expect(trialWritten('trial 7', { lastTrial: 400 })).toBe('7');
  expect(trialWritten(' #12 ', { lastTrial: 12 })).toBe('12');
  expect(trialWritten('13', { lastTrial: 12 })).toBeNull();
  expect(trialWritten('0', { lastTrial: 12 })).toBeNull();
  expect(trialWritten('trial', { lastTrial: 12 })).toBeNull();
});

it('a further run is found by its number with a point of either kind', () => {
  const second = entry('trial 1/12.2', 'Trial 12·2', 'Trials', '#12·2 of quick');
  for (const written of ['12.2', '12·2', '#12.2', '#12·2', 'trial 12·2']) {
    expect(trialWritten(written, { lastTrial: 12 })).toBe('12.2');
    expect(paletteGroups([second], [], written)[0]?.items).toEqual([second]);
  }
  expect(trialWritten('13.2', { lastTrial: 12 })).toBeNull();
});
