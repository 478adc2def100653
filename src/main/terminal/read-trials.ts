import type { Trial } from '../../shared/records/experiment.ts';
import type { WorkbenchClient } from '../../shared/rpc/client.ts';

/** As many as one call gives. */
const PAGE = 1_000;

/**
 * An experiment's trials outside the trash, by reward, highest first; ties by number, those without a reward last.
 * All of them, or the first `limit`.
 */
export async function readTrials(
  client: WorkbenchClient,
  experiment: number,
  limit = Number.POSITIVE_INFINITY,
): Promise<Trial[]> {
  const query = { experiment, mode: 'trials', filter: '', isTrash: false } as const;
  const sort = { column: 'reward', isAscending: false } as const;
  const trials: Trial[] = [];
  while (trials.length < limit) {
    const page = { offset: trials.length, limit: Math.min(PAGE, limit - trials.length) };
    const { rows, total } = await client.call('leaderboard.read', { ...query, sort, ...page });
    trials.push(...rows.map(({ trial }) => trial));
    if (rows.length === 0 || trials.length >= total) break;
  }
  return trials;
}
