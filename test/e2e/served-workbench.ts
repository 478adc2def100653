import { join } from 'node:path';
import { type Headless, startHeadless } from '../../src/main/headless.ts';
import { buildPage } from '../../src/main/server/page-build.ts';
import { type Script, ScriptedQueue } from '../main/search/scripted-queue.ts';
import { scratchFolder, writeSmallDataset } from '../main/workbench/small-project.ts';

export interface ServedProject {
  /** Serves the project, on the same port each time. */
  start(): Promise<Headless>;
  remove(): void;
}

/** As it is built for people: the test runner's NODE_ENV would make it React's development build. */
async function buildPageForPeople(): Promise<string> {
  const { NODE_ENV } = process.env;
  process.env.NODE_ENV = 'production';
  try {
    return await buildPage(() => undefined);
  } finally {
    process.env.NODE_ENV = NODE_ENV;
  }
}

/** A project with the data set `small`, whose trials are trained by a script. The page is the real one. */
export async function servedProject(script: Script, port: number): Promise<ServedProject> {
  const { folder, remove } = scratchFolder();
  writeSmallDataset(folder);
  const pageFolder = await buildPageForPeople();
  const start = (): Promise<Headless> =>
    startHeadless({
      projectFolder: join(folder, 'project'),
      home: folder,
      openQueue: () => new ScriptedQueue(script),
      pageFolder,
      host: '127.0.0.1',
      port,
      tls: null,
      allowedHosts: [],
    });
  return { start, remove };
}
