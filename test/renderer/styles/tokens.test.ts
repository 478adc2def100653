import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { tokenValue } from '../../../src/renderer/styles/token-value.ts';

const css = readFileSync(new URL('../../../src/renderer/styles/tokens.css', import.meta.url), 'utf8');
const SURFACES = ['bg', 'surface', 'raised', 'selected'] as const;

/** Least contrast with every surface: WCAG 2 asks 4.5 of text and 3 of what has to be seen. */
const WANTED: Readonly<Record<string, number>> = {
  text: 4.5,
  'text-2': 4.5,
  'text-3': 4.5,
  accent: 4.5,
  ok: 4.5,
  warn: 4.5,
  bad: 4.5,
  off: 4.5,
  diff: 4.5,
  edge: 3,
  focus: 3,
};
const FAMILIES = ['separable', 'dilated', 'factorised', 'plain', 'max-pool', 'average-pool'] as const;

/** WCAG 2.2, relative luminance. */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

it('computes contrast as WCAG does', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 6);
  // The grey that is known to be the lightest with 4.5 on white.
  expect(contrast('#767676', '#ffffff')).toBeCloseTo(4.54, 2);
});

for (const theme of ['light', 'dark'] as const) {
  const value = (name: string): string => tokenValue(css, theme, name);
  it(`keeps every text and sign readable on every surface (${theme})`, () => {
    const low = Object.entries(WANTED).flatMap(([name, least]) =>
      SURFACES.filter((surface) => contrast(value(name), value(surface)) < least).map((on) => `${name} on ${on}`),
    );
    expect(low).toEqual([]);
    expect(contrast(value('on-accent'), value('accent'))).toBeGreaterThanOrEqual(4.5);
    for (const head of ['text', 'text-2']) expect(contrast(value(head), value('sunken'))).toBeGreaterThanOrEqual(4.5);
  });

  it(`keeps operations and series visible, and their words readable (${theme})`, () => {
    for (const family of FAMILIES) {
      const fill = value(`family-${family}`);
      expect(contrast(fill, value(`family-${family}-ink`))).toBeGreaterThanOrEqual(4.5);
      for (const surface of SURFACES) expect(contrast(fill, value(surface))).toBeGreaterThanOrEqual(3);
    }
    for (let series = 1; series <= 6; series++) {
      expect(contrast(value(`series-${series}`), value('surface'))).toBeGreaterThanOrEqual(3);
    }
  });
}
