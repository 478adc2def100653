import type { Handlers, ProcedureName } from '../../../shared/contract.ts';
import type { WorkbenchParts } from '../workbench-parts.ts';
import type { TrashProcedure } from './trash.ts';

type TrialProcedure = Exclude<Extract<ProcedureName, `trial.${string}`>, TrashProcedure>;

export function trialHandlers({ store, searches }: WorkbenchParts): Pick<Handlers, TrialProcedure> {
  return {
    'trial.get': ({ experiment, trial, run }) => store.trials.get(experiment, trial, run),
    'trial.epochs': ({ experiment, trial, run }) => {
      // What was trained for an earlier trial is shown there.
      if (store.rows.isReused(experiment, trial, run)) return [];
      const id = store.rows.idOf(experiment, trial, run);
      return store.epochs.list(id).map((epoch) => ({ experiment, trial, run, ...epoch }));
    },
    'trial.attempts': ({ experiment, trial, run }) => {
      if (store.rows.isReused(experiment, trial, run)) return [];
      return store.attempts.list(store.rows.idOf(experiment, trial, run));
    },
    'trial.repeat': (request) => searches.repeat(request),
    'trial.cancel': ({ experiment, trial, run }) => searches.cancelTrial(experiment, trial, run),
  };
}
