import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TrialTask } from '../../../src/main/search/trial-queue.ts';
import { TRAINING_MODULE } from '../../../src/main/trials/local-trainers.ts';
import { PRESETS } from '../../../src/shared/presets.ts';
import { deriveSeed, randomUint32 } from '../../../src/shared/random.ts';
import { toyJob, writeToyDataset } from '../training/toy-job.ts';
import { childPids, openPool, Recorder, removeRecordings } from './scripted-trials.ts';

/** `CELLWRIGHT_LONG=1` kills 25 times. */
const KILLS = process.env.CELLWRIGHT_LONG ? 25 : 4;
/** Set-up brought it. */
const CIFAR10 = fileURLToPath(new URL('../../../.cellwright/datasets/cifar10', import.meta.url));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'cellwright-real-'));
  writeToyDataset(path.join(folder, 'toy'), 8, 200);
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  removeRecordings();
});

function toTask({
  leaseEpoch: _epoch,
  checkpointFolder: _folder,
  resumeFrom: _from,
  ...task
}: ReturnType<typeof toyJob>) {
  return task satisfies TrialTask;
}

function toyTask(trial: number, epochs: number): TrialTask {
  const job = toyJob(path.join(folder, 'toy'), { trial, checkpointEverySteps: 4 });
  return toTask({ ...job, training: { ...job.training, epochs } });
}

/** The quick preset, smaller. */
function cifarTask(trial: number): TrialTask {
  const { config } = PRESETS.quick;
  const training = { ...config.training, trainingImages: 320, validationImages: 100, epochs: 2, timeLimitMs: 0 };
  const scale = { ...config.scale, imageSize: 32, classes: 10 };
  return toTask(toyJob(CIFAR10, { trial, training, scale, residentBytes: 2 ** 30, checkpointEverySteps: 5 }));
}

async function train(task: TrialTask, hooks = new Recorder()) {
  const { pool, told } = openPool({ trainingModule: TRAINING_MODULE });
  try {
    const result = await pool.train(task, hooks);
    if (result.kind !== 'finished') throw new Error('The training was suspended.');
    return { outcome: result.outcome, weightsHash: result.weightsHash, told };
  } finally {
    await pool.close();
  }
}

/** Kills the host a random while after each time that its training got a step further. */
async function trainKilled(task: TrialTask, kills: number, longestMs: number) {
  const hooks = new Recorder();
  const killedAt: number[] = [];
  let killing: NodeJS.Timeout | undefined;
  hooks.onProgress = (step) => {
    if (killing || killedAt.length >= kills) return;
    killing = setTimeout(
      () => {
        killing = undefined;
        killedAt.push(step);
        for (const pid of childPids()) process.kill(pid, 'SIGKILL');
      },
      randomUint32(deriveSeed(5, 'kill'), killedAt.length) % longestMs,
    );
  };
  const ended = await train(task, hooks);
  clearTimeout(killing);
  return { ...ended, leases: hooks.leases, killed: killedAt.length };
}

describe('A real training in a host that is killed at random moments', () => {
  it('ends with the same weights and reward, bit for bit', async () => {
    const calm = await train(toyTask(1, 16));
    expect(calm.outcome.kind).toBe('completed');
    const { killed, leases, ...disturbed } = await trainKilled(toyTask(1, 16), KILLS, 300);
    expect(killed).toBe(KILLS);
    expect(leases).toBe(KILLS + 1);
    expect(disturbed).toEqual({ ...calm, told: expect.anything() });
  });

  it.runIf(existsSync(CIFAR10))('does so on CIFAR-10 at the size of the quick preset', async () => {
    const calm = await train(cifarTask(1));
    const { killed, ...disturbed } = await trainKilled(cifarTask(1), 2, 2000);
    expect(killed).toBe(2);
    expect(disturbed).toMatchObject({ outcome: calm.outcome, weightsHash: calm.weightsHash });
  });

  it('does so in a host that trained others before', async () => {
    const { pool } = openPool({ trainingModule: TRAINING_MODULE });
    const hashes: unknown[] = [];
    for (const trial of [1, 2, 1]) {
      const result = await pool.train({ ...toyTask(trial, 3), seed: trial }, new Recorder());
      hashes.push(result.kind === 'finished' && result.weightsHash);
    }
    await pool.close();
    expect(hashes[2]).toBe(hashes[0]);
    expect(hashes[1]).not.toBe(hashes[0]);
  });
});
