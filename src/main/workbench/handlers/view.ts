import type { Handlers, ProcedureName } from '../../../shared/contract.ts';
import { WorkbenchError } from '../../../shared/workbench-error.ts';
import { termsOf } from '../../store/leaderboard.ts';
import type { WorkbenchParts } from '../workbench-parts.ts';

type ViewProcedure = Extract<ProcedureName, `view.${string}`>;

export function viewHandlers({ store }: WorkbenchParts): Pick<Handlers, ViewProcedure> {
  return {
    'view.list': () => store.views.list(),
    'view.save': ({ view }) => {
      termsOf(view.filter);
      store.views.save(view);
      return {};
    },
    'view.remove': ({ name }) => {
      if (!store.views.remove(name)) throw new WorkbenchError('not_found', `There is no view named "${name}".`);
      return {};
    },
  };
}
