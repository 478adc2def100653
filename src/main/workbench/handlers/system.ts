import type { Handlers } from '../../../shared/contract.ts';
import { readDoctorReport } from '../../setup/doctor.ts';
import type { WorkbenchParts } from '../workbench-parts.ts';

export function systemHandlers({ home }: WorkbenchParts): Pick<Handlers, 'system.doctor'> {
  return { 'system.doctor': (_input, signal) => readDoctorReport({ home, signal }) };
}
