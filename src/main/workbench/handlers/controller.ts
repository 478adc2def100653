import type { Handlers } from '../../../shared/contract.ts';
import type { WorkbenchParts } from '../workbench-parts.ts';

export function controllerHandlers({ store, searches }: WorkbenchParts): Pick<Handlers, 'controller.updates'> {
  return {
    'controller.updates': ({ experiment }) => {
      searches.get(experiment);
      return store.updates.reports(experiment);
    },
  };
}
