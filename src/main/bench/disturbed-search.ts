import { type ChildProcess, execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { ChaosMessage } from './chaos-search.ts';

const PROGRAM = fileURLToPath(new URL('./chaos-search.ts', import.meta.url));

export interface SearchPlace {
  readonly projectFolder: string;
  readonly home: string;
  readonly configFile: string;
}

/** A kill -9: of whom, and so long after the process opened its project, or once a trial has come to a step. */
export interface Strike {
  readonly victim: 'main' | 'trainer';
  readonly when: { readonly afterMs: number } | { readonly step: number };
}

export interface DisturbedSearch {
  /** Strikes that hit; the search may end before the later ones. */
  readonly hits: number;
  /** From the last start of the process, or the only one, to the rest. Milliseconds. */
  readonly durationMs: number;
  /** From each start after a kill of main to the first step of a trial. Milliseconds. */
  readonly restartMs: readonly number[];
  /** How long trainers outlived their killed main. Milliseconds. */
  readonly orphanMs: readonly number[];
}

/**
 * Trainers whose main is gone must be gone by then. Two seconds are usual; one that is just loading TensorFlow notices
 * late on a busy machine.
 */
const ORPHANS_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 50;

/**
 * Runs a search to its rest and strikes on the way, starting it anew whenever its main process was killed. Throws when
 * it ends in another way than completed.
 */
export async function disturbSearch(place: SearchPlace, strikes: readonly Strike[]): Promise<DisturbedSearch> {
  const restartMs: number[] = [];
  const orphanMs: number[] = [];
  let hits = 0;
  let search = new SearchProcess(place);
  try {
    for (const strike of strikes) {
      if (!(await search.comesTo(strike.when))) break;
      if (strike.victim === 'trainer') {
        if (await killTrainers(search)) hits++;
        continue;
      }
      const trainers = await childrenOf(search.pid);
      if (!(await search.kill())) break;
      hits++;
      orphanMs.push(await untilGone(trainers));
      search = new SearchProcess(place);
      void search.firstStepMs.then((ms) => restartMs.push(ms));
    }
    const durationMs = await search.rest();
    return { hits, durationMs, restartMs, orphanMs };
  } finally {
    await search.kill();
  }
}

/** One run of the program. */
class SearchProcess {
  /** From the start of the process to the first step of a trial; never resolves when there is none. */
  readonly firstStepMs: Promise<number>;
  private readonly child: ChildProcess;
  private readonly ended: Promise<unknown>;
  private readonly startedMs = performance.now();
  private openedMs: number | null = null;
  private step = 0;
  private last: ChaosMessage | null = null;
  private hasEnded = false;

  constructor({ projectFolder, home, configFile }: SearchPlace) {
    this.child = fork(PROGRAM, [projectFolder, home, configFile], {
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.ended = once(this.child, 'exit').then(() => {
      this.hasEnded = true;
    });
    this.firstStepMs = new Promise((resolve) => {
      this.child.on('message', (message) => {
        const told = message as ChaosMessage;
        this.last = told;
        if (told.kind === 'open') this.openedMs = performance.now();
        if (told.kind !== 'step') return;
        this.step = told.step;
        resolve(performance.now() - this.startedMs);
      });
    });
  }

  get pid(): number {
    return this.child.pid ?? -1;
  }

  /** Waits for a moment; false when the process ends before. */
  async comesTo(when: Strike['when']): Promise<boolean> {
    const isThere = (): boolean =>
      'step' in when
        ? this.step >= when.step
        : this.openedMs !== null && performance.now() - this.openedMs >= when.afterMs;
    while (!this.hasEnded && !isThere()) await setTimeout(LOOK_EVERY_MS / 10);
    return !this.hasEnded;
  }

  /** Kills the process at once; false when it has ended by itself. */
  async kill(): Promise<boolean> {
    if (this.hasEnded) return false;
    this.child.kill('SIGKILL');
    await this.ended;
    return this.child.signalCode === 'SIGKILL';
  }

  /** Waits for the search's own end and returns its duration since the project was open. Milliseconds. */
  async rest(): Promise<number> {
    await this.ended;
    if (this.last?.kind !== 'rests' || this.last.state !== 'completed' || this.openedMs === null) {
      throw new Error(`The search did not complete: ${JSON.stringify(this.last)}, exit code ${this.child.exitCode}`);
    }
    return performance.now() - this.openedMs;
  }
}

/** Kills every trainer of a search as soon as there is one; false when the search ends before. */
async function killTrainers(search: SearchProcess): Promise<boolean> {
  for (;;) {
    const trainers = await childrenOf(search.pid);
    for (const pid of trainers) tryKill(pid);
    if (trainers.length > 0) return true;
    if (!(await search.comesTo({ afterMs: 0 }))) return false;
    await setTimeout(LOOK_EVERY_MS);
  }
}

async function childrenOf(parent: number): Promise<number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=']);
  const rows = stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  return rows.flatMap(([pid, ppid]) => (pid !== undefined && ppid === parent ? [pid] : []));
}

async function untilGone(processes: readonly number[]): Promise<number> {
  const start = performance.now();
  for (;;) {
    const elapsedMs = performance.now() - start;
    if (!processes.some(isAlive)) return elapsedMs;
    if (elapsedMs > ORPHANS_WITHIN_MS) throw new Error(`Trainers ${processes.join(', ')} outlive their main process.`);
    await setTimeout(LOOK_EVERY_MS);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    // Only that it is gone is of interest.
    return false;
  }
}

function tryKill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself between the list and the kill; the search is disturbed by nothing then.
  }
}
