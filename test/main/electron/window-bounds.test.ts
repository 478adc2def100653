import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readBounds, writeBounds } from '../../../src/main/electron/window-bounds.ts';

const folder = mkdtempSync(join(tmpdir(), 'cellwright-bounds-'));
const file = join(folder, 'bounds.json');
afterAll(() => rmSync(folder, { recursive: true }));

const SCREENS = [
  { x: 0, y: 0, width: 1920, height: 1080 },
  { x: 1920, y: -200, width: 2560, height: 1440 },
];
const bounds = { x: 100, y: 50, width: 1440, height: 900, isMaximized: false };

it('brings the window back to where it was, on a second screen as well', () => {
  for (const place of [bounds, { ...bounds, x: 2_000, y: -150, isMaximized: true }]) {
    writeBounds(file, place);
    expect(readBounds(file, SCREENS)).toEqual(place);
  }
});

it.each([
  ['on a screen that is gone', { ...bounds, x: 5_000 }],
  ['left of all screens', { ...bounds, x: -1_400 }],
  ['with its title bar above the screen', { ...bounds, y: -1 }],
  ['below the screen', { ...bounds, y: 1_080 }],
  ['smaller than the page is laid out for', { ...bounds, width: 800 }],
  ['with fractions', { ...bounds, x: 0.5 }],
  ['with more than bounds', { ...bounds, preload: '/evil.js' }],
])('starts afresh when it was %s', (_where, place) => {
  writeFileSync(file, JSON.stringify(place));
  expect(readBounds(file, SCREENS)).toBeNull();
});

it('starts afresh when the file is cut off, or is not there', () => {
  writeFileSync(file, '{"x":1');
  expect(readBounds(file, SCREENS)).toBeNull();
  expect(readBounds(join(folder, 'none.json'), SCREENS)).toBeNull();
});
