import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { TrainerEvent } from '../../shared/records/trial-job.ts';
import { LastWords } from './last-words.ts';
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
  private readonly child: ChildProcess;
  private readonly words = new LastWords();

  constructor(node: string, { environment, trainingModule }: HostOptions) {
    this.child = spawn(node, [ENTRY, trainingModule], {
      env: { ...environment },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      serialization: 'advanced',
    });
    this.child.stderr?.on('data', (chunk: Buffer) => this.words.hear(chunk));
  }

  get pid(): number | null {
    return this.child.pid ?? null;
  }

  send(command: Parameters<TrainerHost['send']>[0]): void {
    // A host that just died is told by `onDeath`; what was meant for it is lost with it.
    if (this.child.connected) this.child.send(command, () => undefined);
  }

  onEvent(listener: (event: TrainerEvent) => void): void {
    this.child.on('message', (message) => {
      const event = parseEvent(message);
      if (event) listener(event);
    });
  }

  onDeath(listener: (death: Death) => void): void {
    this.child.on('error', (error) => {
      if (this.child.pid !== undefined) return;
      listener({ kind: 'exit', code: -1, error: `it could not be started (${error.message})` });
    });
    // After `close` no message is on its way any more, so nothing that the host reported is lost.
    this.child.on('close', (code, signal) => {
      if (this.child.pid === undefined) return;
      const error = this.words.mostTelling();
      listener(signal ? { kind: 'signal', signal, error } : { kind: 'exit', code: code ?? -1, error });
    });
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }
}
