import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Handlers } from '../../../shared/contract.ts';
import type { Trial } from '../../../shared/records/experiment.ts';
import { isUnfinished } from '../../../shared/search-state.ts';
import { trialName } from '../../../shared/trial-name.ts';
import { WorkbenchError } from '../../../shared/workbench-error.ts';
import type { WorkbenchParts } from '../workbench-parts.ts';

type Row = Pick<Trial, 'trial' | 'run'>;

export type TrashProcedure = 'trial.trash' | 'trial.restore';

/** Trials that change in one turn: some 40 ms, in which the workbench answers nobody else (ours). */
const AT_ONCE = 200;

export function trashHandlers({ store, clock }: WorkbenchParts): Pick<Handlers, TrashProcedure> {
  /** Those that changed. */
  const setTrashed = async (
    experiment: number,
    rows: readonly Row[],
    at: string | null,
    signal: AbortSignal,
  ): Promise<Row[]> => {
    store.experiments.get(experiment);
    const wanted = [...new Map(rows.map((row) => [trialName(row), row])).values()];
    // All are looked at before one is changed; a finished trial stays finished.
    for (const row of wanted) {
      const found = store.trials.get(experiment, row.trial, row.run);
      if (at !== null && isUnfinished(found)) {
        throw new WorkbenchError(
          'conflict',
          `Trial ${trialName(row)} is ${found.state}: kill it first, then put it into the trash.`,
        );
      }
    }
    const changed: Row[] = [];
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
        const moved = some.filter((row) => store.trials.setTrashed({ experiment, ...row }, at));
        if (moved.length > 0) store.experiments.note(experiment);
        changed.push(...moved);
      });
    }
    return changed;
  };
  return {
    'trial.trash': ({ experiment, rows }, signal) => setTrashed(experiment, rows, clock.now().toISOString(), signal),
    'trial.restore': ({ experiment, rows }, signal) => setTrashed(experiment, rows, null, signal),
  };
}
