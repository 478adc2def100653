import { expect, it } from 'vitest';
import { type PaletteEntry, paletteGroups, trialNumber } from '../../../src/renderer/views/frame/palette-entries.ts';

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
  expect(trialNumber('388', { lastTrial: 400 })).toBe(388);
  expect(trialNumber('trial 7', { lastTrial: 400 })).toBe(7);
  expect(trialNumber(' #12 ', { lastTrial: 12 })).toBe(12);
  expect(trialNumber('13', { lastTrial: 12 })).toBeNull();
  expect(trialNumber('0', { lastTrial: 12 })).toBeNull();
  expect(trialNumber('trial', { lastTrial: 12 })).toBeNull();
});
