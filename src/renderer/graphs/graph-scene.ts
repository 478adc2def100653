import type { Cell } from '../../shared/records/architecture.ts';
import type { CellDrawing } from './cell-drawing.ts';
import type { CellFacts } from './cell-facts.ts';
import type { CellComparison } from './compare-cells.ts';

/** What stage, table and tooltip tell of one cell. */
export interface GraphScene {
  readonly cell: Cell;
  readonly drawing: CellDrawing;
  readonly facts: CellFacts | null;
  readonly comparison: CellComparison | undefined;
}
