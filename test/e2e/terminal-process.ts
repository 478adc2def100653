import { type ChildProcess, spawn } from 'node:child_process';
import { join, resolve } from 'node:path';

const PACKAGE = resolve(import.meta.dirname, '../..');

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface RunningTerminal {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves when stderr has shown the text. */
  saw(text: string): Promise<void>;
}

export interface TerminalOptions {
  readonly cwd: string;
  /** `src/main/cli.ts` unless another program stands in for it. */
  readonly entry?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Starts the terminal program as a process of its own; its output is no terminal. */
export function startTerminal(args: readonly string[], options: TerminalOptions): RunningTerminal {
  const entry = join(PACKAGE, options.entry ?? 'src/main/cli.ts');
  const env = { ...process.env, ...options.env };
  const child = spawn(process.execPath, [entry, ...args], { cwd: options.cwd, env });
  let out = '';
  let err = '';
  const waiting = new Map<string, () => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
    for (const [wanted, resolve] of waiting) if (err.includes(wanted)) resolve();
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, err }));
  });
  const saw = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      if (err.includes(text)) resolve();
      waiting.set(text, resolve);
      void ended.then(() => reject(new Error(`It ended without saying "${text}": ${err}`)));
    });
  return { child, ended, saw };
}
