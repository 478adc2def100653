import type { Handlers } from '../../../shared/contract.ts';
import { WorkbenchError } from '../../../shared/workbench-error.ts';

export type ProcedureToCome = 'experiment.estimate';

/** Each is refused until the search backend has it; whoever builds one takes it out here. */
export function handlersToCome(): Pick<Handlers, ProcedureToCome> {
  const refuse = (): never => {
    throw new WorkbenchError('unavailable', 'This workbench can not do that yet.');
  };
  return {
    'experiment.estimate': refuse,
  };
}
