import { expect, it } from 'vitest';
import {
  COLUMN_IDS,
  COLUMNS,
  chosenColumns,
  defaultColumns,
  layOut,
  NARROW_WIDTH,
} from '../../../src/renderer/views/search/leaderboard-columns.ts';
import { FILTER_FIELDS } from '../../../src/shared/leaderboard/filter.ts';
import { SORT_COLUMNS } from '../../../src/shared/records/leaderboard.ts';
import { makeRow } from '../state/leaderboard-samples.ts';

it('has a column for everything that rows can be sorted by, and filters only by fields that there are', () => {
  const sorts = new Set(COLUMN_IDS.map((id) => COLUMNS[id].sort));
  expect(SORT_COLUMNS.filter((column) => !sorts.has(column))).toEqual([]);
  const fields = FILTER_FIELDS.map(({ name }) => name as string);
  const unknown = COLUMN_IDS.map((id) => COLUMNS[id].field).filter(
    (field) => field !== null && !fields.includes(field),
  );
  expect(unknown).toEqual([]);
});

it('fits its columns into the width it gets', () => {
  for (const width of [440, 470, 599, 600, 809, 810, 832, 1400]) {
    for (const isWide of [false, true]) {
      const columns = chosenColumns([], defaultColumns(width, isWide && width > 1000));
      expect(layOut(columns, width < NARROW_WIDTH).width).toBeLessThanOrEqual(width);
    }
  }
});

it('shows in a narrow table rank, cell, reward, params, time and state', () => {
  expect(defaultColumns(470, false)).toEqual(['rank', 'cell', 'reward', 'params', 'time', 'state']);
  expect(defaultColumns(1400, true)[2]).toBe('reduction');
});

it('takes columns as the address names them and lets go names that are none', () => {
  expect(chosenColumns(['note', 'beauty', 'rank'], ['cell']).map(({ id }) => id)).toEqual(['note', 'rank']);
  expect(chosenColumns(['beauty'], ['cell']).map(({ id }) => id)).toEqual(['cell']);
});

it('writes values as the design has them', () => {
  const row = makeRow(
    57,
    { state: 'failed', failure: 'out_of_memory', reward: null, durationMs: 94_000, trainableParameters: 3_347_000 },
    { reward: 0.612, best: 0.617 },
  );
  const text = (id: (typeof COLUMN_IDS)[number]): string => COLUMNS[id].text(row);
  expect([text('reward'), text('best'), text('params'), text('time')]).toEqual(['61.20', '61.70', '3.35 M', '1:34']);
  expect(text('state')).toBe('failed: out of memory');
  expect(COLUMNS.trial.text(makeRow(17, { run: 2 }))).toBe('17·2');
  expect(COLUMNS.origin.text(makeRow(60, { reusedFrom: 388 }))).toBe('reused from 388');
});
