import type { Trial } from '../../shared/records/experiment.ts';
import { isUnfinished } from '../../shared/search-state.ts';
import { isOutOfTime, type SearchContext } from './search-context.ts';
import { StrategySession } from './strategy-session.ts';
import { settle, trainBatch, trainRepeats } from './train-batch.ts';

/** Where a search stands when its loop ends; `interrupted` leaves it as whoever interrupted it wants it. */
export type SearchEnd =
  | { readonly kind: 'completed'; readonly message: string | null }
  | { readonly kind: 'paused'; readonly message: string }
  | { readonly kind: 'interrupted' };

/**
 * The search of the paper (section 3 and appendix A.2): the strategy samples a batch of architectures, each is trained,
 * its validation accuracy is its reward, and the strategy learns from the rewards and samples the next batch. The
 * paper's 450 workers feed one queue and the controller learns when enough results are there.
 * Departure: an update waits for its whole batch and reads it in the order of the proposals, so that the results of a
 * search don't depend on which trainer was faster.
 */
export async function searchLoop(context: SearchContext): Promise<SearchEnd> {
  context.meter.hold(false);
  let session: StrategySession | null = null;
  try {
    session = await StrategySession.open(context);
    do {
      await session.propose();
      const pending = session.trials().filter(isUnfinished);
      if ((await trainBatch(context, session.batch)) === 'interrupted') return { kind: 'interrupted' };
      const problem = session.batch === 1 && pending.length > 0 ? commonFailure(session.trials()) : null;
      if (problem) return { kind: 'paused', message: problem };
      if (session.isFull()) await session.learn();
      // What a person asked for late is trained before the search ends, and its budget may be raised meanwhile.
      if (!session.hasWork() && (await trainRepeats(context)) === 'interrupted') return { kind: 'interrupted' };
      context.meter.hold(false);
    } while (session.hasWork());
    return { kind: 'completed', message: isOutOfTime(context) ? 'The time limit was reached.' : null };
  } finally {
    context.control.end();
    await settle(context);
    await session?.close();
  }
}

/**
 * When all of the first trials fail the same way, something is wrong that no search can learn around. A search that is
 * resumed all the same goes on: the question is asked after a training only.
 */
function commonFailure(trials: readonly Trial[]): string | null {
  const tried = trials.filter(({ state }) => state !== 'cancelled');
  const [first] = tried;
  if (tried.length < 2 || !first?.failure) return null;
  if (tried.some(({ failure }) => failure !== first.failure)) return null;
  return (
    `All ${tried.length} trials of the first batch failed the same way (${first.failure}): ${first.message ?? ''} ` +
    'Look for the cause, then resume, or start a search with other settings.'
  );
}
