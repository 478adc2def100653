import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TrialHooks, TrialResult, TrialTask } from '../../../src/main/search/trial-queue.ts';
import { processLauncher } from '../../../src/main/trials/launch-process.ts';
import { trainerEnvironment } from '../../../src/main/trials/trainer-environment.ts';
import type { Launcher } from '../../../src/main/trials/trainer-host.ts';
import { type TrainerLimits, TrainerPool } from '../../../src/main/trials/trainer-pool.ts';
import { PRESETS } from '../../../src/shared/presets.ts';
import { NASNET_A } from '../../../src/shared/search-space/cells.ts';
import type { Script } from './scripted-training.ts';

export const SCRIPTED_TRAINING = new URL('./scripted-training.ts', import.meta.url).href;

/** Of all recorders of this process. */
export const RECORDINGS = mkdtempSync(join(tmpdir(), 'cellwright-trials-'));

/** For the end of a test file: nothing is recorded any more. */
export function removeRecordings(): void {
  rmSync(RECORDINGS, { recursive: true, force: true });
}

export function openPool(
  options: { launcher?: Launcher; limits?: Partial<TrainerLimits>; trainingModule?: string } = {},
) {
  const told: string[] = [];
  const pool = new TrainerPool({
    launcher: options.launcher ?? processLauncher(),
    environment: (seat, hosts) => trainerEnvironment(seat, { cores: 2, gpus: [], hosts }),
    trainingModule: options.trainingModule ?? SCRIPTED_TRAINING,
    tell: (_level, message) => told.push(message),
    limits: { backoffMs: 50, ...options.limits },
  });
  return { pool, told };
}

export function scriptedTask(trial: number, script: Script, checkpointEverySteps = 5): TrialTask {
  return {
    experiment: 1,
    trial,
    architecture: NASNET_A,
    scale: {
      stem: 'cifar',
      normalRepeats: 1,
      filters: 4,
      imageSize: 8,
      classes: 10,
      auxiliary: false,
      skipReductionInput: false,
    },
    training: PRESETS.quick.config.training,
    datasetFolder: JSON.stringify(script),
    splitSeed: 1,
    seed: 7,
    device: '',
    residentBytes: 0,
    checkpointEveryMs: 1_000_000,
    checkpointEverySteps,
  };
}

/** What the search does for a trial, kept in memory: leases, the newest checkpoint, all that was told. */
export class Recorder implements TrialHooks {
  readonly steps: number[] = [];
  readonly epochs: number[] = [];
  readonly checkpoints: number[] = [];
  readonly folder = mkdtempSync(join(RECORDINGS, 'trial-'));
  readonly losses: string[] = [];
  leases = 0;
  newest: string | null = null;
  /** How often it is trained again when memory runs out. */
  retries = 0;
  onLease: () => void = () => undefined;
  onProgress: (step: number) => void = () => undefined;

  async lease() {
    this.leases++;
    this.onLease();
    return {
      leaseEpoch: this.leases,
      checkpointFolder: join(this.folder, `lease-${this.leases}`),
      resumeFrom: this.newest,
      step: this.newest === null ? 0 : (this.checkpoints.at(-1) ?? 0),
    };
  }

  lost(reason: string): void {
    this.losses.push(reason);
  }

  progress(message: { step: number }): void {
    this.steps.push(message.step);
    this.onProgress(message.step);
  }

  epoch(message: { record: { epoch: number } }): void {
    this.epochs.push(message.record.epoch);
  }

  checkpoint(message: { step: number; file: string }): void {
    this.checkpoints.push(message.step);
    this.newest = message.file;
  }

  ranOutOfMemory(): boolean {
    return this.retries-- > 0;
  }
}

/** Processes that this one started and that still run, read from the kernel. */
export function childPids(parent: number = process.pid): number[] {
  const children = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8');
  return children.trim().split(' ').filter(Boolean).map(Number);
}

export function hashOf(result: TrialResult): string | null {
  return result.kind === 'finished' ? result.weightsHash : null;
}
