import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'electron-builder';
import { build as buildAll } from 'electron-vite';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import { homeFolder, PROJECT_ROOT } from '../setup/runtime.mjs';
import { findElectron } from '../terminal/window.ts';
import { drawIcons } from './icons.ts';
import { packageConfig } from './package-config.ts';

// `npm run package`: an installer for the system that it runs on, under the folder for everything that is made.
// `-- --dir` leaves it as a folder.

try {
  await makePackage();
} catch (error) {
  if (!(error instanceof WorkbenchError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

async function makePackage(): Promise<void> {
  const { values } = parseArgs({ options: { dir: { type: 'boolean', default: false } } });
  const tell = (sentence: string): void => void process.stderr.write(`${sentence}\n`);
  const electron = await bringElectron(tell);
  const home = homeFolder();
  const icons = join(home, 'packages', 'icons');
  const output = join(home, 'packages');
  await drawIcons(join(PROJECT_ROOT, 'resources', 'icon.svg'), icons);
  await buildAll({ root: PROJECT_ROOT, logLevel: 'warn' });
  const config = packageConfig({ root: PROJECT_ROOT, output, icons, electron });
  const made = await build({ projectDir: PROJECT_ROOT, config, dir: values.dir, publish: 'never' }).catch(
    (error: unknown) => {
      const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
      throw new WorkbenchError('unavailable', `electron-builder could not make the package: ${reason}`, {
        cause: error,
      });
    },
  );
  for (const file of values.dir ? [output] : made) process.stdout.write(`${file}\n`);
}

/** The folder of an unpacked Electron. */
async function bringElectron(tell: (sentence: string) => void): Promise<string> {
  const { program, ...without } = await findElectron({ root: PROJECT_ROOT, environment: process.env, tell });
  if (program !== null) return process.platform === 'darwin' ? join(program, '../../../..') : dirname(program);
  const reason = 'reason' in without ? without.reason : '';
  throw new WorkbenchError(
    'unavailable',
    `Nothing can be packaged without Electron's program, which could not be fetched (${reason}): run this where the network is.`,
  );
}
