import { spawn } from 'node:child_process';
import { explain } from './explain.mjs';

export interface ProgramResult {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProgramOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
  /** Ends the program after so many milliseconds; the result then has the code null. */
  readonly timeoutMs?: number;
  readonly shell?: boolean;
  readonly onLine?: (line: string) => void;
}

/** A program that is asked to end and does not is killed. */
const KILL_AFTER_MS = 1_500;

/** Characters of output that are kept of each stream, from its end. */
const KEPT = 40_000;

/**
 * Runs a program to its end without a terminal. A code other than 0 is a value; only a program that can't be started
 * and an abort reject, with a `WorkbenchError`.
 */
export function runProgram(command: string, args: readonly string[], options: ProgramOptions = {}) {
  return new Promise<ProgramResult>((resolve, reject) => {
    const child = spawn(command, args, {
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      env: options.env ?? process.env,
      shell: options.shell ?? false,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const { signal } = options;
    // Not spawn's own `signal`, which does not wait until the program is gone: it could still be writing.
    const stop = () => {
      child.kill('SIGTERM');
      setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS).unref();
    };
    if (signal?.aborted) stop();
    signal?.addEventListener('abort', stop);
    // Nor its own `timeout`, whose clock runs on, and keeps us alive, when the program can't even be started.
    if (options.timeoutMs !== undefined) setTimeout(() => child.kill('SIGKILL'), options.timeoutMs).unref();
    let stdout = '';
    let stderr = '';
    let rest = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout = (stdout + text).slice(-KEPT);
      if (options.onLine === undefined) return;
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) options.onLine(line);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-KEPT);
    });
    child.on('error', (error) => reject(explain(error)));
    child.on('close', (code) => {
      signal?.removeEventListener('abort', stop);
      if (signal?.aborted) reject(explain(new DOMException(`${command} was stopped`, 'AbortError')));
      else resolve({ code, stdout, stderr });
    });
  });
}

/**
 * The Node that programs of ours are run with: this process's own, unless it is Electron, which can't be used as one;
 * its start names another in CELLWRIGHT_NODE.
 */
export function nodeProgram(env: NodeJS.ProcessEnv = process.env): string {
  return env.CELLWRIGHT_NODE || process.execPath;
}

/** The last line of a text that says something. */
export function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1)?.trim() ?? '';
}
