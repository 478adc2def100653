import { describe, expect, it } from 'vitest';
import { drawCell, MEASURES } from '../../../src/renderer/graphs/cell-drawing.ts';
import { cellToSvg } from '../../../src/renderer/graphs/cell-svg.ts';
import { compareCells } from '../../../src/renderer/graphs/compare-cells.ts';
import { readPalette } from '../../../src/renderer/graphs/palette.ts';
import { cornersOf, roundedPath } from '../../../src/renderer/graphs/rounded-line.ts';
import { thumbnailPaths } from '../../../src/renderer/graphs/thumbnail-paths.ts';
import { NASNET_A } from '../../../src/shared/search-space/cells.ts';
import { DARK, DEEPEST, LIGHT, proposedCells, WIDEST } from './sample-cells.ts';

const CELLS = [NASNET_A.normal, NASNET_A.reduction, DEEPEST, WIDEST, ...proposedCells(8, 50)];

describe('the SVG file of a cell', () => {
  it('is well formed: every element that opens is closed, every number is one', () => {
    for (const cell of CELLS) {
      const svg = cellToSvg(cell, LIGHT);
      const open: string[] = [];
      for (const [, closing, name, self] of svg.matchAll(/<(\/?)([a-z]+)[^<>]*?(\/?)>/g)) {
        if (closing === '/') expect(open.pop()).toBe(name);
        else if (self !== '/') open.push(name!);
      }
      expect(open).toEqual([]);
      expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    }
  });

  it('shows every label once, and each operation in its colours', () => {
    const svg = cellToSvg(NASNET_A.normal, DARK);
    const labels = [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map(([, label]) => label);
    const expected = drawCell(NASNET_A.normal).parts.map(({ label }) => label);
    expect(labels.sort()).toEqual([...expected, 'concat'].sort());
    expect(svg.split(`fill="${DARK.family.separable.fill}"`).length - 1).toBe(5);
    expect(svg.split(`fill="${DARK.family.average_pool.fill}"`).length - 1).toBe(3);
  });

  it('has no colour but those of its theme, and no style that a page could refuse', () => {
    const palette = JSON.stringify(LIGHT);
    const colours = new Set(cellToSvg(WIDEST, LIGHT).match(/#[0-9a-f]{3,8}/gi));
    expect(colours.size).toBeGreaterThan(8);
    for (const colour of colours) expect(palette).toContain(colour);
    expect(cellToSvg(WIDEST, LIGHT)).not.toMatch(/style|var\(|script|href/);
  });

  it('shows a hostile title as text', () => {
    const svg = cellToSvg(DEEPEST, LIGHT, { title: '</title><script>alert("1")</script>&' });
    expect(svg).toContain('<title>&lt;/title&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;</title>');
  });

  it('rings what differs and puts its sign there', () => {
    const cell = structuredClone(NASNET_A.normal);
    cell.blocks[0]!.left.operation = 'conv_3x3';
    const svg = cellToSvg(cell, LIGHT, { comparison: compareCells(NASNET_A.normal, cell) });
    expect(svg.split(`stroke="${LIGHT.diff}" stroke-width="3"`).length - 1).toBe(1);
    expect(svg).toContain('>≠</text>');
  });
});

describe('a rounded line', () => {
  it('turns a square corner with the radius asked for, and less where there is no room', () => {
    const square = [
      { x: 0, y: 0 },
      { x: 40, y: 0 },
      { x: 40, y: 40 },
    ];
    expect(roundedPath(square, 10)).toBe('M0 0L30 0A10 10 0 0 1 40 10L40 40');
    const [corner] = cornersOf([{ x: 30, y: 0 }, ...square.slice(1)], MEASURES.cornerRadius);
    expect(corner!.radius).toBeCloseTo(5, 9);
  });
});

describe('a thumbnail', () => {
  it('has one path for the edges and one for each family that the cell has', () => {
    const { edges, families } = thumbnailPaths(drawCell(NASNET_A.reduction));
    expect(families.map(([family]) => family)).toEqual(['separable', 'max_pool', 'average_pool', 'identity']);
    const { edges: drawn, joins } = drawCell(NASNET_A.reduction);
    expect(edges.split('M').length - 1).toBe(drawn.length + joins.length);
  });
});

describe('a palette', () => {
  it('has the values of its theme, and names what is missing', () => {
    expect(LIGHT.accent).toBe('#1d5fd1');
    expect(DARK.accent).toBe('#6aa5ff');
    expect(DARK.family.max_pool).toEqual({ fill: '#b95326', ink: '#ffffff' });
    expect(() => readPalette(':root { --bg: #fff; }', 'light')).toThrow('styles/tokens.css has no --surface');
  });
});
