import { WorkbenchError } from '../../../shared/workbench-error.ts';
import { readSecret } from '../../server/access.ts';
import { readServed, secretFile } from '../../server/serve-workbench.ts';
import type { DefineCommand } from '../define-command.ts';
import { projectOption } from '../options.ts';
import type { Terminal } from '../terminal.ts';

export const defineLink: DefineCommand = (command, terminal) => {
  command
    .addOption(projectOption())
    .action(async (options: { project?: string }) => await printLink(terminal(), options.project));
};

/** Asks the running server for a code: only who can read the secret's file may. */
async function printLink(terminal: Terminal, project: string | undefined): Promise<void> {
  const folder = terminal.projectFolder(project);
  const served = readServed(folder);
  const notServed = new WorkbenchError(
    'unavailable',
    `${terminal.shown(folder)} is not being served; \`npm start\` serves it.`,
  );
  if (!served) throw notServed;
  const response = await fetch(`${served.address}/session/code`, {
    method: 'POST',
    headers: { authorization: `Bearer ${readSecret(secretFile(terminal.home))}` },
  }).catch(() => null);
  if (!response?.ok) throw notServed;
  const { code } = (await response.json()) as { code: string };
  const link = `${served.address}/#code=${code}`;
  if (terminal.output.isJson) terminal.output.json({ link });
  else terminal.output.line(link);
}
