import { expect, it } from 'vitest';
import {
  addRows,
  findRow,
  freshWindow,
  ItemList,
  KEPT_PAGES,
  missingPages,
  PAGE_ROWS,
  patchRows,
  refreshValues,
  rowAt,
} from '../../../src/renderer/state/leaderboard-window.ts';
import { makeTrial } from '../../main/terminal/records.ts';
import { answer, makeRow, rowsOf } from './leaderboard-samples.ts';

const none = new Map<never, never>();

it('knows a row by its place, and which pages of a span were not read', () => {
  const window = freshWindow(answer(rowsOf(301, 2 * PAGE_ROWS), 20_000), 3);
  expect(rowAt(window, 3 * PAGE_ROWS)?.trial.trial).toBe(301);
  expect(rowAt(window, 5 * PAGE_ROWS - 1)?.trial.trial).toBe(300 + 2 * PAGE_ROWS);
  expect(rowAt(window, 0)).toBeUndefined();
  expect(missingPages(window, 3 * PAGE_ROWS, 5 * PAGE_ROWS - 1)).toBeNull();
  expect(missingPages(window, 3 * PAGE_ROWS - 20, 5 * PAGE_ROWS + 20)).toEqual({ first: 2, last: 5 });
  expect(missingPages(freshWindow(answer([], 0), 0), 0, 99)).toBeNull();
  // Beyond the end there is nothing to read.
  expect(missingPages(freshWindow(answer(rowsOf(1, 7), 7), 0), 0, 500)).toBeNull();
});

it('keeps so many pages and no more, the nearest ones', () => {
  let window = freshWindow(answer(rowsOf(1, PAGE_ROWS), 20_000), 0);
  for (let page = 1; page < 2 * KEPT_PAGES; page++) {
    window = addRows(window, answer(rowsOf(page * PAGE_ROWS + 1, PAGE_ROWS), 20_000), page, page);
  }
  expect(window.pages.size).toBe(KEPT_PAGES);
  expect([...window.pages.keys()].sort((one, other) => one - other)).toEqual(
    Array.from({ length: KEPT_PAGES }, (_, index) => KEPT_PAGES + index),
  );
});

it('changes values in place: of a trial, and of the labels of a cell', () => {
  const window = freshWindow(answer([makeRow(1), makeRow(2, { state: 'running', reward: null }), makeRow(3)], 3), 0);
  const done = makeTrial(2, { hash: 'hash-2', reward: 0.9, bestAccuracy: 0.95 });
  const labels = { isStarred: true, note: 'odd', tags: ['a'] };
  const after = patchRows(window, new Map([['2', done]]), new Map([['hash-3', labels]]));
  expect(rowAt(after, 1)).toMatchObject({ reward: 0.9, best: 0.95, trial: { state: 'completed' } });
  expect(rowAt(after, 2)?.labels).toEqual(labels);
  expect(rowAt(after, 0)).toBe(rowAt(window, 0));
  expect(rowAt(window, 1)?.reward).toBeNull();
  expect(patchRows(window, none, none)).toBe(window);
  expect(patchRows(window, new Map([['99', makeTrial(99)]]), none)).toBe(window);
});

it("leaves the mean of a cell that was trained more than once to the store's next answer", () => {
  const window = freshWindow(answer([makeRow(1, { reward: 0.5 }, { reward: 0.6, trials: 2 })], 1), 0);
  const after = patchRows(window, new Map([['1', makeTrial(1, { hash: 'hash-1', reward: 0.5, attempts: 2 })]]), none);
  expect(rowAt(after, 0)).toMatchObject({ reward: 0.6, trial: { attempts: 2 } });
});

it('takes the reward of a trial at once, however often its cell was proposed', () => {
  const running = makeRow(1, { state: 'running', reward: null, bestAccuracy: null, bestEpoch: null }, { proposals: 3 });
  const done = makeTrial(1, { hash: 'hash-1', reward: 0.5, bestAccuracy: 0.6 });
  const after = patchRows(freshWindow(answer([running], 1), 0), new Map([['1', done]]), none);
  expect(rowAt(after, 0)).toMatchObject({ reward: 0.5, best: 0.6, bestEpoch: 2 });
});

it('takes newer values without their order', () => {
  const window = freshWindow(answer([makeRow(1), makeRow(2)], 2), 0);
  const newer = answer([makeRow(3), makeRow(2, { reward: 0.8 }), makeRow(1, { reward: 0.7 })], 3);
  const after = refreshValues(window, 'trials', newer);
  expect([rowAt(after, 0)?.reward, rowAt(after, 1)?.reward]).toEqual([0.7, 0.8]);
  expect(after.total).toBe(2);
});

it('keeps the objects of rows that a new order brings unchanged, and the cells of those that changed', () => {
  const labels = { isStarred: true, note: 'odd', tags: ['a', 'b'] };
  const before = freshWindow(answer([makeRow(1, {}, { labels }), makeRow(2), makeRow(3)], 3), 0);
  // As they come over the line: equal, and other objects.
  const rows = structuredClone([makeRow(3), makeRow(1, {}, { labels }), makeRow(2, { reward: 0.9 })]);
  const after = freshWindow(answer(rows, 3), 0, before);
  expect(rowAt(after, 0)).toBe(rowAt(before, 2));
  expect(rowAt(after, 1)).toBe(rowAt(before, 0));
  expect(rowAt(after, 2)).toEqual(rows[2]);
  expect(rowAt(after, 2)?.trial.architecture).toBe(rowAt(before, 1)?.trial.architecture);
  const relabelled = answer([makeRow(1, {}, { labels: { ...labels, tags: ['a'] } })], 3);
  expect(rowAt(freshWindow(relabelled, 0, before), 0)?.labels.tags).toEqual(['a']);
});

it('finds a trial by its number, and by its cell where rows are cells', () => {
  const window = freshWindow(answer([makeRow(1), makeRow(2, { hash: 'shared' })], 2), 0);
  expect(findRow(window, 'trials', { trial: 2, run: 1, hash: 'shared' })).toBe(1);
  expect(findRow(window, 'trials', { trial: 9, run: 1, hash: 'shared' })).toBeNull();
  expect(findRow(window, 'cells', { trial: 9, run: 1, hash: 'shared' })).toBe(1);
});

it('tells the runs of a trial apart', () => {
  const second = makeRow(1, { run: 2, hash: 'hash-1', state: 'running', reward: null });
  const window = freshWindow(answer([makeRow(1), second], 2), 0);
  expect(findRow(window, 'trials', { trial: 1, run: 2, hash: 'hash-1' })).toBe(1);
  expect(findRow(window, 'trials', { trial: 1, run: 3, hash: 'hash-1' })).toBeNull();
  const done = makeTrial(1, { run: 2, hash: 'hash-1', reward: 0.9 });
  const after = patchRows(window, new Map([['1.2', done]]), none);
  expect([rowAt(after, 0), rowAt(after, 1)?.reward]).toEqual([rowAt(window, 0), 0.9]);
  // As they come over the line: the first stays the same object, and is not taken for the second.
  const fresh = freshWindow(answer(structuredClone([second, makeRow(1)]), 2), 0, window);
  expect([rowAt(fresh, 0), rowAt(fresh, 1)]).toEqual([second, rowAt(window, 0)]);
  expect(rowAt(fresh, 1)).toBe(rowAt(window, 0));
});

it('puts the trials of an opened cell below its row', () => {
  const window = freshWindow(answer([makeRow(1), makeRow(2, { hash: 'shared' }, { proposals: 2 }), makeRow(3)], 3), 0);
  const parts = freshWindow(answer([makeRow(2, { hash: 'shared' }), makeRow(7, { hash: 'shared' })], 2), 0);
  const items = new ItemList(window, { hash: 'shared', window: parts });
  expect(items.count).toBe(5);
  expect([0, 1, 2, 3, 4].map((item) => [items.at(item).kind, items.at(item).row?.trial.trial])).toEqual([
    ['row', 1],
    ['row', 2],
    ['part', 2],
    ['part', 7],
    ['row', 3],
  ]);
  expect(items.find('cells', { trial: 7, run: 1, hash: 'shared' })).toBe(3);
  expect(items.find('cells', { trial: 2, run: 1, hash: 'shared' })).toBe(1);
  expect(items.find('cells', { trial: 3, run: 1, hash: 'hash-3' })).toBe(4);
  // The trial that tells most stands in two lines: its cell's, and its own where that was chosen.
  expect(items.find('cells', { trial: 2, run: 1, hash: 'shared' }, true)).toBe(2);
  // The filter took the cell away: its trials go with it.
  const without = new ItemList(window, { hash: 'gone', window: parts });
  expect(without.count).toBe(3);
  expect(without.find('cells', { trial: 2, run: 1, hash: 'shared' }, true)).toBe(1);
});

it('finds what stays below rows that go: not the trials of an opened cell that goes with them', () => {
  const window = freshWindow(answer([makeRow(1), makeRow(2, { hash: 'shared' }, { trials: 2 }), makeRow(3)], 3), 0);
  const parts = freshWindow(answer([makeRow(2, { hash: 'shared' }), makeRow(7, { hash: 'shared' })], 2), 0);
  const items = new ItemList(window, { hash: 'shared', window: parts });
  expect(items.below(0, 0)).toBe(1);
  expect([items.below(1, 1), items.below(0, 2)]).toEqual([4, 4]);
  expect([items.below(2, 2), items.below(2, 3)]).toEqual([3, 4]);
  expect(items.below(4, 4)).toBe(5);
  expect(new ItemList(window, null).below(1, 1)).toBe(2);
});
