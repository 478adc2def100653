import { padEnd, padStart, textWidth, truncate } from './text.ts';

export interface Column {
  readonly head: string;
  readonly align: 'left' | 'right';
  /** Left out first when the terminal is too narrow: the highest number goes before the lower; 0 always stays. */
  readonly leaveOut: number;
  /** Narrowest useful width of a text that may be cut; absent: never cut. */
  readonly shrinkTo?: number;
}

export interface Cell {
  readonly text: string;
  /** Colours the padded text; widths are taken without it. */
  readonly paint?: (text: string) => string;
}

const GAP = '  ';

/**
 * A table of one line a row, at most `width` columns wide: whole columns are left out before numbers are cut.
 * Rows hold one cell for each column.
 */
export function drawTable(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  width: number,
  paintHead: (text: string) => string,
): string[] {
  const needed = columns.map((column, index) =>
    Math.max(textWidth(column.head), ...rows.map((row) => textWidth(row[index]?.text ?? ''))),
  );
  const shown = chooseColumns(columns, needed, width);
  const widths = shrink(columns, needed, shown, width);
  const place = (text: string, index: number): string => {
    const cut = truncate(text, widths[index]!);
    return columns[index]!.align === 'right' ? padStart(cut, widths[index]!) : padEnd(cut, widths[index]!);
  };
  const head = shown.map((index) => paintHead(place(columns[index]!.head, index)));
  const body = rows.map((row) =>
    shown.map((index) => {
      const cell = row[index];
      const text = place(cell?.text ?? '', index);
      return cell?.paint ? cell.paint(text) : text;
    }),
  );
  return [head, ...body].map((cells) => cells.join(GAP).trimEnd());
}

function chooseColumns(columns: readonly Column[], needed: readonly number[], width: number): number[] {
  const shown = columns.map((_, index) => index);
  const smallest = (): number =>
    shown.reduce((sum, index) => sum + Math.min(needed[index]!, columns[index]!.shrinkTo ?? Infinity), 0) +
    GAP.length * (shown.length - 1);
  while (smallest() > width) {
    const dispensable = shown
      .filter((index) => columns[index]!.leaveOut > 0)
      .sort((a, b) => columns[b]!.leaveOut - columns[a]!.leaveOut)[0];
    if (dispensable === undefined) break;
    shown.splice(shown.indexOf(dispensable), 1);
  }
  return shown;
}

function shrink(
  columns: readonly Column[],
  needed: readonly number[],
  shown: readonly number[],
  width: number,
): number[] {
  const widths = [...needed];
  let excess = shown.reduce((sum, index) => sum + widths[index]!, 0) + GAP.length * (shown.length - 1) - width;
  for (const index of shown) {
    const smallest = columns[index]!.shrinkTo;
    if (smallest === undefined || excess <= 0) continue;
    const given = Math.min(excess, Math.max(0, widths[index]! - smallest));
    widths[index]! -= given;
    excess -= given;
  }
  return widths;
}
