import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WorkbenchError } from '../../shared/workbench-error.ts';

/** What a peer is made of. Pinned, so that a figure can be read again later. */
const PEERS = {
  keras: { packages: ['tensorflow-cpu==2.21.0', 'keras==3.15.1'], size: '1.6 GB' },
  safetensors: { packages: ['safetensors==0.8.0', 'numpy'], size: '0.1 GB' },
  pytorch: { packages: ['torch==2.15.0', 'numpy'], size: '5.4 GB' },
} as const;
export type PeerName = keyof typeof PEERS;

/**
 * Python of a peer's own environment, made on the first call. The bench alone needs it: it is part neither of set-up
 * nor of the tests.
 */
export function peerPython(home: string, name: PeerName, log: (line: string) => void): string {
  const folder = join(home, 'peers', name);
  const stamp = join(folder, 'packages.txt');
  const wanted = PEERS[name].packages.join('\n');
  const python = join(folder, 'bin', 'python');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return python;
  log(`Making the ${name} environment: ${PEERS[name].size} on disk, in ${folder}.`);
  mkdirSync(join(home, 'peers'), { recursive: true });
  rmSync(folder, { recursive: true, force: true });
  run('python3', ['-m', 'venv', folder], name);
  run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...PEERS[name].packages], name);
  writeFileSync(`${stamp}.new`, wanted);
  renameSync(`${stamp}.new`, stamp);
  return python;
}

function run(program: string, args: string[], name: PeerName): void {
  const result = spawnSync(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (result.status !== 0) {
    throw new WorkbenchError(
      'unavailable',
      `The ${name} environment could not be made (${program} ended with ${result.status ?? result.signal}); the engine bench leaves a peer out with --no-${name}.`,
    );
  }
}
