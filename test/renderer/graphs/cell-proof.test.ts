import { describe, expect, it, vi } from 'vitest';
import { type CellDrawing, drawCell, MEASURES } from '../../../src/renderer/graphs/cell-drawing.ts';
import { cellToSvg } from '../../../src/renderer/graphs/cell-svg.ts';
import { MARGIN, pannedBy, startViewport, ZOOM } from '../../../src/renderer/graphs/graph-viewport.ts';
import type { Cell } from '../../../src/shared/records/architecture.ts';
import { NASNET_A } from '../../../src/shared/search-space/cells.ts';
import { foreignCrossings, overlaps } from './drawing-faults.ts';
import { DEEPEST, LIGHT, proposedCells, WIDEST } from './sample-cells.ts';

/** What a person may meet: the published cell, the deepest, the widest, and 200 that a random search proposes. */
const CELLS: readonly (readonly [string, Cell])[] = [
  ['NASNet-A, Normal', NASNET_A.normal],
  ['NASNet-A, Reduction', NASNET_A.reduction],
  ['the 8-deep chain', DEEPEST],
  ['the 8-wide cell', WIDEST],
  ...[...proposedCells(5, 100), ...proposedCells(8, 100)].map((cell, index) => [`random ${index}`, cell] as const),
];

/** Panes of a graph in windows of 1440 x 900, 1024 x 700 and 3840 x 2160, CSS pixels. */
const PANES = [
  { width: 604, height: 330 },
  { width: 440, height: 420 },
  { width: 1240, height: 950 },
];

const faultsOf = (check: (cell: Cell, drawing: CellDrawing) => readonly string[]): string[] =>
  CELLS.flatMap(([name, cell]) => check(cell, drawCell(cell)).map((fault) => `${name}: ${fault}`));

describe('the cells that must show', () => {
  it('have no edge through a foreign block, and no two parts that overlap', () => {
    expect(faultsOf((_, drawing) => [...foreignCrossings(drawing), ...overlaps(drawing.parts)])).toEqual([]);
  });

  it('begin with h[i] above h[i−1], left of everything else', () => {
    const faults = faultsOf((_, { parts }) => {
      const [current, previous] = [0, 1].map((state) => parts.find(({ id }) => id === `state ${state}`)!.box);
      const others = parts.filter(({ kind }) => kind !== 'input').map(({ box }) => box.x);
      const isAbove = current!.y + current!.height <= previous!.y;
      const isLeft = Math.max(current!.x + current!.width, previous!.x + previous!.width) < Math.min(...others);
      return isAbove && isLeft ? [] : ['inputs out of place'];
    });
    expect(faults).toEqual([]);
  });

  it('open with labels of 11 CSS pixels or more, and every part can be panned into the pane', () => {
    const faults = faultsOf((_, drawing) =>
      PANES.flatMap((pane) => {
        const start = startViewport(drawing, pane);
        const small = MEASURES.fontSize * start.zoom < 11 ? [`labels of ${MEASURES.fontSize * start.zoom}`] : [];
        const large = start.zoom > ZOOM.largestByItself ? [`zoom ${start.zoom}`] : [];
        const far = { x: 1e5, y: 1e5 };
        const first = pannedBy(start, far, drawing, pane);
        const last = pannedBy(start, { x: -far.x, y: -far.y }, drawing, pane);
        const reaches =
          first.x >= 0 &&
          first.y >= 0 &&
          last.x + drawing.width * start.zoom <= pane.width &&
          last.y + drawing.height * start.zoom <= pane.height;
        return [...small, ...large, ...(reaches ? [] : [`out of reach in ${pane.width} x ${pane.height}`])];
      }),
    );
    expect(faults).toEqual([]);
    expect(MARGIN).toBeGreaterThan(0);
  });

  it('are drawn the same by a program that was started anew', async () => {
    const first = CELLS.map(([, cell]) => JSON.stringify(drawCell(cell)));
    vi.resetModules();
    const fresh = await import('../../../src/renderer/graphs/cell-drawing.ts');
    expect(fresh.drawCell).not.toBe(drawCell);
    expect(CELLS.map(([, cell]) => JSON.stringify(fresh.drawCell(structuredClone(cell))))).toEqual(first);
  });

  it('have each of their labels in their SVG file, once for each part', () => {
    const faults = faultsOf((cell, { parts }) => {
      const labels = [...cellToSvg(cell, LIGHT).matchAll(/<text[^>]*>([^<]*)</g)].map(([, label]) => label);
      const expected = parts.flatMap((part) => [
        ...(part.label === '' ? [] : [part.label]),
        ...(part.kind === 'output' ? [part.caption] : []),
      ]);
      return labels.sort().join() === expected.sort().join() ? [] : [`labels ${labels.join()}`];
    });
    expect(faults).toEqual([]);
  });
});
