import type { Handlers } from '../../../shared/contract.ts';
import type { WorkbenchParts } from '../workbench-parts.ts';

export function logHandlers({ store }: WorkbenchParts): Pick<Handlers, 'log.list'> {
  return { 'log.list': ({ experiment, trial, limit }) => store.log.list(experiment, trial, limit) };
}
