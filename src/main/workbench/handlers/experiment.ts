import type { Handlers, ProcedureName } from '../../../shared/contract.ts';
import type { WorkbenchParts } from '../workbench-parts.ts';

type ExperimentProcedure = Extract<ProcedureName, `experiment.${string}`>;

export function experimentHandlers({ store, searches }: WorkbenchParts): Pick<Handlers, ExperimentProcedure> {
  return {
    'experiment.list': () => searches.list(),
    'experiment.get': ({ experiment }) => searches.get(experiment),
    'experiment.create': ({ config }) => searches.create(config),
    'experiment.pause': ({ experiment }) => searches.pause(experiment),
    'experiment.resume': ({ experiment }) => searches.resume(experiment),
    'experiment.stop': ({ experiment }) => searches.stop(experiment),
    'experiment.change': ({ experiment, ...change }) => searches.change(experiment, change),
    'experiment.leaderboard': ({ experiment, offset, limit }) => {
      searches.get(experiment);
      return store.trials.leaderboard(experiment, offset, limit);
    },
  };
}
