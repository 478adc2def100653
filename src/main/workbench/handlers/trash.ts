import type { Handlers } from '../../../shared/contract.ts';
import { WorkbenchError } from '../../../shared/workbench-error.ts';
import type { WorkbenchParts } from '../workbench-parts.ts';

export type TrashProcedure = 'trial.trash' | 'trial.restore';

export function trashHandlers({ store, clock }: WorkbenchParts): Pick<Handlers, TrashProcedure> {
  /** Those that changed. */
  const setTrashed = (experiment: number, trials: readonly number[], at: string | null): number[] =>
    store.transaction(() => {
      store.experiments.get(experiment);
      const changed = [...new Set(trials)].filter((trial) => {
        const { state } = store.trials.get(experiment, trial);
        if (at !== null && (state === 'queued' || state === 'running')) {
          throw new WorkbenchError(
            'conflict',
            `Trial ${trial} is ${state}: kill it first, then put it into the trash.`,
          );
        }
        return store.trials.setTrashed(experiment, trial, at);
      });
      if (changed.length > 0) store.experiments.note(experiment);
      return changed;
    });
  return {
    'trial.trash': ({ experiment, trials }) => setTrashed(experiment, trials, clock.now().toISOString()),
    'trial.restore': ({ experiment, trials }) => setTrashed(experiment, trials, null),
  };
}
