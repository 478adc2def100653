import type { Handlers } from '../../../shared/contract.ts';
import { curveOf, scatterOf, sharesOf } from '../../store/aggregates.ts';
import type { WorkbenchParts } from '../workbench-parts.ts';

export type AggregateProcedure = 'experiment.scatter' | 'experiment.operations' | 'experiment.curve';

export function aggregateHandlers({ store, searches }: WorkbenchParts): Pick<Handlers, AggregateProcedure> {
  const trialsOf = (experiment: number) => store.trials.list(searches.get(experiment).id);
  return {
    'experiment.scatter': ({ experiment }) => scatterOf(trialsOf(experiment)),
    'experiment.operations': ({ experiment }) => sharesOf(trialsOf(experiment)),
    'experiment.curve': ({ experiment }) => curveOf(trialsOf(experiment)),
  };
}
