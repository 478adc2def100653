import { useEffect, useState } from 'react';
import type { Experiment, Trial } from '../../../shared/records/experiment.ts';
import { useResultsRevision } from '../../state/leaderboard-revision.ts';
import { parseRowKey, type RowKey } from '../../state/row-key.ts';
import { useAction, useSameKeys, useSession, useStatus } from '../../state/use-workbench.ts';

const NO_TRIALS: readonly Trial[] = [];

/** These trials but for one; read anew when a trial ends, as one of them may be it. */
export function useMarkedTrials(experiment: Experiment, marked: readonly RowKey[], but: RowKey): readonly Trial[] {
  const session = useSession();
  const isConnected = useStatus().kind === 'connected';
  const { run } = useAction();
  const rows = useSameKeys(marked.filter((row) => row !== but));
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
    const read = (row: RowKey) => session.call('trial.get', { experiment: id, ...parseRowKey(row) }, signal);
    void run(async () => {
      const settled = await Promise.allSettled(rows.map(read));
      if (signal.aborted) return;
      // A row in the address that there is not is left out.
      setTrials(settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])));
    });
    return () => abort.abort();
  }, [session, run, isConnected, id, rows, revision]);
  return rows.length === 0 ? NO_TRIALS : trials;
}
