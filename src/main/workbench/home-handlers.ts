import type { Handlers, ProcedureName } from '../../shared/contract.ts';
import { readDoctorReport } from '../setup/doctor.ts';
import { datasetHandlers } from './handlers/dataset.ts';
import { modelHandlers } from './handlers/model.ts';
import type { HomeParts } from './home-parts.ts';

/** What can be asked without a project: of this machine, its data sets, and of networks before they are built. */
export type HomeProcedure = 'system.doctor' | 'model.describe' | Extract<ProcedureName, `dataset.${string}`>;

/** The same for a workbench, and for a program that opens no project; they create nothing by themselves. */
export function homeHandlers(parts: HomeParts): Pick<Handlers, HomeProcedure> {
  return {
    'system.doctor': async (_input, signal) => ({
      ...(await readDoctorReport({ home: parts.home, signal })),
      project: parts.project(),
    }),
    ...datasetHandlers(parts),
    ...modelHandlers(),
  };
}
