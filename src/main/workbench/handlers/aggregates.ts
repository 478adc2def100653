import type { Handlers } from '../../../shared/contract.ts';
import { termsOf } from '../../store/leaderboard.ts';
import type { WorkbenchParts } from '../workbench-parts.ts';

export type AggregateProcedure = 'experiment.scatter' | 'experiment.operations' | 'experiment.curve';

export function aggregateHandlers({ store, searches }: WorkbenchParts): Pick<Handlers, AggregateProcedure> {
  return {
    'experiment.scatter': ({ experiment, filter }) =>
      store.aggregates.scatter(searches.get(experiment).id, termsOf(filter)),
    'experiment.operations': ({ experiment }) =>
      store.aggregates.operations(experiment, searches.get(experiment).config.space.operations),
    'experiment.curve': ({ experiment }) => store.aggregates.curve(searches.get(experiment).id),
  };
}
