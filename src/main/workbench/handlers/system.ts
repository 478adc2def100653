import type { Handlers } from '../../../shared/contract.ts';
import { readDoctorReport } from '../../setup/doctor.ts';
import type { WorkbenchParts } from '../workbench-parts.ts';

type SystemProcedure = 'system.doctor' | 'system.status';

export function systemHandlers({ home, queue, searches, startedAt }: WorkbenchParts): Pick<Handlers, SystemProcedure> {
  return {
    'system.doctor': (_input, signal) => readDoctorReport({ home, signal }),
    'system.status': () => {
      const { busy, all } = queue.trainers();
      const freeMemoryBytes = process.availableMemory();
      return { startedAt, trainers: { busy, all }, freeMemoryBytes, resumed: [...searches.resumed()] };
    },
  };
}
