import { OPERATION_FAMILIES, type OperationFamily } from '../../shared/search-space/operation-facts.ts';
import { type CellDrawing, MEASURES } from './cell-drawing.ts';
import { partPath } from './cell-marks.ts';
import { roundedPath } from './rounded-line.ts';

/** A drawing as few paths, each the `d` of an SVG path; empty where there is nothing of the kind. */
export interface ThumbnailPaths {
  readonly edges: string;
  /** Inputs and output. */
  readonly ends: string;
  readonly circles: string;
  readonly families: readonly (readonly [OperationFamily, string])[];
}

const known = new WeakMap<CellDrawing, ThumbnailPaths>();

/** The paths of a drawing, without labels, arrowheads and signs; blocks that are not built are left out. */
export function thumbnailPaths(drawing: CellDrawing): ThumbnailPaths {
  const kept = known.get(drawing);
  if (kept !== undefined) return kept;
  const parts = drawing.parts.filter(({ live, kind }) => live || kind === 'input');
  const lines = [...drawing.edges, ...drawing.joins].filter(({ live }) => live);
  const pills = parts.filter((part) => part.kind === 'pill');
  const paths = {
    edges: lines.map(({ points }) => roundedPath(points, MEASURES.cornerRadius)).join(''),
    ends: pathOf(parts.filter(({ kind }) => kind === 'input' || kind === 'output')),
    circles: pathOf(parts.filter(({ kind }) => kind === 'circle')),
    families: OPERATION_FAMILIES.map(
      (family) => [family, pathOf(pills.filter((pill) => pill.family === family))] as const,
    ).filter(([, path]) => path !== ''),
  };
  known.set(drawing, paths);
  return paths;
}

const pathOf = (parts: CellDrawing['parts']): string => parts.map((part) => partPath(part)).join('');
