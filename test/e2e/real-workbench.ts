import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type Headless, startHeadless } from '../../src/main/headless.ts';
import { localTrainers } from '../../src/main/runs/local-trainers.ts';
import { homeFolder } from '../../src/main/setup/runtime.mjs';
import { scratchFolder } from '../main/workbench/small-project.ts';
import { buildPageForPeople } from './served-workbench.ts';

/** A project of its own over the real CIFAR-10, whose trials real trainers train. The page is the real one. */
export async function realProject(port: number): Promise<{ start(): Promise<Headless>; remove(): void }> {
  const { folder, remove } = scratchFolder();
  mkdirSync(join(folder, 'datasets'));
  symlinkSync(join(homeFolder(process.env), 'datasets', 'cifar10'), join(folder, 'datasets', 'cifar10'));
  // A copy: another build while the browser looks at it would take the page's parts away.
  const pageFolder = join(folder, 'page');
  cpSync(await buildPageForPeople(), pageFolder, { recursive: true });
  const openQueue = await localTrainers();
  const start = (): Promise<Headless> =>
    startHeadless({
      projectFolder: join(folder, 'project'),
      home: folder,
      openQueue,
      pageFolder,
      host: '127.0.0.1',
      port,
      tls: null,
      allowedHosts: [],
    });
  return { start, remove };
}
