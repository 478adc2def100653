import type { Handlers, ProcedureName } from '../../../shared/contract.ts';
import type { WorkbenchParts } from '../workbench-parts.ts';
import type { TrashProcedure } from './trash.ts';

type TrialProcedure = Exclude<Extract<ProcedureName, `trial.${string}`>, TrashProcedure>;

export function trialHandlers({ store, searches }: WorkbenchParts): Pick<Handlers, TrialProcedure> {
  return {
    'trial.get': ({ experiment, trial }) => store.trials.get(experiment, trial),
    'trial.epochs': ({ experiment, trial }) => {
      store.trials.get(experiment, trial);
      return store.epochs.list(experiment, trial);
    },
    'trial.attempts': ({ experiment, trial }) => {
      store.trials.get(experiment, trial);
      return store.attempts.list(experiment, trial);
    },
    'trial.repeat': (request) => searches.repeat(request),
    'trial.cancel': ({ experiment, trial }) => searches.cancelTrial(experiment, trial),
  };
}
