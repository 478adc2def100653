import { expect, it } from 'vitest';
import type { RowKey } from '../../../src/renderer/state/row-key.ts';
import {
  compareAddress,
  keepKnown,
  nextSort,
  readView,
  toggleCompared,
  writeView,
} from '../../../src/renderer/views/search/search-view.ts';

const round = (text: string): string =>
  writeView(new URLSearchParams(text), readView(new URLSearchParams(text))).toString();

it('says nothing of a screen as it opens, and writes what differs', () => {
  expect(round('')).toBe('');
  expect(round('mode=cells&sort=reward:down&tab=curves')).toBe('');
  const view = readView(
    new URLSearchParams('mode=trials&sort=params:up&filter=reward>60%25&columns=rank,note&trash=yes'),
  );
  expect(view).toMatchObject({
    mode: 'trials',
    sort: { column: 'params', isAscending: true },
    filter: 'reward>60%',
    columns: ['rank', 'note'],
    isTrash: true,
  });
  expect(readView(writeView(new URLSearchParams(), view))).toEqual(view);
});

it('names a further run of a trial by a point', () => {
  expect(round('trial=17.2&compare=17,17.2')).toBe('trial=17.2&compare=17%2C17.2');
  expect(readView(new URLSearchParams('trial=17.1')).trial).toBe('17');
  expect(compareAddress(1, ['17', '17.2'])).toBe('/experiments/1/compare?trials=17,17.2');
});

it('leaves parameters of others as they are', () => {
  expect(round('smooth=0.5&trial=7')).toBe('smooth=0.5&trial=7');
  const params = new URLSearchParams('smooth=0.5&filter=star');
  expect(writeView(params, { ...readView(params), filter: '' }).toString()).toBe('smooth=0.5');
});

it('opens with defaults where the address says nonsense', () => {
  const view = readView(new URLSearchParams('mode=rows&sort=beauty:up&trial=-3&compare=1,x,1,2,1.0,1.1'));
  expect(view).toMatchObject({ mode: 'cells', sort: { column: 'reward', isAscending: false }, trial: null });
  expect(view.compare).toEqual(['1', '2']);
});

it('sorts the better way first, then the other way round', () => {
  const byReward = { column: 'reward', isAscending: false } as const;
  expect(nextSort(byReward, 'params')).toEqual({ column: 'params', isAscending: true });
  expect(nextSort(byReward, 'best')).toEqual({ column: 'best', isAscending: false });
  expect(nextSort(byReward, 'reward')).toEqual({ column: 'reward', isAscending: true });
});

it('marks six trials and no seventh', () => {
  const six: RowKey[] = ['1', '2', '3', '3.2', '5', '6'];
  expect(toggleCompared(six, '7')).toBe(six);
  expect(toggleCompared(six, '3')).toEqual(['1', '2', '3.2', '5', '6']);
});

it('keeps the parts of a view that stay equal, and the view itself where all of them do', () => {
  const before = readView(new URLSearchParams('compare=3,7&columns=rank,note&sort=params:up'));
  expect(keepKnown(before, readView(new URLSearchParams('compare=3,7&columns=rank,note&sort=params:up')))).toBe(before);
  const sorted = keepKnown(before, readView(new URLSearchParams('compare=3,7&columns=rank&sort=params:down')));
  expect(sorted.compare).toBe(before.compare);
  expect([sorted.columns, sorted.sort]).toEqual([['rank'], { column: 'params', isAscending: false }]);
});
