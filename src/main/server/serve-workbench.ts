import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { serveConnection } from '../../shared/rpc/server.ts';
import type { Workbench } from '../workbench/workbench.ts';
import { readSecret } from './access.ts';
import { artifactRoutes } from './artifact-routes.ts';
import { type RunningServer, startHttpServer } from './http-server.ts';
import { procedureRoutes, type Route } from './routes.ts';
import { createStaticFiles } from './static-files.ts';
import { webSocketConnection } from './web-socket-connection.ts';

const DEFAULT_PORT = 7317;

/** What a project remembers of its server, so that a tunnel, a bookmark and an open page survive a restart. */
const servedSchema = z.object({ port: z.int().min(1).max(65_535), address: z.string(), pid: z.int() });
export type Served = z.infer<typeof servedSchema>;

export interface ServeOptions {
  readonly workbench: Workbench;
  readonly projectFolder: string;
  readonly home: string;
  /** The renderer's build. */
  readonly pageFolder: string;
  readonly host: string;
  /** The project's own when left out. */
  readonly port?: number | undefined;
  readonly tls: { readonly cert: string; readonly key: string } | null;
  readonly allowedHosts: readonly string[];
}

/** What of a workbench is answered over HTTP. */
export type RoutedWorkbench = Pick<Workbench, 'handlers' | 'artifacts' | 'onUnexpected'>;

/**
 * All that is answered over HTTP: the page to anybody, the workbench and its bytes to who holds a cookie or the token.
 */
export function workbenchRoutes(workbench: RoutedWorkbench, pageFolder: string): Route[] {
  const files = createStaticFiles(pageFolder);
  const { handlers, artifacts, onUnexpected } = workbench;
  return [
    ...procedureRoutes(handlers, onUnexpected),
    ...artifactRoutes({ artifacts, onUnexpected }),
    { method: 'GET', path: '/', access: 'page', handle: (request) => files(request) },
  ];
}

/** Serves a workbench to the browsers and scripts of this machine's user. Throws with no server left open. */
export async function serveWorkbench(options: ServeOptions): Promise<RunningServer> {
  const { workbench, projectFolder, home, pageFolder, host, tls, allowedHosts } = options;
  const server = await startHttpServer({
    host,
    port: options.port ?? readServed(projectFolder)?.port ?? DEFAULT_PORT,
    tls,
    allowedHosts,
    secret: readSecret(secretFile(home)),
    routes: workbenchRoutes(workbench, pageFolder),
    onSocket: (socket) => serveConnection(webSocketConnection(socket), workbench),
    now: () => Date.now(),
  });
  await remember(server, projectFolder, server.port);
  return server;
}

/** Where the project is served now. A server that nobody could find again does not stay open. */
async function remember(server: RunningServer, projectFolder: string, port: number): Promise<void> {
  const served: Served = { port, address: server.address, pid: process.pid };
  try {
    writeFileSync(servedFile(projectFolder), JSON.stringify(served));
  } catch (error) {
    await server.close();
    throw error;
  }
}

export type ServeProgramsOptions = Pick<ServeOptions, 'workbench' | 'projectFolder' | 'home'>;

/**
 * Serves a workbench that has no page to other terminals of this machine's user, on any free port of 127.0.0.1, for who
 * holds the token. The port that the project's page has stays remembered.
 */
export async function servePrograms({ workbench, projectFolder, home }: ServeProgramsOptions): Promise<RunningServer> {
  const server = await startHttpServer({
    host: '127.0.0.1',
    port: 0,
    tls: null,
    allowedHosts: [],
    secret: readSecret(secretFile(home)),
    routes: procedureRoutes(workbench.handlers, workbench.onUnexpected).map((route) => ({
      ...route,
      access: 'bearer',
    })),
    onSocket: (socket) => serveConnection(webSocketConnection(socket), workbench),
    now: () => Date.now(),
    programsOnly: true,
  });
  const before = readServed(projectFolder);
  await remember(server, projectFolder, before?.port ?? DEFAULT_PORT);
  const close = async (): Promise<void> => {
    if (before) writeFileSync(servedFile(projectFolder), JSON.stringify(before));
    else rmSync(servedFile(projectFolder), { force: true });
    await server.close();
  };
  return { ...server, close };
}

/** Where a project was served last, or null; whether it still is, only asking tells. */
export function readServed(projectFolder: string): Served | null {
  const file = servedFile(projectFolder);
  if (!existsSync(file)) return null;
  try {
    return servedSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    // A file that was cut off by a crash only costs the port.
    return null;
  }
}

export function secretFile(home: string): string {
  return join(home, 'server-secret');
}

function servedFile(projectFolder: string): string {
  return join(projectFolder, 'server.json');
}
