import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { afterAll, expect, it } from 'vitest';
import { processLauncher } from '../../../src/main/hosts/launch-process.ts';
import { trainerEnvironment } from '../../../src/main/hosts/trainer-environment.ts';
import { trainerProgram } from '../../../src/main/hosts/trainer-program.ts';
import { LocalQueue } from '../../../src/main/runs/local-queue.ts';
import { PROCEDURES, type WorkbenchEvent } from '../../../src/shared/contract.ts';
import type { ExperimentConfig } from '../../../src/shared/records/experiment.ts';
import type { WorkbenchClient } from '../../../src/shared/rpc/client.ts';
import type { MemoryPlan } from '../hosts/memory-training.ts';
import { childPids } from '../runs/scripted-runs.ts';
import { imagesOf, LARGE_BATCH, smallConfig } from '../workbench/small-project.ts';
import { ScriptedQueue, shortOfMemory } from './scripted-queue.ts';
import { newSetting, openSetting, type Setting, trialsOf } from './search-setting.ts';

const TRAINING_MODULE = new URL('../hosts/memory-training.ts', import.meta.url).href;

afterAll(() => expect(childPids()).toEqual([]));

/** A project whose trials really train, each in a trainer process with as much memory as the plan says. */
async function openPlanned(setting: Setting, plan: MemoryPlan) {
  return await openSetting(setting, () => {
    // With oneDNN TensorFlow waits 20 s for memory to come free before it gives up.
    const extra = { MEMORY_PLAN: JSON.stringify(plan), TF_ENABLE_ONEDNN_OPTS: '0' };
    return new LocalQueue({
      launcher: processLauncher(),
      environment: (seat, hosts) => ({
        ...trainerEnvironment(seat, { cores: 2, gpus: [], hosts: Math.max(2, hosts) }),
        ...extra,
      }),
      program: trainerProgram(TRAINING_MODULE),
    });
  });
}

/** Two trials at once, each of two epochs of one step of 32 images; halved it is two steps of 16, then four of 8. */
function config(changes: Partial<ExperimentConfig['recipe']> = {}, trials = 4): ExperimentConfig {
  const small = smallConfig({ checkpointEverySteps: 1 });
  return {
    ...small,
    strategy: { kind: 'random', batchSize: 2 },
    budget: { trials, timeLimitMs: 0 },
    recipe: { ...small.recipe, batchSize: 32, epochs: 2, ...changes },
    subset: imagesOf(32, 8),
  };
}

async function attemptsOf(client: WorkbenchClient, trial: number, run = 1) {
  const attempts = await client.call('trial.attempts', { experiment: 1, trial, run });
  return PROCEDURES['trial.attempts'].output.parse(attempts).map(({ batchSize, end }) => [batchSize, end]);
}

async function logOf(client: WorkbenchClient, trial: number): Promise<string[]> {
  return (await client.call('log.list', { experiment: 1, trial, limit: 100 })).map(({ message }) => message);
}

/** The weights of each trial of a whole search in whose trainers memory never runs out. */
async function calmWeights(changes: Partial<ExperimentConfig['recipe']>, trials: number) {
  const open = await openPlanned(newSetting(), {});
  const { id } = await open.client.call('experiment.create', { config: config(changes, trials) });
  await open.rest(id);
  const weights = (await trialsOf(open.client, id)).map(({ weightsHash, reward }) => ({ weightsHash, reward }));
  await open.close();
  return weights;
}

it('trains with half the batch what ran out of memory, three times at most, and lets the others be', async () => {
  const calm = await calmWeights({}, 4);
  const halved = await calmWeights({ batchSize: 16, learningRate: { kind: 'cosine', initial: 0.0125, final: 0 } }, 2);
  // In the second epoch, after one was stored and a checkpoint with it.
  const open = await openPlanned(newSetting(), { 1: { fits: 16, step: 2 }, 2: { fits: 0, step: 1 } });
  const { id } = await open.client.call('experiment.create', { config: config() });
  expect(await open.rest(id)).toMatchObject({ state: 'completed', counts: { completed: 3, failed: 1 } });
  const [first, second, third, fourth] = await trialsOf(open.client, id);

  expect(first).toMatchObject({
    state: 'completed',
    reducedBatchSize: 16,
    attempts: 2,
    step: 4,
    steps: 4,
    ...halved[0],
  });
  expect(await attemptsOf(open.client, 1)).toEqual([
    [32, expect.stringMatching(/^Memory ran out at batch 32, after step 2: .*OOM when allocating tensor/)],
    [16, expect.stringMatching(/^Completed with a reward of/)],
  ]);
  const epochs = await open.client.call('trial.epochs', { experiment: id, trial: 1 });
  expect(epochs.map(({ epoch, learningRate }) => [epoch, learningRate < 0.0125])).toEqual([
    [1, true],
    [2, true],
  ]);
  expect(await logOf(open.client, 1)).toContain(
    'Trial 1 ran out of memory at batch 32. It is retried with 16 (2 of 3).',
  );

  expect(second).toMatchObject({ state: 'failed', failure: 'out_of_memory', reward: null, reducedBatchSize: 8 });
  expect((await attemptsOf(open.client, 2)).map(([batchSize]) => batchSize)).toEqual([32, 16, 8]);
  expect((await logOf(open.client, 2)).slice(0, 2)).toEqual([
    'Trial 2 ran out of memory at batch 32. It is retried with 16 (2 of 3).',
    'Trial 2 ran out of memory at batch 16. It is retried with 8 (3 of 3).',
  ]);

  expect(third).toMatchObject({ reducedBatchSize: null, attempts: 1, ...calm[2] });
  expect(fourth).toMatchObject({ reducedBatchSize: null, attempts: 1, ...calm[3] });
}, 120_000);

it('goes on with the smaller batch when the workbench was closed between two attempts, and in the second', async () => {
  const plan = { 1: { fits: 16, step: 1 } };
  const learningRate = { kind: 'cosine', initial: 0.0125, final: 0 } as const;
  const [calm] = await calmWeights({ batchSize: 16, learningRate, epochs: 60 }, 1);
  const setting = newSetting();
  const isAt = (step: number) => (event: WorkbenchEvent) =>
    event.name === 'trial.progressed' && event.payload.step > step && event.payload.steps === 120;
  const open = await openPlanned(setting, plan);
  await open.client.call('experiment.create', { config: config({ epochs: 60 }, 1) });
  await open.heard(
    ({ name, payload }) => name === 'log.added' && 'message' in payload && payload.message.includes('retried'),
  );
  await open.close();

  for (const step of [0, 40]) {
    const again = await openPlanned(setting, plan);
    await again.client.call('experiment.resume', { experiment: 1 });
    await again.heard(isAt(step));
    await again.close();
  }

  const last = await openPlanned(setting, plan);
  const [waiting] = await trialsOf(last.client, 1);
  expect(waiting).toMatchObject({ state: 'queued', reducedBatchSize: 16 });
  expect(waiting!.step).toBeGreaterThan(0);
  await last.client.call('experiment.resume', { experiment: 1 });
  await last.rest(1);
  const [trial] = await trialsOf(last.client, 1);
  expect(trial).toMatchObject({ state: 'completed', reducedBatchSize: 16, ...calm });
  const batches = (await attemptsOf(last.client, 1)).map(([batchSize]) => batchSize);
  expect(batches[0]).toBe(32);
  expect(new Set(batches.slice(1))).toEqual(new Set([16]));
}, 120_000);

it('trains a repeat that runs out of memory again as well, from the batch that was asked for', async () => {
  const open = await openSetting(newSetting(), new ScriptedQueue({ outcome: shortOfMemory }));
  await open.client.call('experiment.create', { config: LARGE_BATCH });
  await open.rest(1);
  await open.client.call('trial.repeat', { experiment: 1, trial: 2, times: 2 });
  await open.rest(1);
  const repeats = (await trialsOf(open.client, 1)).filter(({ purpose }) => purpose === 'repeat');
  expect(repeats).toMatchObject([
    { trial: 2, run: 2, state: 'completed', reducedBatchSize: null, attempts: 1 },
    { trial: 2, run: 3, state: 'completed', reducedBatchSize: 16, attempts: 2 },
  ]);
  expect((await attemptsOf(open.client, 2, 3)).map(([batchSize]) => batchSize)).toEqual([32, 16]);
});

it('is no end of a trial where the smaller batch could not be written down: it goes on with the search', async () => {
  const setting = newSetting();
  const execute = (sql: string): void => {
    const database = new SQLite(join(setting.projectFolder, 'cellwright.db'));
    database.exec(sql);
    database.close();
  };
  let isFull = true;
  const queue = new ScriptedQueue({
    outcome: shortOfMemory,
    onTrain: ({ trial }) => {
      if (trial !== 2 || !isFull) return;
      isFull = false;
      execute(
        `CREATE TRIGGER full BEFORE UPDATE OF reduced_batch_size ON runs BEGIN SELECT raise(ABORT, 'no room'); END`,
      );
    },
  });
  const open = await openSetting(setting, queue);
  await open.client.call('experiment.create', { config: { ...LARGE_BATCH, trialsAtOnce: 1 } });
  expect((await open.rest(1)).state).toBe('failed');
  expect((await trialsOf(open.client, 1))[1]).toMatchObject({ state: 'queued', reducedBatchSize: null, failure: null });
  execute('DROP TRIGGER full');
  await open.client.call('experiment.resume', { experiment: 1 });
  await open.rest(1);
  expect((await trialsOf(open.client, 1))[1]).toMatchObject({ state: 'completed', reducedBatchSize: 16 });
});
