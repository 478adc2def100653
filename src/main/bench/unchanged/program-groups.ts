import { spawn } from 'node:child_process';

export interface ProgramEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

export interface RunningProgram {
  readonly ended: Promise<ProgramEnd>;
  /** Kills it and all that it started, at once. */
  kill(): void;
}

/** Characters of what a program said that are shown when it fails. */
const LAST_WORDS = 2000;

/**
 * Programs of Node that run in process groups of their own, so that one kill reaches a main process and its trainers,
 * and Ctrl-C of a terminal none of them: whoever holds this ends them all. Not for Windows, which has no such groups.
 */
export class ProgramGroups {
  private readonly running = new Set<RunningProgram>();
  private isOver = false;

  start(args: readonly string[], environment: NodeJS.ProcessEnv): RunningProgram {
    if (this.isOver) throw new Error('Everything was ended.');
    const child = spawn(process.execPath, [...args], {
      detached: true,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const texts = { out: '', err: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      texts.out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      texts.err += text;
    });
    const ended = new Promise<ProgramEnd>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) => {
        this.running.delete(program);
        resolve({ code, signal, ...texts });
      });
    });
    const program: RunningProgram = { ended, kill: () => killGroup(child.pid) };
    this.running.add(program);
    return program;
  }

  /** Runs a program to its end and gives what it printed; throws with its last words when it fails. */
  async run(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<string> {
    const { code, signal, out, err } = await this.start(args, environment).ended;
    if (code === 0) return out;
    throw new Error(`${args.join(' ')} ended with ${signal ?? code}: ${err.slice(-LAST_WORDS)}`);
  }

  /** Kills whatever runs; nothing can be started after it. */
  async end(): Promise<void> {
    this.isOver = true;
    const all = [...this.running];
    for (const program of all) program.kill();
    await Promise.allSettled(all.map(({ ended }) => ended));
  }
}

function killGroup(leader: number | undefined): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, 'SIGKILL');
  } catch (error) {
    // All of them have ended already.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
