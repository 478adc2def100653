import type { Architecture, Cell, Operand } from '../records/architecture.ts';
import { CELL_INPUTS, liveStates } from './live-blocks.ts';
import { COMBINATION_SIGNS, OPERATION_FACTS, stateLabel } from './operation-facts.ts';

/**
 * A cell as lines of text for a terminal: a row a block, the states that it reads, its operations, its combination
 * (`+` adds, `c` concatenates) and who reads it. `(not built)` marks a block that does not reach the output.
 *
 *     b1 = sep 5×5 h[i]   + sep 3×3 h[i−1]  → out
 *     b2 = sep 5×5 h[i−1] + sep 3×3 h[i−1]  → out
 *     …
 *     out = concat of h[i−1], b1, b2, b3, b4, b5
 */
export function cellText(cell: Cell): string[] {
  const live = liveStates(cell);
  const rows = cell.blocks.map(({ left, right, combine }, block) => {
    const state = block + CELL_INPUTS;
    const readers = live.has(state) ? `→ ${readersOf(cell, state).join(', ')}` : '(not built)';
    return [`${stateLabel(state)} =`, ...operandText(left), COMBINATION_SIGNS[combine], ...operandText(right), readers];
  });
  const outputs = cell.outputs.map(stateLabel);
  const output = outputs.length === 1 ? outputs[0] : `concat of ${outputs.join(', ')}`;
  return [...aligned(rows), `out = ${output}`];
}

/** Both cells, each under its name. */
export function architectureText({ normal, reduction }: Architecture): string[] {
  const indented = (cell: Cell) => cellText(cell).map((line) => `  ${line}`);
  return [
    'Normal cell',
    ...indented(normal),
    '',
    'Reduction cell (stride 2 on h[i] and h[i−1])',
    ...indented(reduction),
  ];
}

const operandText = ({ input, operation }: Operand) => [OPERATION_FACTS[operation].label, stateLabel(input)];

/** Names of the live blocks that read a state, and `out` when the output does. */
function readersOf(cell: Cell, state: number): string[] {
  const live = liveStates(cell);
  const readers = [...cell.blocks.entries()]
    .filter(([block, { left, right }]) => live.has(block + CELL_INPUTS) && [left.input, right.input].includes(state))
    .map(([block]) => stateLabel(block + CELL_INPUTS));
  return cell.outputs.includes(state) ? [...readers, 'out'] : readers;
}

/** Rows with every column as wide as its widest text; all signs used are one column wide. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((text, column) => text.padEnd(widths[column]!))
      .join(' ')
      .trimEnd(),
  );
}
