import type { WorkbenchStatus } from '../../../shared/records/log.ts';
import { trialName } from '../../../shared/trial-name.ts';

/** Trials that are named in the sentence; the others stand in the details (ours). */
const NAMED = 4;

/** "2 trials were interrupted and go on (13 at epoch 1, 14 at epoch 2)." */
export function resumedSentence(resumed: WorkbenchStatus['resumed']): string {
  const named = resumed.slice(0, NAMED).map((row) => `${trialName(row)} at epoch ${row.epoch}`);
  const more = resumed.length > NAMED ? [`and ${resumed.length - NAMED} more`] : [];
  const verb = resumed.length === 1 ? 'trial was interrupted and goes on' : 'trials were interrupted and go on';
  return `${resumed.length} ${verb} (${[...named, ...more].join(', ')}).`;
}
