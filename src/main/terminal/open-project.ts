import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import { SYSTEM_CLOCK } from '../clock.ts';
import { fileLog, type Log } from '../log.ts';
import { makeFolders } from '../make-folders.ts';
import type { RunningServer } from '../server/http-server.ts';
import { type ServeProgramsOptions, servePrograms } from '../server/serve-workbench.ts';
import { openWorkbench, type WorkbenchOptions } from '../workbench/workbench.ts';
import { connectToRunning } from './running-workbench.ts';
import type { OpenProject, Terminal } from './terminal.ts';
import { printable } from './text.ts';

export interface ProjectRequest {
  /** The folder as the person named it. */
  readonly typed: string | undefined;
  /** A command that starts something makes the folder. */
  readonly mayBeNew?: boolean;
  /** A command that trains lets other terminals read the project meanwhile. */
  readonly isLong?: boolean;
}

type Work = (project: OpenProject) => Promise<void>;

/**
 * Opens a project for the time of `work`: in this process, or as a client of the workbench that holds it. Throws the
 * `conflict` of a project that is held by one that can't be reached.
 */
export async function withProject(terminal: Terminal, request: ProjectRequest, work: Work): Promise<void> {
  const folder = terminal.projectFolder(request.typed);
  const shownFolder = terminal.shown(folder);
  if (!request.mayBeNew && !existsSync(join(folder, 'cellwright.db'))) {
    throw new WorkbenchError('not_found', `There is no project in ${printable(shownFolder)}; \`search\` makes one.`);
  }
  if (request.mayBeNew) makeFolder(folder);
  const openQueue = await terminal.loadQueue();
  try {
    await withOwnWorkbench(terminal, { folder, openQueue, isLong: request.isLong === true }, work);
  } catch (error) {
    if (!(error instanceof HeldByAnother)) throw error;
    const running = await connectToRunning(folder, terminal.home);
    if (!running) throw error.cause;
    try {
      await Promise.race([work({ client: running.client, shownFolder }), running.lost]);
    } finally {
      running.close();
    }
  }
}

/** Why a workbench of our own could not be opened: another process has the project. */
class HeldByAnother extends Error {}

interface OwnRequest {
  readonly folder: string;
  readonly openQueue: WorkbenchOptions['openQueue'];
  readonly isLong: boolean;
}

async function withOwnWorkbench(terminal: Terminal, { folder, openQueue, isLong }: OwnRequest, work: Work) {
  const { home, output } = terminal;
  const logFile = join(folder, 'log', 'cellwright.log');
  const notices = new Notices(fileLog(logFile, () => SYSTEM_CLOCK.now()));
  const workbench = await openWorkbench({ projectFolder: folder, home, log: notices, openQueue }).catch((cause) => {
    if (cause instanceof WorkbenchError && cause.code === 'conflict') throw new HeldByAnother('', { cause });
    throw cause;
  });
  // Told before anybody could listen, such as that a backup took the place of a damaged database.
  for (const message of notices.take()) output.note(output.paintNote('yellow')(printable(message)));
  const server = isLong ? await letOthersIn({ workbench, projectFolder: folder, home }, notices) : null;
  const { client, close } = workbench.connect();
  try {
    await work({ client, shownFolder: terminal.shown(folder) });
  } catch (error) {
    if (isInternal(error)) output.note(`The log is ${terminal.shown(logFile)}.`);
    throw error;
  } finally {
    close();
    await server?.close();
    await workbench.close();
  }
}

/** A search goes on also where nothing can be served. */
async function letOthersIn(options: ServeProgramsOptions, log: Log): Promise<RunningServer | null> {
  try {
    return await servePrograms(options);
  } catch (error) {
    log.write('warn', 'Other terminals can not read this project while it is open here', error);
    return null;
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
