import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import { SYSTEM_CLOCK } from '../clock.ts';
import { fileLog, type Log } from '../log.ts';
import { makeFolders } from '../make-folders.ts';
import { openWorkbench } from '../workbench/workbench.ts';
import type { OpenProject, Terminal } from './terminal.ts';
import { printable } from './text.ts';

/** Opens a project for the time of `work`. Only a command that starts something makes the folder. */
export async function withProject(
  terminal: Terminal,
  project: { readonly typed: string | undefined; readonly mayBeNew?: boolean },
  work: (project: OpenProject) => Promise<void>,
): Promise<void> {
  const folder = terminal.projectFolder(project.typed);
  const shownFolder = terminal.shown(folder);
  if (!project.mayBeNew && !existsSync(join(folder, 'cellwright.db'))) {
    throw new WorkbenchError('not_found', `There is no project in ${printable(shownFolder)}; \`search\` makes one.`);
  }
  if (project.mayBeNew) makeFolder(folder);
  const logFile = join(folder, 'log', 'cellwright.log');
  const notices = new Notices(fileLog(logFile, () => SYSTEM_CLOCK.now()));
  const workbench = await openWorkbench({
    projectFolder: folder,
    home: terminal.home,
    log: notices,
    openQueue: await terminal.loadQueue(),
  });
  // Told before anybody could listen, such as that a backup took the place of a damaged database.
  for (const message of notices.take()) terminal.output.note(terminal.output.paintNote('yellow')(printable(message)));
  const { client, close } = workbench.connect();
  try {
    await work({ client, shownFolder });
  } catch (error) {
    if (isInternal(error)) terminal.output.note(`The log is ${terminal.shown(logFile)}.`);
    throw error;
  } finally {
    close();
    await workbench.close();
  }
}

/** What is there already, or is a file, the store judges. */
function makeFolder(folder: string): void {
  try {
    makeFolders(folder);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error) || error.code === 'EEXIST' || error.code === 'ENOTDIR') return;
    const full = error.code === 'ENOSPC' || error.code === 'EDQUOT';
    const remedy = full ? 'free some space' : 'choose a folder that can be written to';
    const sentence = `The folder ${printable(folder)} can't be made (${String(error.code)}): ${remedy}.`;
    throw new WorkbenchError(full ? 'disk_full' : 'read_only', sentence, { cause: error });
  }
}

/** A bug on the other side of the contract; its whole story is in the log alone. */
function isInternal(error: unknown): boolean {
  return error instanceof WorkbenchError && error.code === 'internal';
}

/** Keeps warnings until they are taken, and passes everything on to the log. */
class Notices implements Log {
  private readonly log: Log;
  private kept: string[] | null = [];

  constructor(log: Log) {
    this.log = log;
  }

  write(level: 'info' | 'warn' | 'error', message: string, details?: unknown): void {
    if (level !== 'info') this.kept?.push(message);
    this.log.write(level, message, details);
  }

  take(): string[] {
    const kept = this.kept ?? [];
    this.kept = null;
    return kept;
  }
}
