import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import type { OpenProject, Terminal } from './terminal.ts';
import { printable } from './text.ts';

/** Opens a project for the time of `work`. Only a command that starts something makes the folder. */
export async function withProject(
  terminal: Terminal,
  project: { readonly typed: string | undefined; readonly mayBeNew?: boolean },
  _work: (project: OpenProject) => Promise<void>,
): Promise<void> {
  const folder = terminal.projectFolder(project.typed);
  const shownFolder = terminal.shown(folder);
  if (!project.mayBeNew && !existsSync(join(folder, 'cellwright.db'))) {
    throw new WorkbenchError('not_found', `There is no project in ${printable(shownFolder)}; \`search\` makes one.`);
  }
  throw new Error('not yet');
}
