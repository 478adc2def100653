import type { Architecture, Scale } from '../records/architecture.ts';
import { liveStates } from './live-blocks.ts';
import { hasAuxiliary } from './map-sizes.ts';

/** Index into the outputs that a cell can take: 0 is the stem's convolution, 1 + c the output of cell c. */
export type OutputIndex = number;

/** A cell's place in the network, before its inside is written. */
export interface ScheduledCell {
  /** Released scope. */
  readonly name: string;
  /** Released endpoint; null for the first stem cell, which has none. */
  readonly endpoint: string | null;
  readonly kind: 'normal' | 'reduction';
  readonly filters: number;
  readonly current: OutputIndex;
  /** Null in the first cell: there the previous input is the current one. */
  readonly previous: OutputIndex | null;
}

/** Number of stacks of Normal cells; there is a Reduction cell between two of them (paper section 3). */
const STACKS = 3;

/**
 * The network's cells in order (released code): ImageNet's two stem cells of widths F/4 and F/2, then three stacks of
 * N Normal cells of widths F, 2F, 4F with a Reduction cell before the second and the third.
 */
export function cellSchedule(scale: Scale): ScheduledCell[] {
  const { stem, normalRepeats, filters, skipReductionInput } = scale;
  const cells: ScheduledCell[] = [];
  const before = (): OutputIndex | null => (cells.length === 0 ? null : cells.length - 1);
  const append = (cell: Omit<ScheduledCell, 'current'>) => cells.push({ ...cell, current: cells.length });

  for (let index = 0; stem === 'imagenet' && index < 2; index++) {
    // Rounded down as in the released code; ours: never less than one filter.
    const width = Math.max(1, Math.floor(filters / (index === 0 ? 4 : 2)));
    const endpoint = index === 1 ? 'Stem' : null;
    append({ name: `cell_stem_${index}`, endpoint, kind: 'reduction', filters: width, previous: before() });
  }
  for (let stack = 0; stack < STACKS; stack++) {
    const width = filters * 2 ** stack;
    const beforeReduction = before();
    if (stack > 0) {
      const reduction = stack - 1;
      const endpoint = `Reduction_Cell_${reduction}`;
      append({
        name: `reduction_cell_${reduction}`,
        endpoint,
        kind: 'reduction',
        filters: width,
        previous: before(),
      });
    }
    for (let repeat = 0; repeat < normalRepeats; repeat++) {
      const number = stack * normalRepeats + repeat;
      const skips = skipReductionInput && repeat === 0;
      const previous = skips ? beforeReduction : before();
      append({ name: `cell_${number}`, endpoint: `Cell_${number}`, kind: 'normal', filters: width, previous });
    }
  }
  return cells;
}

/**
 * Position in the schedule of the cell that the auxiliary classifier reads: the last Normal one before the second
 * reduction (released code).
 */
export function auxiliaryCell(scale: Scale): number {
  const stemCells = scale.stem === 'imagenet' ? 2 : 0;
  return stemCells + 2 * scale.normalRepeats;
}

/**
 * Positions of the cells that reach a classifier. A Normal cell that reads the previous output only passes every
 * second cell by; those are not built (ours: their weights would never learn).
 */
export function liveCells(schedule: readonly ScheduledCell[], architecture: Architecture, scale: Scale): Set<number> {
  const read = { normal: liveStates(architecture.normal), reduction: liveStates(architecture.reduction) };
  const live = new Set([schedule.length - 1]);
  if (hasAuxiliary(scale)) live.add(auxiliaryCell(scale));
  for (let position = schedule.length - 1; position >= 0; position--) {
    if (!live.has(position)) continue;
    const { kind, current, previous } = schedule[position]!;
    if (read[kind].has(0)) live.add(current - 1);
    if (read[kind].has(1) && previous !== null) live.add(previous - 1);
  }
  // The stem's convolution is output 0 and no cell.
  live.delete(-1);
  return live;
}
