import type { Handlers } from '../../../shared/contract.ts';
import { readDoctorReport } from '../../setup/doctor.ts';
import { localTimeZone } from '../time-zone.ts';
import type { WorkbenchParts } from '../workbench-parts.ts';

type SystemProcedure = 'system.doctor' | 'system.status';

export function systemHandlers(parts: WorkbenchParts): Pick<Handlers, SystemProcedure> {
  const { home, queue, searches, startedAt, clock } = parts;
  return {
    'system.doctor': (_input, signal) => readDoctorReport({ home, signal }),
    'system.status': () => {
      const { busy, all } = queue.trainers();
      const freeMemoryBytes = process.availableMemory();
      const timeZone = localTimeZone(clock.now());
      return { startedAt, timeZone, trainers: { busy, all }, freeMemoryBytes, resumed: [...searches.resumed()] };
    },
  };
}
