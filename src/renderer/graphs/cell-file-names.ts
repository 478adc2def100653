import type { Architecture } from '../../shared/records/architecture.ts';
import type { Trial } from '../../shared/records/experiment.ts';
import { trialName } from '../../shared/trial-name.ts';
import type { CellKind } from './thumbnail-summary.ts';

/** Whose cell a file shows. */
export type NamedTrial = Pick<Trial, 'trial' | 'run'>;

const stemOf = (trial: NamedTrial): string => `trial-${trialName(trial).replace('·', '-')}`;

/**
 * `trial-12-normal.svg`, `trial-12-2-normal@4x.png` of the second run. A picture that shows what differs from a reference has another name
 * than the picture of the cell alone.
 */
export function cellFileName(trial: NamedTrial, kind: CellKind, isCompared: boolean, ending: string): string {
  return `${stemOf(trial)}-${kind}${isCompared ? '-compared' : ''}${ending}`;
}

export const architectureFileName = (trial: NamedTrial): string => `${stemOf(trial)}.json`;

/** The two cells as a file that a search can begin with: the form of resources/cells/architecture.schema.json. */
export const architectureText = (architecture: Architecture): string => `${JSON.stringify(architecture, null, 2)}\n`;
