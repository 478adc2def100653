import { expect, it } from 'vitest';
import {
  nameInAddress,
  parseRowKey,
  readRowKey,
  rowKeyOf,
  rowName,
  trialAddress,
} from '../../../src/renderer/state/row-key.ts';
import { byNumber } from '../../../src/shared/trial-name.ts';

it('a row is the number of its trial, and behind a point that of a further run', () => {
  const rows = [
    { trial: 17, run: 1 },
    { trial: 17, run: 2 },
    { trial: 20_000, run: 1_000 },
  ];
  expect(rows.map(rowKeyOf)).toEqual(['17', '17.2', '20000.1000']);
  expect(rows.map(rowKeyOf).map(parseRowKey)).toEqual(rows);
  expect(rows.map(rowKeyOf).map(rowName)).toEqual(['17', '17·2', '20000·1000']);
  expect(rows.map((row) => trialAddress(3, row))[1]).toBe('/experiments/3/trials/17.2');
});

it('a row is read with either sign, its own run without one, and nonsense not at all', () => {
  expect(['17', ' 17 ', '17.1', '17.2', '17·2'].map(readRowKey)).toEqual(['17', '17', '17', '17.2', '17.2']);
  for (const text of [null, '', '0', '-3', '1e3', '17.', '17.0', '.2', '17.2.3', '017', 'x', '1'.repeat(10)]) {
    expect(readRowKey(text), String(text)).toBeNull();
  }
  expect(['17.2', 'x'].map(nameInAddress)).toEqual(['17·2', 'x']);
});

it('rows stand in the order of trials, and of runs within one', () => {
  const rows = ['3', '17.10', '17.2', '17'] as const;
  expect(rows.map(parseRowKey).sort(byNumber).map(rowKeyOf)).toEqual(['3', '17', '17.2', '17.10']);
});
