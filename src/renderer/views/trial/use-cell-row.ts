import { useEffect } from 'react';
import type { Trial } from '../../../shared/records/experiment.ts';
import type { LeaderboardRow } from '../../../shared/records/leaderboard.ts';
import { type Loaded, useAnswer, useSession } from '../../state/use-workbench.ts';

/** Ranks move with every result of a search; they are asked for again at most this often. Milliseconds (ours). */
const RANK_EVERY_MS = 2_000;

/** The row that a trial's cell has in the leaderboard: rank, mean, times proposed, labels. Kept fresh by events. */
export function useCellRow({ experiment, trial, run, hash, trashedAt }: Trial): Loaded<LeaderboardRow> {
  const session = useSession();
  const answer = useAnswer('leaderboard.find', {
    experiment,
    trial,
    run,
    mode: 'cells',
    filter: '',
    sort: { column: 'reward', isAscending: false },
    isTrash: trashedAt !== null,
  });
  const { again } = answer;
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = session.listen({
      events(events) {
        for (const event of events) {
          if (event.name === 'cell.labelled' && event.payload.experiment === experiment && event.payload.hash === hash)
            again();
          if (event.name === 'trial.changed' && event.payload.experiment === experiment) {
            timer ??= setTimeout(() => {
              timer = undefined;
              again();
            }, RANK_EVERY_MS);
          }
        }
      },
      afresh: again,
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [session, experiment, hash, again]);
  return answer.kind === 'ready' ? { kind: 'ready', value: answer.value.row } : answer;
}
