import { renderDoctorReport } from '../../setup/doctor-text.ts';
import type { DefineCommand } from '../define-command.ts';
import { withHome } from '../home-client.ts';

// The machine is examined as it is, so this needs no project; setup/doctor-command.ts is for a machine without packages.
export const defineDoctor: DefineCommand = (command, terminal) => {
  command.action(async () => {
    const { output } = terminal();
    const report = await withHome(terminal(), (client) => client.call('system.doctor', {}));
    if (output.isJson) output.json(report);
    else output.line(renderDoctorReport(report));
  });
};
