import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawCell, type Part } from '../../../src/renderer/graphs/cell-drawing.ts';
import { type Arrow, linesThrough, neighbour } from '../../../src/renderer/graphs/cell-paths.ts';
import {
  fitViewport,
  MARGIN,
  pannedBy,
  showing,
  startViewport,
  ZOOM,
  zoomedAt,
} from '../../../src/renderer/graphs/graph-viewport.ts';
import type { Cell } from '../../../src/shared/records/architecture.ts';
import { anyCell, DEEPEST, WIDEST } from './sample-cells.ts';

/** b1 = h[i] + h[i−1]; b2 = b1 + h[i]; output joins both. */
const SMALL: Cell = {
  blocks: [
    { left: { input: 0, operation: 'sep_conv_3x3' }, right: { input: 1, operation: 'identity' }, combine: 'add' },
    { left: { input: 2, operation: 'conv_1x1' }, right: { input: 0, operation: 'identity' }, combine: 'concat' },
  ],
  outputs: [2, 3],
};

describe('the path through a part', () => {
  it('goes back to the inputs and forward to the output', () => {
    expect([...linesThrough(drawCell(SMALL), 'block 1 left')].sort()).toEqual(
      [
        'state 0 > block 0 left',
        'block 0 left > block 0',
        'state 1 > block 0 right',
        'block 0 right > block 0',
        'block 0 > block 1 left',
        'block 1 left > block 1',
        'block 1 > output',
      ].sort(),
    );
  });

  it('is every line for the output', () => {
    const drawing = drawCell(SMALL);
    expect(linesThrough(drawing, 'output').size).toBe(drawing.edges.length + drawing.joins.length);
  });
});

describe('arrow keys', () => {
  const drawing = drawCell(SMALL);
  const walk = (start: string, ...arrows: Arrow[]): string | undefined =>
    arrows.reduce<Part | undefined>(
      (part, arrow) => (part === undefined ? undefined : neighbour(drawing, part, arrow)),
      drawing.parts.find(({ id }) => id === start),
    )?.id;

  it('follow the edges to the right and left', () => {
    expect(walk('block 0 left', 'ArrowRight')).toBe('block 0');
    expect(walk('block 0', 'ArrowRight')).toBe('block 1 left');
    expect(walk('block 1 left', 'ArrowLeft', 'ArrowLeft', 'ArrowLeft')).toBe('state 0');
    expect(walk('block 1', 'ArrowRight')).toBe('output');
    expect(walk('output', 'ArrowRight')).toBeUndefined();
    expect(walk('state 0', 'ArrowLeft')).toBeUndefined();
  });

  it('move within the layer up and down', () => {
    expect(walk('state 0', 'ArrowDown')).toBe('state 1');
    expect(walk('block 0 left', 'ArrowDown')).toBe('block 0 right');
    expect(walk('block 0 left', 'ArrowUp')).toBeUndefined();
  });

  it('reach every part of every cell from the first one', () => {
    fc.assert(
      fc.property(anyCell, (cell) => {
        const { parts } = drawCell(cell);
        const reached = new Set([parts[0]!]);
        for (const part of reached) {
          for (const arrow of ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'] as const) {
            const next = neighbour(drawCell(cell), part, arrow);
            if (next !== undefined) reached.add(next);
          }
        }
        // Where nothing reads a block, no edge leads on from it; all others are in reach.
        const unread = parts.filter(({ live }) => !live).length;
        expect(reached.size).toBeGreaterThanOrEqual(parts.length - unread);
      }),
      { numRuns: 500 },
    );
  });
});

describe('the window onto a drawing', () => {
  const pane = { width: 600, height: 330 };

  it('shows a small drawing whole, in the middle and never above 1.25', () => {
    const drawing = { width: 200, height: 100 };
    expect(startViewport(drawing, pane)).toEqual({ zoom: 1.25, x: (600 - 250) / 2, y: (330 - 125) / 2 });
  });

  it('starts a long one at its left end with readable labels, and fits it when asked', () => {
    const drawing = drawCell(DEEPEST);
    expect(startViewport(drawing, pane)).toMatchObject({ zoom: ZOOM.readable, x: MARGIN });
    expect(12 * ZOOM.readable).toBeGreaterThanOrEqual(11);
    const { zoom, x } = fitViewport(drawing, pane);
    expect(zoom).toBeLessThan(ZOOM.readable);
    expect(x + drawing.width * zoom).toBeLessThanOrEqual(pane.width);
  });

  it('zooms around a point between 0.3 and 3', () => {
    const start = { zoom: 1, x: 10, y: 20 };
    const point = { x: 100, y: 50 };
    const next = zoomedAt(start, 1.25, point);
    expect((point.x - next.x) / next.zoom).toBeCloseTo((point.x - start.x) / start.zoom, 9);
    expect(zoomedAt(start, 100, point).zoom).toBe(3);
    expect(zoomedAt(start, 0.001, point).zoom).toBe(0.3);
  });

  it('pans to the ends of a drawing and not beyond', () => {
    const drawing = drawCell(WIDEST);
    const start = startViewport(drawing, pane);
    const up = pannedBy(start, { x: 0, y: 10_000 }, drawing, pane);
    expect(up.y).toBe(MARGIN);
    const down = pannedBy(start, { x: 0, y: -10_000 }, drawing, pane);
    expect(down.y + drawing.height * down.zoom).toBeCloseTo(pane.height - MARGIN, 9);
  });

  it('moves just as far as it takes to show a part', () => {
    const drawing = drawCell(DEEPEST);
    const start = startViewport(drawing, pane);
    const output = drawing.parts.at(-1)!.box;
    const moved = showing(start, output, pane);
    expect((output.x + output.width) * moved.zoom + moved.x).toBeCloseTo(pane.width - MARGIN, 9);
    expect(showing(moved, output, pane)).toEqual(moved);
  });
});
