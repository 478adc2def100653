import { describe, expect, it } from 'vitest';
import { type Column, drawTable } from '../../../src/main/terminal/table.ts';
import { textWidth } from '../../../src/main/terminal/text.ts';

const COLUMNS: Column[] = [
  { head: '#', align: 'right', leaveOut: 0 },
  { head: 'name', align: 'left', leaveOut: 0, shrinkTo: 4 },
  { head: 'params', align: 'right', leaveOut: 1 },
  { head: 'time', align: 'right', leaveOut: 2 },
];
const ROWS = [
  ['1', 'a long name 葉葉', '3.35 M', '1:34'],
  ['12', 'b', '812', '2 h 05'],
].map((row) => row.map((text) => ({ text })));
const plain = (text: string): string => text;

describe('a table in the terminal', () => {
  it('aligns numbers right and texts left, wide characters measured as two', () => {
    expect(drawTable(COLUMNS, ROWS, 200, plain)).toEqual([
      ' #  name              params    time',
      ' 1  a long name 葉葉  3.35 M    1:34',
      '12  b                    812  2 h 05',
    ]);
  });

  it('never is wider than the terminal: it cuts texts first and then leaves out columns, the last by rank first', () => {
    for (let width = 10; width <= 40; width++) {
      for (const line of drawTable(COLUMNS, ROWS, width, plain)) expect(textWidth(line)).toBeLessThanOrEqual(width);
    }
    expect(drawTable(COLUMNS, ROWS, 24, plain)[0]).toBe(' #  name  params    time');
    expect(drawTable(COLUMNS, ROWS, 23, plain)[0]).toMatch(/^ # {2}name +params$/);
    expect(drawTable(COLUMNS, ROWS, 12, plain)[0]).toMatch(/^ # {2}name$/);
  });

  it('takes widths without colours', () => {
    const red = (text: string): string => `\u001b[31m${text}\u001b[39m`;
    const rows = [[{ text: '1' }, { text: 'x', paint: red }, { text: '5' }, { text: '0:01' }]];
    const [head, row] = drawTable(COLUMNS, rows, 80, plain);
    expect(textWidth(row!)).toBe(textWidth(head!));
  });
});
