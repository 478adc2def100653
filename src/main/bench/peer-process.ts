import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { WorkbenchError } from '../../shared/workbench-error.ts';

/** How one side of a comparison is started: the program and the settings that it is free to choose. */
export interface PeerVariant {
  readonly side: 'cellwright' | 'keras' | 'pytorch';
  /** Such as `oneDNN 1, threads 1/2, Grappler 0`. */
  readonly label: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** What somebody gets who sets nothing. */
  readonly isDefault: boolean;
}

export interface StepsAnswer {
  readonly ms: readonly number[];
  readonly losses: readonly number[];
}

/** A peer that stays alive and answers one JSON line a command. */
export class PeerProcess {
  readonly variant: PeerVariant;
  private readonly child: ChildProcess;
  private readonly waiting: { resolve: (line: string) => void; reject: (error: Error) => void }[] = [];
  private errors = '';

  constructor(variant: PeerVariant) {
    this.variant = variant;
    const [program = '', ...args] = variant.command;
    const kept = ['PATH', 'HOME', 'LANG', 'TMPDIR', 'OPENBLAS_CORETYPE', 'CELLWRIGHT_HOME'];
    const environment = Object.fromEntries(
      kept.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
    );
    this.child = spawn(program, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...environment, TF_CPP_MIN_LOG_LEVEL: '2', ...variant.environment },
    });
    this.child.stderr?.on('data', (chunk: Buffer) => {
      this.errors = (this.errors + chunk.toString()).slice(-4000);
    });
    if (this.child.stdout) {
      createInterface({ input: this.child.stdout }).on('line', (line) => this.waiting.shift()?.resolve(line));
    }
    const fail = (what: string): void => {
      for (const { reject } of this.waiting.splice(0)) {
        reject(new WorkbenchError('unavailable', `${variant.side} (${variant.label}) ${what}: ${this.errors.trim()}`));
      }
    };
    this.child.on('error', (error) => fail(`did not start (${error.message})`));
    this.child.on('close', (code, signal) => fail(`ended with ${signal ?? code}`));
  }

  /** Sends one command and waits for its answer; an answer with `error` is thrown. */
  async ask(command: Record<string, unknown>): Promise<Record<string, unknown>> {
    const line = await new Promise<string>((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.child.stdin?.write(`${JSON.stringify(command)}\n`);
    });
    const answer: Record<string, unknown> = JSON.parse(line);
    if (typeof answer.error === 'string') {
      throw new WorkbenchError('unavailable', `${this.variant.side} (${this.variant.label}): ${answer.error}`);
    }
    return answer;
  }

  async steps(count: number): Promise<StepsAnswer> {
    const answer = await this.ask({ cmd: 'steps', count });
    return { ms: numbers(answer.ms), losses: numbers(answer.losses) };
  }

  close(): void {
    this.child.stdin?.end();
    this.child.kill('SIGKILL');
  }
}

function numbers(value: unknown): number[] {
  if (!Array.isArray(value)) throw new TypeError('A peer answered without its numbers.');
  return value.map(Number);
}
