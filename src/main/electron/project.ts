import type { IpcMain, Protocol, WebContents } from 'electron';
import { serveConnection } from '../../shared/rpc/server.ts';
import { type Headless, startHeadless } from '../headless.ts';
import { makeFolders } from '../make-folders.ts';
import { workbenchRoutes } from '../server/serve-workbench.ts';
import type { WorkbenchOptions } from '../workbench/workbench.ts';
import { APP_SCHEME, serveApp } from './app-protocol.ts';
import { serveWindow } from './ipc-connection.ts';
import { SearchWatch } from './search-watch.ts';

export interface ProjectOptions {
  readonly folder: string;
  readonly home: string;
  readonly pageFolder: string;
  readonly openQueue: WorkbenchOptions['openQueue'];
  readonly watch: ConstructorParameters<typeof SearchWatch>[1];
  readonly protocol: Protocol;
  readonly ipc: IpcMain;
}

/** An open project as the window has it. */
export interface DesktopProject {
  readonly folder: string;
  readonly watch: SearchWatch;
  /** Answers the page of a window from now on; at most one at a time. */
  serve(window: WebContents): void;
  /** Saves what trains, and frees the project. */
  close(): Promise<void>;
}

/**
 * Opens a project, made when it is not there. It is served on 127.0.0.1 as well, where the terminal is a client of it
 * and a browser may look on. Throws what `startHeadless` throws, with nothing left open.
 */
export async function openDesktopProject(options: ProjectOptions): Promise<DesktopProject> {
  const { folder, home, pageFolder, openQueue, protocol, ipc } = options;
  makeFolders(folder);
  const headless: Headless = await startHeadless({
    projectFolder: folder,
    home,
    openQueue,
    pageFolder,
    host: '127.0.0.1',
    tls: null,
    allowedHosts: [],
  });
  const { workbench } = headless;
  const watch = new SearchWatch(workbench, options.watch);
  serveApp(protocol, workbenchRoutes(workbench, pageFolder));
  let stopServing = (): void => undefined;
  return {
    folder,
    watch,
    serve: (window) => {
      stopServing();
      stopServing = serveWindow(ipc, window, (connection) => serveConnection(connection, workbench));
    },
    close: async () => {
      try {
        await headless.close();
      } finally {
        stopServing();
        watch.close();
        protocol.unhandle(APP_SCHEME.scheme);
      }
    },
  };
}
