import type { Handlers } from '../../../shared/contract.ts';
import { localTimeZone } from '../time-zone.ts';
import type { WorkbenchParts } from '../workbench-parts.ts';

export function systemHandlers(parts: WorkbenchParts): Pick<Handlers, 'system.status'> {
  const { queue, searches, startedAt, clock } = parts;
  return {
    'system.status': () => {
      const { busy, all } = queue.trainers();
      const freeMemoryBytes = process.availableMemory();
      const timeZone = localTimeZone(clock.now());
      return { startedAt, timeZone, trainers: { busy, all }, freeMemoryBytes, resumed: [...searches.resumed()] };
    },
  };
}
