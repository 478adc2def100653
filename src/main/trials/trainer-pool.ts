import type { TrialJob } from '../../shared/records/trial-job.ts';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import type { LogLevel } from '../log.ts';
import type { TrialHooks, TrialQueue, TrialResult, TrialTask } from '../search/trial-queue.ts';
import { CrashRecord } from './crash-record.ts';
import { PooledHost } from './pooled-host.ts';
import type { Launcher } from './trainer-host.ts';

export interface TrainerPoolOptions {
  readonly launcher: Launcher;
  /** Environment of the host with this number (0, 1, …); says which GPU it sees, among other things. */
  readonly environment: (index: number) => Readonly<Record<string, string>>;
  readonly trainingModule: string;
  readonly tell: (level: LogLevel, message: string) => void;
  readonly limits?: Partial<TrainerLimits>;
}

/** All of them ours, from what was measured of TensorFlow under Node. */
export interface TrainerLimits {
  /** A host is replaced after so many trials: TensorFlow leaves 6 to 9 MB behind for each. */
  readonly recycleAfterTrials: number;
  /** And before the next trial when it has grown beyond this. */
  readonly residentBytes: number;
  /** A host that has not reported by then does not start. */
  readonly readyWithinMs: number;
  /** A training thread without any progress for so long hangs; or for 20 times its median step, if that is longer. */
  readonly progressWithinMs: number;
  /** Wait before the second, third … restart in a row, doubled each time; the first is at once. */
  readonly backoffMs: number;
}

const LIMITS: TrainerLimits = {
  recycleAfterTrials: 25,
  residentBytes: 6 * 2 ** 30,
  readyWithinMs: 60_000,
  progressWithinMs: 60_000,
  backoffMs: 1000,
};

const LONGEST_BACKOFF_MS = 30_000;
/** Deaths of one trial with no checkpoint between them, after which it ends as failed. */
const DEATHS_OF_A_TRIAL = 3;
/** Hosts that don't come up in a row, after which no trial can be trained. */
const FAILED_STARTS = 3;

/** One trial while somebody waits for it. */
interface Active {
  readonly task: TrialTask;
  host: PooledHost | null;
  leaseEpoch: number;
  wish: 'cancel' | 'suspend' | null;
  /** Ends a wait that is no training: for a host, or before a restart. */
  wake: () => void;
}

/**
 * Trains trials in hosts of its own: takes an idle one or starts one, restarts a trial whose host died from its newest
 * checkpoint, ends one that dies again and again at the same step, and replaces hosts before they grow too large.
 */
export class TrainerPool implements TrialQueue {
  readonly #options: TrainerPoolOptions;
  readonly #limits: TrainerLimits;
  readonly #hosts = new Set<PooledHost>();
  readonly #active = new Map<string, Active>();
  readonly #crashes = new CrashRecord();
  #isClosed = false;

  constructor(options: TrainerPoolOptions) {
    this.#options = options;
    this.#limits = { ...LIMITS, ...options.limits };
  }

  async train(task: TrialTask, hooks: TrialHooks): Promise<TrialResult> {
    if (this.#isClosed) throw new WorkbenchError('unavailable', 'The trainers are closed.');
    const active: Active = { task, host: null, leaseEpoch: 0, wish: null, wake: () => undefined };
    const key = keyOf(task.experiment, task.trial);
    this.#active.set(key, active);
    try {
      return await this.#untilEnd(active, hooks);
    } finally {
      this.#active.delete(key);
    }
  }

  cancel(experiment: number, trial: number): void {
    const active = this.#active.get(keyOf(experiment, trial));
    if (!active) return;
    active.wish = 'cancel';
    active.host?.send({ kind: 'cancel', experiment, trial, leaseEpoch: active.leaseEpoch });
    active.wake();
  }

  suspend(experiment: number): void {
    for (const active of this.#active.values()) {
      if (active.task.experiment !== experiment || active.wish !== null) continue;
      active.wish = 'suspend';
      active.host?.send({ kind: 'suspend' });
      active.wake();
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const active of this.#active.values()) this.suspend(active.task.experiment);
    await Promise.all([...this.#hosts].map((host) => host.shutDown()));
  }

  async #untilEnd(active: Active, hooks: TrialHooks): Promise<TrialResult> {
    let deaths = 0;
    let wait = 0;
    for (;;) {
      if (wait > 0) await this.#pause(active, wait);
      const host = active.wish === null ? await this.#takeHost(active) : null;
      if (!host) return ended(active);
      const grant = await hooks.lease();
      if (!grant || active.wish !== null) {
        host.release();
        return ended(active);
      }
      active.leaseEpoch = grant.leaseEpoch;
      const end = await this.#trainOn(host, { ...active.task, ...grant }, active, hooks);
      if (end.kind === 'finished' || end.kind === 'suspended') return end;
      if (end.kind === 'refused') throw new WorkbenchError(end.code, end.message);
      this.#crashes.add(active.task);
      deaths = end.saved ? 1 : deaths + 1;
      if (deaths >= DEATHS_OF_A_TRIAL) return this.#giveUp(active.task, end.reason, end.step);
      if (this.#crashes.areEverywhere()) {
        throw new WorkbenchError('unavailable', `Trainers crash over different trials. The last one ${end.reason}.`);
      }
      wait = deaths === 1 ? 0 : Math.min(this.#limits.backoffMs * 2 ** (deaths - 2), LONGEST_BACKOFF_MS);
      this.#options.tell(
        'warn',
        `The trainer of trial ${active.task.trial} ${end.reason}. The trial goes on from its last checkpoint (try ${deaths + 1} of ${DEATHS_OF_A_TRIAL} from there).`,
      );
    }
  }

  async #trainOn(host: PooledHost, job: TrialJob, active: Active, hooks: TrialHooks) {
    active.host = host;
    // The replacement loads TensorFlow while this one works on its last trial.
    const { maximumHosts } = this.#options.launcher;
    if (host.isOnItsLastTrial && !this.#isClosed && this.#hosts.size < maximumHosts) this.#addHost();
    try {
      return await host.train(job, hooks);
    } finally {
      active.host = null;
      if (host.isSpent) void host.shutDown();
    }
  }

  #giveUp(task: TrialTask, reason: string, step: number): TrialResult {
    const message = `The trainer crashed ${DEATHS_OF_A_TRIAL} times near step ${step}; the last one ${reason}.`;
    this.#options.tell('error', `Trial ${task.trial}: ${message}`);
    return {
      kind: 'finished',
      outcome: { kind: 'failed', reason: 'crashed', message },
      durationMs: 0,
      weightsHash: null,
    };
  }

  /** An idle host that reported, or a new one; null when the trial is not wanted any more. Throws when none starts. */
  async #takeHost(active: Active): Promise<PooledHost | null> {
    for (let failures = 0; ; ) {
      const host = [...this.#hosts].find((candidate) => candidate.take()) ?? (await this.#makeRoom()).#addHost(true);
      const isAwake = new Promise<'woken'>((resolve) => {
        active.wake = () => resolve('woken');
      });
      const outcome = await Promise.race([host.ready, isAwake]);
      if (outcome === 'woken') {
        host.release();
        return null;
      }
      if (outcome === null) return host;
      failures++;
      if (failures >= FAILED_STARTS) {
        throw new WorkbenchError('unavailable', `No trainer starts; the last one ${outcome}. The doctor may know why.`);
      }
    }
  }

  /** Waits for hosts that are on their way out where the launcher allows no more. */
  async #makeRoom(): Promise<this> {
    while (this.#hosts.size >= this.#options.launcher.maximumHosts) {
      const leaving = [...this.#hosts].find((host) => host.isLeaving);
      if (!leaving) {
        throw new WorkbenchError(
          'invalid_input',
          'Only one trainer can be a thread of the workbench: train one trial at once, or use trainer processes.',
        );
      }
      await leaving.gone;
    }
    return this;
  }

  #addHost(isTaken = false): PooledHost {
    const { launcher, environment, trainingModule, tell } = this.#options;
    const used = new Set([...this.#hosts].map(({ index }) => index));
    let index = 0;
    while (used.has(index)) index++;
    const host = new PooledHost(launcher.launch({ environment: environment(index), trainingModule }), {
      index,
      limits: this.#limits,
      tell,
      onGone: () => this.#hosts.delete(host),
    });
    if (isTaken) host.take();
    this.#hosts.add(host);
    return host;
  }

  async #pause(active: Active, ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      active.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

function ended({ wish }: Active): TrialResult {
  if (wish === 'suspend') return { kind: 'suspended' };
  return {
    kind: 'finished',
    outcome: { kind: 'cancelled', message: 'Cancelled before its training went on.' },
    durationMs: 0,
    weightsHash: null,
  };
}

function keyOf(experiment: number, trial: number): string {
  return `${experiment}/${trial}`;
}
