import { WorkbenchError } from '../shared/workbench-error.ts';
import type { RunQueue } from './runs/run-queue.ts';
import type { RunningServer } from './server/http-server.ts';
import { type ServeOptions, serveWorkbench } from './server/serve-workbench.ts';
import { openWorkbench, type Workbench } from './workbench/workbench.ts';

export interface HeadlessOptions extends Omit<ServeOptions, 'workbench'> {
  readonly openQueue: () => RunQueue;
}

/** The workbench without a window of its own: the same program, shown by a browser. */
export interface Headless {
  readonly workbench: Workbench;
  readonly server: RunningServer;
  /** Experiments that a crash had interrupted and that go on. */
  readonly resumed: readonly number[];
  /** Saves what runs, then frees project and port. */
  close(): Promise<void>;
}

/**
 * Opens a project and serves it. Searches that were interrupted by a crash go on by themselves; nothing else is
 * started. Throws what `openWorkbench` and `startHttpServer` throw, with nothing left open.
 */
export async function startHeadless(options: HeadlessOptions): Promise<Headless> {
  const { projectFolder, home, openQueue } = options;
  const workbench = await openWorkbench({ projectFolder, home, openQueue });
  let server: RunningServer | undefined;
  const close = async (): Promise<void> => {
    await server?.close();
    await workbench.close();
  };
  try {
    server = await serveWorkbench({ ...options, workbench });
    const resumed: number[] = [];
    for (const experiment of workbench.interrupted) {
      if (await goesOn(workbench, experiment)) resumed.push(experiment);
    }
    return { workbench, server, resumed, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** One search that can't go on (another data set, a full disk) must not keep the workbench closed: it stays paused. */
async function goesOn(workbench: Workbench, experiment: number): Promise<boolean> {
  try {
    await workbench.handlers['experiment.resume']({ experiment }, new AbortController().signal);
    return true;
  } catch (error) {
    if (!(error instanceof WorkbenchError)) throw error;
    workbench.tell('warn', `The search did not go on by itself. ${error.message}`, { experiment, trial: null });
    return false;
  }
}
