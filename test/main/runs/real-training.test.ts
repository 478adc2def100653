import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TRAINING_MODULE } from '../../../src/main/hosts/trainer-program.ts';
import type { RunPlace } from '../../../src/main/runs/run-owner.ts';
import { PRESETS } from '../../../src/shared/presets.ts';
import { deriveSeed, randomUint32 } from '../../../src/shared/random.ts';
import type { TrainSpec } from '../../../src/shared/records/run.ts';
import { childScale } from '../../../src/shared/search-space/child-scale.ts';
import { TOY_CLASSES, writeToyDataset } from '../training/toy-job.ts';
import { childPids, Recorder, removeRecordings, ScriptedRuns, scriptedSpec } from './scripted-runs.ts';

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

interface Task {
  readonly spec: TrainSpec;
  readonly place: RunPlace;
}

/** NASNet-A as small as it gets, with everything that draws random numbers switched on. */
function toyTask(epochs: number, seed = 5): Task {
  const spec = scriptedSpec();
  const { recipe } = PRESETS.quick.config;
  const changes = { epochs, batchSize: 8, dropPathKeep: 0.7, dropoutKeep: 0.8, weightAverageDecay: 0.9 };
  const augmentation = { flip: true, cropPadding: 1, cutout: 2 };
  const scale = { ...spec.scale, filters: 2, classes: TOY_CLASSES, auxiliary: true };
  const place = { datasetFolder: path.join(folder, 'toy'), checkpointEveryMs: 1_000_000, checkpointEverySteps: 4 };
  return {
    spec: {
      ...spec,
      scale,
      recipe: { ...recipe, ...changes, augmentation },
      subset: { training: 50, validation: 30 },
      splitSeed: 3,
      seed,
    },
    place,
  };
}

/** The quick preset, smaller. */
function cifarTask(): Task {
  const { config } = PRESETS.quick;
  const scale = childScale(config.scale, { height: 32, width: 32, channels: 3, classes: 10 });
  return {
    spec: {
      ...toyTask(2).spec,
      scale,
      recipe: { ...config.recipe, epochs: 2 },
      subset: { training: 320, validation: 100 },
    },
    place: { datasetFolder: CIFAR10, checkpointEveryMs: 1_000_000, checkpointEverySteps: 5 },
  };
}

async function train({ spec, place }: Task, owner = new Recorder()) {
  const runs = new ScriptedRuns({ trainingModule: TRAINING_MODULE });
  try {
    const end = await runs.carryOutAt(runs.add(spec), owner, place);
    if (end === 'suspended') throw new Error('The training was suspended.');
    return { outcome: end.outcome, weightsHash: end.weightsHash, leases: owner.leases };
  } finally {
    await runs.close();
  }
}

/** Kills the trainer a random while after each time that its training got a step further. */
async function trainKilled(task: Task, kills: number, longestMs: number) {
  const owner = new Recorder();
  const killedAt: number[] = [];
  let killing: NodeJS.Timeout | undefined;
  owner.onProgress = (step) => {
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
  const ended = await train(task, owner);
  clearTimeout(killing);
  return { ...ended, killed: killedAt.length };
}

describe('A real training in a trainer that is killed at random moments', () => {
  it('ends with the same weights and reward, bit for bit', async () => {
    const { leases: _, ...calm } = await train(toyTask(16));
    expect(calm.outcome.kind).toBe('completed');
    const { killed, leases, ...disturbed } = await trainKilled(toyTask(16), KILLS, 300);
    expect(killed).toBe(KILLS);
    expect(leases).toBe(KILLS + 1);
    expect(disturbed).toEqual(calm);
  });

  it.runIf(existsSync(CIFAR10))('does so on CIFAR-10 at the size of the quick preset', async () => {
    const calm = await train(cifarTask());
    const { killed, ...disturbed } = await trainKilled(cifarTask(), 2, 2000);
    expect(killed).toBe(2);
    expect(disturbed).toMatchObject({ outcome: calm.outcome, weightsHash: calm.weightsHash });
  });

  it('does so in a trainer that carried others out before', async () => {
    const runs = new ScriptedRuns({ trainingModule: TRAINING_MODULE });
    const hashes: unknown[] = [];
    for (const seed of [1, 2, 1]) {
      const { spec, place } = toyTask(3, seed);
      const end = await runs.carryOutAt(runs.add(spec), new Recorder(), place);
      hashes.push(end === 'suspended' ? end : end.weightsHash);
    }
    await runs.close();
    expect(hashes[2]).toBe(hashes[0]);
    expect(hashes[1]).not.toBe(hashes[0]);
  });
});
