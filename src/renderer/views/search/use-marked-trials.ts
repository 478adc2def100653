import { useEffect, useState } from 'react';
import type { Experiment, Trial } from '../../../shared/records/experiment.ts';
import { useNumbers } from '../../charts/use-epoch-curves.ts';
import { useResultsRevision } from '../../state/leaderboard-revision.ts';
import { useAction, useSession, useStatus } from '../../state/use-workbench.ts';

const NO_TRIALS: readonly Trial[] = [];

/** The trials of these numbers but for one; read anew when a trial ends, as one of them may be it. */
export function useMarkedTrials(experiment: Experiment, marked: readonly number[], but: number): readonly Trial[] {
  const session = useSession();
  const isConnected = useStatus().kind === 'connected';
  const { run } = useAction();
  const numbers = useNumbers(marked.filter((number) => number !== but));
  const [trials, setTrials] = useState<readonly Trial[]>(NO_TRIALS);
  const { id } = experiment;
  const hasUnfinished = trials.some(({ state }) => state === 'running' || state === 'queued');
  const results = useResultsRevision(id);
  const revision = hasUnfinished ? results : 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a revision reads again
  useEffect(() => {
    if (!isConnected) return;
    const abort = new AbortController();
    const { signal } = abort;
    const read = (trial: number) => session.call('trial.get', { experiment: id, trial }, signal);
    void run(async () => {
      const settled = await Promise.allSettled(numbers.map(read));
      if (signal.aborted) return;
      // A number in the address that no trial has is left out.
      setTrials(settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])));
    });
    return () => abort.abort();
  }, [session, run, isConnected, id, numbers, revision]);
  return numbers.length === 0 ? NO_TRIALS : trials;
}
