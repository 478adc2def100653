import { useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import type { Trial, TrialEpoch } from '../../shared/records/experiment.ts';
import { epochsOf } from '../state/resource.ts';
import { type Loaded, useSession } from '../state/use-workbench.ts';
import { trialKey } from '../state/workbench-state.ts';

/** Epochs of some trials, kept fresh by events; null for those that are not read yet. */
function useEpochCurves(experiment: number, trials: readonly number[]): readonly (readonly TrialEpoch[] | null)[] {
  const session = useSession();
  const list = trials.join(',');
  useEffect(() => {
    const wanted = list.split(',').filter((one) => one !== '');
    const releases = wanted.map((trial) => session.want(epochsOf(experiment, Number(trial))));
    return () => {
      for (const release of releases) release();
    };
  }, [session, experiment, list]);
  const kept = useRef<readonly (readonly TrialEpoch[] | null)[]>([]);
  return useSyncExternalStore(session.subscribe, () => {
    const { epochs } = session.getSnapshot().state;
    const now = trials.map((trial) => epochs.get(trialKey(experiment, trial)) ?? null);
    // The same list as long as nothing in it has changed.
    const isSame = now.length === kept.current.length && now.every((one, index) => one === kept.current[index]);
    if (!isSame) kept.current = now;
    return kept.current;
  });
}

/** The same with why some could not be read. */
export function useLoadedCurves(
  experiment: number,
  trials: readonly number[],
): readonly Loaded<readonly TrialEpoch[]>[] {
  const session = useSession();
  const curves = useEpochCurves(experiment, trials);
  const errors = useSyncExternalStore(session.subscribe, () => session.getSnapshot().errors);
  const numbers = useNumbers(trials);
  return useMemo(
    () =>
      numbers.map((trial, index) => {
        const value = curves[index] ?? null;
        if (value !== null) return { kind: 'ready', value };
        const { key } = epochsOf(experiment, trial);
        const error = errors.get(key);
        return error === undefined ? { kind: 'loading' } : { kind: 'failed', error, retry: () => session.reread(key) };
      }),
    [session, experiment, numbers, curves, errors],
  );
}

/** Whose curves a trial shows: a reused reward has those of the trial that earned it. */
export const curveOf = ({ trial, reusedFrom }: Pick<Trial, 'trial' | 'reusedFrom'>): number => reusedFrom ?? trial;

/** A list that stays the same object while its numbers do. */
export function useNumbers(numbers: readonly number[]): readonly number[] {
  const text = numbers.join(',');
  return useMemo(() => (text === '' ? [] : text.split(',').map(Number)), [text]);
}
