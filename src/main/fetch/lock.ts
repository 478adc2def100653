import { closeSync, mkdirSync, openSync, readFileSync, rmdirSync, rmSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Who holds the lock: a pid alone may belong to another process by now, so the process's start goes with it. */
interface Holder {
  readonly pid: number;
  readonly startedAt: string;
}

const EMPTY_GRACE_MS = 5_000;
const BREAKER_GRACE_MS = 30_000;

/** When a process was started, in the kernel's own clock ticks; empty where the system does not tell. */
function processStart(pid: number): string {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name of the program, in parentheses, may hold spaces; field 22 counts from before it.
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

function isAlive(holder: Holder): boolean {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return holder.startedAt === '' || processStart(holder.pid) === holder.startedAt;
}

/** The holder of a lock file: null when there is none, 'dead' when it left the file behind. */
function holderOf(file: string): Holder | 'dead' | null {
  try {
    const text = readFileSync(file, 'utf8');
    if (text === '') return Date.now() - statSync(file).mtimeMs > EMPTY_GRACE_MS ? 'dead' : { pid: 0, startedAt: '' };
    const holder = JSON.parse(text) as Holder;
    return isAlive(holder) ? holder : 'dead';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    if (error instanceof SyntaxError) return 'dead';
    throw error;
  }
}

function tryCreate(file: string): boolean {
  try {
    const handle = openSync(file, 'wx', 0o600);
    writeSync(handle, JSON.stringify({ pid: process.pid, startedAt: processStart(process.pid) } satisfies Holder));
    closeSync(handle);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Removes the lock of a dead process. Only one process at a time may do so: two that both saw the dead one could
 * otherwise remove the lock that a third has taken since.
 */
function breakLock(file: string): void {
  const breaker = `${file}.breaking`;
  try {
    mkdirSync(breaker);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const age = Date.now() - (statSync(breaker, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > BREAKER_GRACE_MS) rmSync(breaker, { recursive: true, force: true });
    return;
  }
  try {
    if (holderOf(file) === 'dead') rmSync(file, { force: true });
  } finally {
    rmdirSync(breaker);
  }
}

/**
 * Takes the lock, waiting for a live holder and clearing away a dead one's. Answers with its release. `onWait` is
 * called once, with the pid that is waited for.
 */
export async function takeLock(file: string, onWait: (pid: number) => void, signal?: AbortSignal): Promise<() => void> {
  mkdirSync(path.dirname(file), { recursive: true });
  let told = false;
  while (!tryCreate(file)) {
    const holder = holderOf(file);
    if (holder === 'dead') breakLock(file);
    else if (holder !== null && holder.pid !== 0 && !told) {
      told = true;
      onWait(holder.pid);
    }
    await sleep(holder === 'dead' ? 20 : 200, undefined, signal === undefined ? {} : { signal });
  }
  return () => rmSync(file, { force: true });
}
