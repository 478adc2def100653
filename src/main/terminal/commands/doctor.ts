import { readDoctorReport } from '../../setup/doctor.ts';
import { renderDoctorReport } from '../../setup/doctor-text.ts';
import type { DefineCommand } from '../commands.ts';

// The machine is examined as it is, so this needs neither project nor set-up.
export const defineDoctor: DefineCommand = (command, terminal) => {
  command.action(async () => {
    const { output, home } = terminal();
    const report = await readDoctorReport({ home });
    if (output.isJson) output.json(report);
    else output.line(renderDoctorReport(report));
  });
};
