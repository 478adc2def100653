import type { EventEmitter } from 'node:events';
import type { Death, Host, HostProgram, Launcher } from './host.ts';
import { LastWords } from './last-words.ts';

/** Electron tells a signal by its number, as an exit code; a host of ours ends with none of these. */
const SIGNALS: Readonly<Record<number, string>> = {
  4: 'SIGILL',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  15: 'SIGTERM',
};

/** The part of Electron's `UtilityProcess` that a host needs. */
export interface UtilityProcess extends EventEmitter {
  readonly pid: number | undefined;
  readonly stderr: EventEmitter | null;
  postMessage(message: unknown): void;
  kill(): boolean;
}

/** Electron's `utilityProcess.fork`, handed in, so that this room knows no Electron. */
export type Fork = (
  entry: string,
  args: string[],
  options: { env: Record<string, string>; stdio: ['ignore', 'ignore', 'pipe']; serviceName: string },
) => UtilityProcess;

/** For an Electron that has no Node beside it: each host is one of its utility processes. */
export function utilityLauncher(fork: Fork): Launcher {
  return {
    maximumHosts: Number.POSITIVE_INFINITY,
    launch: (program, environment) => new UtilityHost(fork, program, environment),
  };
}

class UtilityHost<Command, Event> implements Host<Command, Event> {
  private readonly parse: HostProgram<Event>['parse'];
  private readonly process: UtilityProcess;
  private readonly words = new LastWords();
  /** Messages sent before the process is there are lost. */
  private unsent: unknown[] | null = [];

  constructor(fork: Fork, program: HostProgram<Event>, environment: Readonly<Record<string, string>>) {
    this.parse = program.parse;
    this.process = fork(program.entry, [...program.arguments], {
      env: { ...environment },
      stdio: ['ignore', 'ignore', 'pipe'],
      serviceName: program.name,
    });
    this.process.stderr?.on('data', (chunk: Buffer) => this.words.hear(chunk));
    this.process.on('spawn', () => {
      for (const command of this.unsent ?? []) this.process.postMessage(command);
      this.unsent = null;
    });
  }

  get pid(): number | null {
    return this.process.pid ?? null;
  }

  send(command: Command): void {
    if (this.unsent) this.unsent.push(command);
    else if (this.process.pid !== undefined) this.process.postMessage(command);
  }

  onEvent(listener: (event: Event) => void): void {
    this.process.on('message', (message) => {
      const event = this.parse(message);
      if (event) listener(event);
    });
  }

  onDeath(listener: (death: Death) => void): void {
    this.process.on('exit', (code: number) => {
      const error = this.words.mostTelling();
      const signal = process.platform === 'win32' ? undefined : SIGNALS[code];
      listener(signal ? { kind: 'signal', signal, error } : { kind: 'exit', code, error });
    });
  }

  /** Electron's own `kill` sends SIGTERM, which a host heeds only between two steps. */
  kill(): void {
    const { pid } = this.process;
    if (pid === undefined) this.process.kill();
    else process.kill(pid, 'SIGKILL');
  }
}
