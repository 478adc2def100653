import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Handlers } from '../../../shared/contract.ts';
import { isUnfinished } from '../../../shared/search-state.ts';
import { WorkbenchError } from '../../../shared/workbench-error.ts';
import type { WorkbenchParts } from '../workbench-parts.ts';

export type TrashProcedure = 'trial.trash' | 'trial.restore';

/** Trials that change in one turn: some 40 ms, in which the workbench answers nobody else (ours). */
const AT_ONCE = 200;

export function trashHandlers({ store, clock }: WorkbenchParts): Pick<Handlers, TrashProcedure> {
  /** Those that changed. */
  const setTrashed = async (
    experiment: number,
    trials: readonly number[],
    at: string | null,
    signal: AbortSignal,
  ): Promise<number[]> => {
    store.experiments.get(experiment);
    const wanted = [...new Set(trials)];
    // All are looked at before one is changed; a finished trial stays finished.
    for (const trial of wanted) {
      const found = store.trials.get(experiment, trial);
      if (at !== null && isUnfinished(found)) {
        throw new WorkbenchError(
          'conflict',
          `Trial ${trial} is ${found.state}: kill it first, then put it into the trash.`,
        );
      }
    }
    const changed: number[] = [];
    for (let first = 0; first < wanted.length; first += AT_ONCE) {
      if (first > 0) await nextTurn();
      if (signal.aborted) {
        const way = at === null ? 'taken out of' : 'put into';
        throw new WorkbenchError(
          'cancelled',
          `${changed.length} of ${wanted.length} trials were ${way} the trash before it was cancelled.`,
        );
      }
      store.transaction(() => {
        const some = wanted.slice(first, first + AT_ONCE);
        const moved = some.filter((trial) => store.trials.setTrashed(experiment, trial, at));
        if (moved.length > 0) store.experiments.note(experiment);
        changed.push(...moved);
      });
    }
    return changed;
  };
  return {
    'trial.trash': ({ experiment, trials }, signal) =>
      setTrashed(experiment, trials, clock.now().toISOString(), signal),
    'trial.restore': ({ experiment, trials }, signal) => setTrashed(experiment, trials, null, signal),
  };
}
