import { useRef } from 'react';
import type { Experiment, Trial } from '../../shared/records/experiment.ts';
import { type RowKey, rowKeyOf } from './row-key.ts';
import { useLiveTrials, useTrial } from './use-workbench.ts';

/**
 * The trial that the whole screen follows: the address's, else the best one, else the first under way. Null where there is
 * none, undefined while it is read. The trial before stays until the next is here.
 */
export function useSelectedTrial(
  experiment: Experiment,
  { trial }: { readonly trial: RowKey | null },
): Trial | null | undefined {
  const live = useLiveTrials(experiment.id);
  const first = live.kind === 'ready' ? live.value.active.keys().next().value : undefined;
  const { best } = experiment;
  const key = trial ?? (best === null ? (first ?? (hasTrials(experiment) ? '1' : null)) : rowKeyOf(best));
  const read = useTrial(experiment.id, key);
  const before = useRef<Trial | undefined>(undefined);
  if (read.kind === 'ready') before.current = read.value;
  if (key === null) return null;
  if (read.kind === 'failed') return null;
  return before.current?.experiment === experiment.id ? before.current : undefined;
}

const hasTrials = ({ counts }: Experiment): boolean => Object.values(counts).some((count) => count > 0);
