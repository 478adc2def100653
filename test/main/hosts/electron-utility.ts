import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Fork, UtilityProcess } from '../../../src/main/hosts/launch-utility.ts';

const PORT = fileURLToPath(new URL('./electron-port.ts', import.meta.url));

/**
 * `utilityProcess.fork` as Electron documents it, over a process of Node: `process.parentPort` on the other side,
 * messages before `spawn` lost, a signal told as an exit code.
 */
export const forkLikeElectron: Fork = (entry, args, { env }) => new FakeUtilityProcess(entry, args, env);

class FakeUtilityProcess extends EventEmitter implements UtilityProcess {
  private readonly child: ChildProcess;
  private hasSpawned = false;

  constructor(entry: string, args: string[], env: Record<string, string>) {
    super();
    this.child = spawn(process.execPath, ['--import', PORT, entry, ...args], {
      env,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      serialization: 'advanced',
    });
    this.child.on('spawn', () => {
      this.hasSpawned = true;
      this.emit('spawn');
    });
    this.child.on('message', (message) => this.emit('message', message));
    this.child.on('close', (code, signal) => this.emit('exit', code ?? (signal ? constants.signals[signal] : 1)));
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  get stderr(): EventEmitter | null {
    return this.child.stderr;
  }

  postMessage(message: unknown): void {
    if (this.hasSpawned && this.child.connected) this.child.send(message as object, () => undefined);
  }

  kill(): boolean {
    return this.child.kill('SIGTERM');
  }
}
