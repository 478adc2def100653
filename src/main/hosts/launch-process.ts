import { type ChildProcess, spawn } from 'node:child_process';
import type { Death, Host, HostProgram, Launcher } from './host.ts';
import { LastWords } from './last-words.ts';

/**
 * The default: each host is a process of plain Node, so that a crash in native code ends one trainer and nothing else.
 * `node` is the Node to run; inside Electron it must be one of its own, since Electron's binary can't be.
 */
export function processLauncher(node: string = process.execPath): Launcher {
  return {
    maximumHosts: Number.POSITIVE_INFINITY,
    launch: (program, environment) => new ProcessHost(node, program, environment),
  };
}

class ProcessHost<Command, Event> implements Host<Command, Event> {
  private readonly parse: HostProgram<Event>['parse'];
  private readonly child: ChildProcess;
  private readonly words = new LastWords();

  constructor(node: string, program: HostProgram<Event>, environment: Readonly<Record<string, string>>) {
    this.parse = program.parse;
    this.child = spawn(node, [program.entry, ...program.arguments], {
      env: { ...environment },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      serialization: 'advanced',
    });
    this.child.stderr?.on('data', (chunk: Buffer) => this.words.hear(chunk));
  }

  get pid(): number | null {
    return this.child.pid ?? null;
  }

  send(command: Command): void {
    // A host that just died is told by `onDeath`; what was meant for it is lost with it.
    if (this.child.connected) this.child.send(command as object, () => undefined);
  }

  onEvent(listener: (event: Event) => void): void {
    this.child.on('message', (message) => {
      const event = this.parse(message);
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
