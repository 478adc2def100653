import type { Handlers, ProcedureName } from '../../../shared/contract.ts';
import type { WorkbenchParts } from '../workbench-parts.ts';
import type { AggregateProcedure } from './aggregates.ts';
import type { ProcedureToCome } from './to-come.ts';

type ExperimentProcedure = Exclude<
  Extract<ProcedureName, `experiment.${string}`>,
  AggregateProcedure | ProcedureToCome
>;

export function experimentHandlers({ searches }: WorkbenchParts): Pick<Handlers, ExperimentProcedure> {
  return {
    'experiment.list': () => searches.list(),
    'experiment.get': ({ experiment }) => searches.get(experiment),
    'experiment.create': ({ config }) => searches.create(config),
    'experiment.pause': ({ experiment }) => searches.pause(experiment),
    'experiment.resume': ({ experiment }) => searches.resume(experiment),
    'experiment.stop': ({ experiment }) => searches.stop(experiment),
    'experiment.twin': ({ experiment }) => searches.twin(experiment),
    'experiment.change': ({ experiment, ...change }) => searches.change(experiment, change),
  };
}
