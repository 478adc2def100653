import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { TrainerEvent } from '../../shared/records/trial-job.ts';
import { type Death, type HostOptions, type Launcher, parseEvent, type TrainerHost } from './trainer-host.ts';

const ENTRY = fileURLToPath(new URL('./host-process.ts', import.meta.url));

/**
 * The default: each host is a process of plain Node, so that a crash in native code ends one trainer and nothing else.
 * `node` is the Node to run; inside Electron it must be one of its own, since Electron's binary can't be.
 */
export function processLauncher(node: string = process.execPath): Launcher {
  return { maximumHosts: Number.POSITIVE_INFINITY, launch: (options) => new ProcessHost(node, options) };
}

class ProcessHost implements TrainerHost {
  readonly #child: ChildProcess;
  #lastError: string | null = null;

  constructor(node: string, { environment, trainingModule }: HostOptions) {
    this.#child = spawn(node, [ENTRY, trainingModule], {
      env: { ...environment },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      serialization: 'advanced',
    });
    // TensorFlow writes its last words here before it aborts.
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      const line = chunk.toString().trim().split('\n').at(-1);
      if (line) this.#lastError = line.slice(0, 500);
    });
  }

  get pid(): number | null {
    return this.#child.pid ?? null;
  }

  send(command: Parameters<TrainerHost['send']>[0]): void {
    // A host that just died is told by `onDeath`; what was meant for it is lost with it.
    if (this.#child.connected) this.#child.send(command, () => undefined);
  }

  onEvent(listener: (event: TrainerEvent) => void): void {
    this.#child.on('message', (message) => {
      const event = parseEvent(message);
      if (event) listener(event);
    });
  }

  onDeath(listener: (death: Death) => void): void {
    let isTold = false;
    const tell = (death: Death): void => {
      if (isTold) return;
      isTold = true;
      listener(death);
    };
    this.#child.on('error', (error) => {
      if (this.#child.pid === undefined)
        tell({ kind: 'exit', code: -1, error: `it could not be started (${error.message})` });
    });
    // After `close` no message is on its way any more, so nothing that the host reported is lost.
    this.#child.on('close', (code, signal) => {
      if (signal) tell({ kind: 'signal', signal });
      else tell({ kind: 'exit', code: code ?? -1, error: code === 0 ? null : this.#lastError });
    });
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}
