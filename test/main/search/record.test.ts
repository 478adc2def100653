import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { End } from '../../../src/main/runs/run-queue.ts';
import { Commits } from '../../../src/main/store/commits.ts';
import { openDatabase } from '../../../src/main/store/database.ts';
import { LogEntries } from '../../../src/main/store/log-entries.ts';
import { PROCEDURES } from '../../../src/shared/contract.ts';
import { STRATEGY_DEFAULTS } from '../../../src/shared/records/strategy.ts';
import { smallConfig } from '../workbench/small-project.ts';
import { type RunningTask, ScriptedQueue } from './scripted-queue.ts';
import { newSetting, openSetting, trialsOf } from './search-setting.ts';

const RANDOM = STRATEGY_DEFAULTS.random;
const ONE = smallConfig({
  strategy: { ...RANDOM, batchSize: 1 },
  budget: { trials: 1, timeLimitMs: 0 },
  trialsAtOnce: 1,
});

/** Each time that it is handed in anew its first trainer dies after 50 ms. */
class DyingQueue extends ScriptedQueue {
  private readonly died = new Set<string>();

  protected override async carryOut(running: RunningTask): Promise<End> {
    const { lease, resumeFrom } = running.task.order;
    const from = String(resumeFrom?.step ?? 0);
    if (this.died.has(from)) return await super.carryOut(running);
    this.died.add(from);
    await setImmediate();
    this.tell({ kind: 'begun', lease });
    await new Promise((resolve) => setTimeout(resolve, 50));
    this.tell({ kind: 'progress', lease, epoch: 1, step: 2, steps: 8, loss: 1, stepMs: 25 });
    const loss = {
      reason: 'crashed by SIGABRT',
      isStarted: true,
      step: 2,
      stepped: true,
      saved: false,
      durationMs: 50,
    };
    return { kind: 'lost', lease, loss: { cause: 'crash', ...loss } };
  }
}

it('keeps each attempt of a trial with its end, and the time of all', async () => {
  const open = await openSetting(newSetting(), new DyingQueue({ stepMs: () => 10 }));
  const { id } = await open.client.call('experiment.create', { config: ONE });
  await open.heard(({ name }) => name === 'epoch.added');
  await open.client.call('experiment.pause', { experiment: id });
  const [paused] = await trialsOf(open.client, id);
  await open.client.call('experiment.resume', { experiment: id });
  await open.rest(id);
  const attempts = PROCEDURES['trial.attempts'].output.parse(
    await open.client.call('trial.attempts', { experiment: id, trial: 1 }),
  );
  expect(attempts.map(({ attempt, end }) => [attempt, end])).toEqual([
    [1, 'The trainer crashed by SIGABRT, after step 2.'],
    [2, expect.stringMatching(/^Saved at step \d, as the search was paused\.$/)],
    [3, 'The trainer crashed by SIGABRT, after step 2.'],
    [4, expect.stringMatching(/^Completed with a reward of \d+\.\d\d %\.$/)],
  ]);
  for (const { startedAt, endedAt } of attempts)
    expect(Date.parse(endedAt!)).toBeGreaterThanOrEqual(Date.parse(startedAt));
  // 50 ms of the attempt that died, and four steps of the one that was paused.
  expect(paused?.durationMs).toBeGreaterThanOrEqual(50 + 40);
  const [ended] = await trialsOf(open.client, id);
  // 50 ms more, and the 5 ms that the trainer itself measured at the end.
  expect(ended?.durationMs).toBeGreaterThanOrEqual(paused!.durationMs + 54);
});

it('says of an attempt whose process was killed that nobody saw its end, and counts it up to its last word', async () => {
  const setting = newSetting();
  const first = await openSetting(setting, new ScriptedQueue({ stepMs: () => 10 }));
  const { id } = await first.client.call('experiment.create', { config: ONE });
  await first.heard(({ name }) => name === 'epoch.added');
  const [running] = await trialsOf(first.client, id);
  await first.close();
  // As the kill left it: no word of the end.
  const database = openDatabase(join(setting.projectFolder, 'cellwright.db'));
  database.exec('UPDATE attempts SET ended_at = NULL, end_message = NULL');
  database.close();

  const second = await openSetting(setting, new ScriptedQueue());
  expect(await second.client.call('trial.attempts', { experiment: id, trial: 1 })).toMatchObject([
    { attempt: 1, endedAt: null, end: 'Cellwright itself ended in the middle of it.' },
  ]);
  await second.client.call('experiment.resume', { experiment: id });
  await second.rest(id);
  const [ended] = await trialsOf(second.client, id);
  expect(running?.durationMs).toBeGreaterThanOrEqual(40);
  expect(ended?.durationMs).toBeGreaterThan(running!.durationMs);
});

it('stores what it tells, with its experiment and trial, and reads the newest of either', async () => {
  const queue = new ScriptedQueue({
    outcome: ({ trial }) =>
      trial === 2 ? { kind: 'failed', reason: 'nan_loss', message: 'The loss is NaN.' } : undefined,
  });
  const open = await openSetting(newSetting(), queue);
  const config = smallConfig({ strategy: { ...RANDOM, batchSize: 2 } });
  const { id } = await open.client.call('experiment.create', { config });
  await open.rest(id);
  const read = async (trial: number | null, limit = 100) =>
    PROCEDURES['log.list'].output.parse(await open.client.call('log.list', { experiment: id, trial, limit }));
  expect(await read(2)).toMatchObject([
    { level: 'warn', experiment: id, trial: 2, message: 'Trial 2: Failed (nan_loss). The loss is NaN.' },
  ]);
  const all = await read(null);
  expect(all.at(-1)).toMatchObject({ level: 'info', trial: null, message: 'The search is completed.' });
  expect(await read(null, 2)).toEqual(all.slice(-2));
  const told = open.events.flatMap(({ name, payload }) => (name === 'log.added' ? [payload] : []));
  expect(told).toEqual(all);
});

it('forgets the oldest entries of the log', async () => {
  const { projectFolder } = newSetting();
  const open = await openSetting({ projectFolder, home: projectFolder }, new ScriptedQueue());
  await open.close();
  const database = openDatabase(join(projectFolder, 'cellwright.db'));
  const log = new LogEntries(database, new Commits(database, () => undefined), 3);
  for (let entry = 1; entry <= 5; entry++) {
    log.add({ at: new Date().toISOString(), level: 'info', experiment: null, trial: null, message: `${entry}` });
  }
  expect(log.list(null, null, 10).map(({ message }) => message)).toEqual(['3', '4', '5']);
  database.close();
});

it('makes up for a killed trial that is the last of its batch, and for all of one', async () => {
  const setting = newSetting();
  const open = await openSetting(setting, new ScriptedQueue({ stepMs: () => 15 }));
  const config = smallConfig({ strategy: { ...RANDOM, batchSize: 2 } });
  const { id } = await open.client.call('experiment.create', { config });
  const isRunning = (trial: number) =>
    open.heard(({ name, payload }) => name === 'trial.progressed' && 'trial' in payload && payload.trial === trial);
  await Promise.all([isRunning(1), isRunning(2)]);
  // All that run, which is the whole batch.
  await Promise.all([1, 2].map((trial) => open.client.call('trial.cancel', { experiment: id, trial })));
  await Promise.all([isRunning(3), isRunning(4)]);
  // The last one of the batch.
  await open.client.call('trial.cancel', { experiment: id, trial: 4 });
  expect(await open.rest(id)).toMatchObject({ state: 'completed', counts: { completed: 6, cancelled: 3 } });
  const trials = await trialsOf(open.client, id);
  const batch = (number: number) => trials.filter((trial) => trial.batch === number);
  expect(batch(1).map(({ trial, state }) => [trial, state])).toEqual([
    [1, 'cancelled'],
    [2, 'cancelled'],
    [3, 'completed'],
    [4, 'cancelled'],
    [5, 'completed'],
  ]);
  expect([2, 3].map((number) => batch(number).length)).toEqual([2, 2]);
  expect(trials.filter(({ state }) => state === 'cancelled').every(({ reward }) => reward === null)).toBe(true);
});

it('tells when it started, its trainers, the memory that is free, and the trials that it resumed', async () => {
  const setting = newSetting();
  const first = await openSetting(setting, new ScriptedQueue({ stepMs: () => 10 }));
  const { id } = await first.client.call('experiment.create', {
    config: smallConfig({ strategy: { ...RANDOM, batchSize: 2 } }),
  });
  await first.heard(({ name }) => name === 'epoch.added');
  const running = PROCEDURES['system.status'].output.parse(await first.client.call('system.status', {}));
  expect(running).toMatchObject({ trainers: { busy: 2, all: 2 }, resumed: [] });
  expect(running.freeMemoryBytes).toBeGreaterThan(2 ** 20);
  await first.close();

  const second = await openSetting(setting, new ScriptedQueue());
  expect((await second.client.call('system.status', {})).resumed).toEqual([]);
  await second.client.call('experiment.resume', { experiment: id });
  const { resumed } = await second.client.call('system.status', {});
  expect(resumed.map(({ trial }) => trial)).toEqual([1, 2]);
  expect(resumed.map(({ epoch }) => epoch)).toContain(1);
  await second.rest(id);
  expect(readdirSync(join(setting.projectFolder, 'checkpoints'))).toEqual([]);
});
