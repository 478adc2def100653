import { useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import type { Trial, TrialEpoch } from '../../shared/records/experiment.ts';
import { epochsOf } from '../state/resource.ts';
import { type RowKey, rowKeyOf } from '../state/row-key.ts';
import { type Loaded, useSameKeys, useSession } from '../state/use-workbench.ts';
import { trialKey } from '../state/workbench-state.ts';

/** Epochs of some trials, kept fresh by events; null for those that are not read yet. */
function useEpochCurves(experiment: number, rows: readonly RowKey[]): readonly (readonly TrialEpoch[] | null)[] {
  const session = useSession();
  useEffect(() => {
    const releases = rows.map((row) => session.want(epochsOf(experiment, row)));
    return () => {
      for (const release of releases) release();
    };
  }, [session, experiment, rows]);
  const kept = useRef<readonly (readonly TrialEpoch[] | null)[]>([]);
  return useSyncExternalStore(session.subscribe, () => {
    const { epochs } = session.getSnapshot().state;
    const now = rows.map((row) => epochs.get(trialKey(experiment, row)) ?? null);
    // The same list as long as nothing in it has changed.
    const isSame = now.length === kept.current.length && now.every((one, index) => one === kept.current[index]);
    if (!isSame) kept.current = now;
    return kept.current;
  });
}

/** The same with why some could not be read. */
export function useLoadedCurves(
  experiment: number,
  asked: readonly RowKey[],
): readonly Loaded<readonly TrialEpoch[]>[] {
  const session = useSession();
  const rows = useSameKeys(asked);
  const curves = useEpochCurves(experiment, rows);
  const errors = useSyncExternalStore(session.subscribe, () => session.getSnapshot().errors);
  return useMemo(
    () =>
      rows.map((row, index) => {
        const value = curves[index] ?? null;
        if (value !== null) return { kind: 'ready', value };
        const { key } = epochsOf(experiment, row);
        const error = errors.get(key);
        return error === undefined ? { kind: 'loading' } : { kind: 'failed', error, retry: () => session.reread(key) };
      }),
    [session, experiment, rows, curves, errors],
  );
}

/** Whose curves a trial shows: a reused reward has those of the trial that earned it. */
export const curveOf = (trial: Pick<Trial, 'trial' | 'run' | 'reusedFrom'>): RowKey =>
  trial.reusedFrom === null ? rowKeyOf(trial) : `${trial.reusedFrom}`;
