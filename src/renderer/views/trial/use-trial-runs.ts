import { useEffect } from 'react';
import type { Trial } from '../../../shared/records/experiment.ts';
import { byNumber } from '../../../shared/trial-name.ts';
import { useAnswer, useSession } from '../../state/use-workbench.ts';

/** Of one reading (contract); no trial has more runs. */
const MOST_RUNS = 1_000;

/** All runs of a trial by number, those in the trash among them; empty until they are read. Kept fresh by events. */
export function useTrialRuns({ experiment, trial }: Trial): readonly Trial[] {
  const session = useSession();
  const asked = {
    experiment,
    mode: 'trials',
    filter: `trial:${trial}`,
    sort: { column: 'trial', isAscending: true },
    offset: 0,
    limit: MOST_RUNS,
  } as const;
  const kept = useAnswer('leaderboard.read', { ...asked, isTrash: false });
  const trashed = useAnswer('leaderboard.read', { ...asked, isTrash: true });
  const { again: readKept } = kept;
  const { again: readTrashed } = trashed;
  useEffect(() => {
    const again = (): void => {
      readKept();
      readTrashed();
    };
    return session.listen({
      events(events) {
        const isOwn = events.some(
          ({ name, payload }) =>
            name === 'trial.changed' && payload.experiment === experiment && payload.trial === trial,
        );
        if (isOwn) again();
      },
      afresh: again,
    });
  }, [session, experiment, trial, readKept, readTrashed]);
  if (kept.kind !== 'ready' || trashed.kind !== 'ready') return [];
  return [...kept.value.rows, ...trashed.value.rows].map((row) => row.trial).sort(byNumber);
}
