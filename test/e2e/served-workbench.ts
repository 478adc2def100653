import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { type Headless, startHeadless } from '../../src/main/headless.ts';
import { buildPage } from '../../src/main/server/page-build.ts';
import { type Script, ScriptedQueue } from '../main/search/scripted-queue.ts';
import { scratchFolder, writeSmallDataset } from '../main/workbench/small-project.ts';

export interface ServedProject {
  /** Where the project's home is; the project is the folder `project` in it. */
  readonly folder: string;
  /** Serves the project, on the same port each time. */
  start(): Promise<Headless>;
  remove(): void;
}

/** Builds as for people: the test runner's NODE_ENV would make it React's development build. */
export async function asForPeople<T>(build: () => Promise<T>): Promise<T> {
  const { NODE_ENV } = process.env;
  process.env.NODE_ENV = 'production';
  try {
    return await build();
  } finally {
    process.env.NODE_ENV = NODE_ENV;
  }
}

export const buildPageForPeople = (): Promise<string> => asForPeople(() => buildPage(() => undefined));

/**
 * A project with the data set `small`, whose trials are trained by a script. The page is the real one. `allowedHosts`
 * are further names of the server, with their ports.
 */
export async function servedProject(
  script: Script,
  port: number,
  allowedHosts: readonly string[] = [],
): Promise<ServedProject> {
  const { folder, remove } = scratchFolder();
  writeSmallDataset(folder);
  // A copy: another build while the browser looks at it would take the page's parts away.
  const pageFolder = join(folder, 'page');
  cpSync(await buildPageForPeople(), pageFolder, { recursive: true });
  const start = (): Promise<Headless> =>
    startHeadless({
      projectFolder: join(folder, 'project'),
      home: folder,
      openQueue: () => new ScriptedQueue(script),
      pageFolder,
      host: '127.0.0.1',
      port,
      tls: null,
      allowedHosts,
    });
  return { folder, start, remove };
}
