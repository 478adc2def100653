import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { homeFolder } from './setup/runtime.mjs';
import { runProgram } from './terminal/program.ts';

const packageFolder = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const { version } = JSON.parse(readFileSync(resolve(packageFolder, 'package.json'), 'utf8')) as { version: string };

// A reader that has seen enough (`| head`) closes the pipe, and a closed terminal takes no more; neither is our error.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
  });
}

process.exitCode = await runProgram(process.argv.slice(2), {
  out: process.stdout,
  err: process.stderr,
  environment: process.env,
  version,
  packageFolder,
  home: homeFolder(),
  currentFolder: process.cwd(),
  loadQueue: async () => {
    const { localTrainers } = await import('./runs/local-trainers.ts');
    return await localTrainers();
  },
});
