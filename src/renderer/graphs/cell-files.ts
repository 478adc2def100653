import type { Architecture, Cell } from '../../shared/records/architecture.ts';
import { trialName } from '../../shared/trial-name.ts';
import { saveFile } from '../components/clipboard.ts';
import { architectureFileName, architectureText, cellFileName, type NamedTrial } from './cell-file-names.ts';
import { cellToPng, PNG_SCALES } from './cell-png.ts';
import { cellToSvg } from './cell-svg.ts';
import type { CellComparison } from './compare-cells.ts';
import { PALETTES } from './theme-palettes.ts';
import { CELL_KIND_WORDS, type CellKind } from './thumbnail-summary.ts';

/** A cell of a trial that can be saved as a picture. */
export interface SavedCell {
  readonly trial: NamedTrial;
  readonly kind: CellKind;
  readonly cell: Cell;
  readonly comparison?: CellComparison | undefined;
}

/** Ours: pictures are for documents, so they have the light theme's colours whatever theme the window has. */
const PALETTE = PALETTES.light;

export function saveArchitecture(trial: NamedTrial, architecture: Architecture): void {
  saveFile(architectureFileName(trial), 'application/json', architectureText(architecture));
}

export function saveSvg({ trial, kind, cell, comparison }: SavedCell): void {
  const title = `${CELL_KIND_WORDS[kind]} cell of trial ${trialName(trial)}`;
  const svg = cellToSvg(cell, PALETTE, { title, ...compared(comparison) });
  saveFile(cellFileName(trial, kind, comparison !== undefined, '.svg'), 'image/svg+xml', svg);
}

/** Throws when the browser can't encode the picture. */
export async function savePng(saved: SavedCell, size: keyof typeof PNG_SCALES): Promise<void> {
  const { trial, kind, cell, comparison } = saved;
  const scale = PNG_SCALES[size];
  const png = await cellToPng(cell, PALETTE, { scale, ...compared(comparison) });
  saveFile(cellFileName(trial, kind, comparison !== undefined, `@${scale}x.png`), 'image/png', png);
}

const compared = (comparison: CellComparison | undefined) => (comparison === undefined ? {} : { comparison });
