import type { Architecture } from '../../shared/records/architecture.ts';
import type { CellKind } from './thumbnail-summary.ts';

/**
 * `trial-12-normal.svg`, `trial-12-normal@4x.png`. A picture that shows what differs from a reference has another name
 * than the picture of the cell alone.
 */
export function cellFileName(trial: number, kind: CellKind, isCompared: boolean, ending: string): string {
  return `trial-${trial}-${kind}${isCompared ? '-compared' : ''}${ending}`;
}

export const architectureFileName = (trial: number): string => `trial-${trial}.json`;

/** The two cells as a file that a search can begin with: the form of resources/cells/architecture.schema.json. */
export const architectureText = (architecture: Architecture): string => `${JSON.stringify(architecture, null, 2)}\n`;
