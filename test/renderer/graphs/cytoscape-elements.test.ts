import type { ElementDefinition } from 'cytoscape';
import { describe, expect, it } from 'vitest';
import { drawCell } from '../../../src/renderer/graphs/cell-drawing.ts';
import { compareCells } from '../../../src/renderer/graphs/compare-cells.ts';
import { cytoscapeElements } from '../../../src/renderer/graphs/cytoscape-elements.ts';
import { NASNET_A } from '../../../src/shared/search-space/cells.ts';
import { DEEPEST, LIGHT, proposedCells, WIDEST } from './sample-cells.ts';

const CELLS = [NASNET_A.normal, NASNET_A.reduction, DEEPEST, WIDEST, ...proposedCells(8, 100)];

/** Bends as Cytoscape 3.34 computes them out of weights and distances (its `findSegmentsPoints`, ends given). */
function bendsOf(edge: ElementDefinition, elements: readonly ElementDefinition[]) {
  const middle = (id: string) => elements.find(({ data }) => data.id === id)!.position!;
  const end = (id: string, offset: string) => {
    const [x, y] = offset.split(' ').map(Number.parseFloat);
    return { x: middle(id).x + x!, y: middle(id).y + y! };
  };
  const { source, target, from, to, weights, distances } = edge.data as Record<string, never> & {
    weights: number[];
    distances: number[];
  };
  const [start, stop] = [end(source!, from!), end(target!, to!)];
  const length = Math.hypot(stop.x - start.x, stop.y - start.y);
  const normal = { x: -(stop.y - start.y) / length, y: (stop.x - start.x) / length };
  const bends = weights.map((weight, index) => ({
    x: start.x * (1 - weight) + stop.x * weight + normal.x * distances[index]!,
    y: start.y * (1 - weight) + stop.y * weight + normal.y * distances[index]!,
  }));
  return [start, ...bends, stop];
}

describe('the elements for Cytoscape', () => {
  it('lead its lines along the points of the drawing', () => {
    for (const cell of CELLS) {
      const drawing = drawCell(cell);
      const elements = cytoscapeElements(drawing, LIGHT);
      for (const { id, points } of [...drawing.edges, ...drawing.joins]) {
        const edge = elements.find(({ data }) => data.id === id)!;
        const found = bendsOf(edge, elements);
        expect(found.length).toBe(points.length);
        for (const [index, { x, y }] of found.entries()) {
          expect(x).toBeCloseTo(points[index]!.x, 6);
          expect(y).toBeCloseTo(points[index]!.y, 6);
        }
      }
    }
  });

  it('have one name each, also with the signs of a comparison', () => {
    for (const [index, cell] of CELLS.entries()) {
      const comparison = compareCells(CELLS[(index + 1) % CELLS.length]!, cell);
      const names = cytoscapeElements(drawCell(cell), LIGHT, comparison).map(({ data }) => data.id);
      expect(new Set(names).size).toBe(names.length);
    }
  });
});
