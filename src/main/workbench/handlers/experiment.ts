import type { Handlers, ProcedureName } from '../../../shared/contract.ts';
import type { WorkbenchParts } from '../workbench-parts.ts';
import type { AggregateProcedure } from './aggregates.ts';

type ExperimentProcedure = Exclude<Extract<ProcedureName, `experiment.${string}`>, AggregateProcedure>;

export function experimentHandlers({ searches, estimates }: WorkbenchParts): Pick<Handlers, ExperimentProcedure> {
  return {
    'experiment.list': () => searches.list(),
    'experiment.get': ({ experiment }) => searches.get(experiment),
    'experiment.create': ({ config }) => searches.create(config),
    'experiment.pause': ({ experiment }) => searches.pause(experiment),
    'experiment.resume': ({ experiment }) => searches.resume(experiment),
    'experiment.stop': ({ experiment }) => searches.stop(experiment),
    'experiment.twin': ({ experiment }) => searches.twin(experiment),
    'experiment.estimate': async ({ config }, signal) =>
      estimates.estimate(config, await searches.material(config), signal),
    'experiment.change': ({ experiment, ...change }) => searches.change(experiment, change),
  };
}
