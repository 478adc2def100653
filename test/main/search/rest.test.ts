import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import SQLite from 'better-sqlite3';
import { expect, it } from 'vitest';
import type { End } from '../../../src/main/runs/run-queue.ts';
import { openDatabase } from '../../../src/main/store/database.ts';
import { PROCEDURES } from '../../../src/shared/contract.ts';
import type { Lease } from '../../../src/shared/records/run.ts';
import { WorkbenchError } from '../../../src/shared/workbench-error.ts';
import { smallConfig } from '../workbench/small-project.ts';
import { type RunningTask, ScriptedQueue } from './scripted-queue.ts';
import { newSetting, type OpenSetting, openSetting, trialsOf } from './search-setting.ts';

const FULL = 'The disk is full: make room, then resume.';

/** A clock that only the steps of trials move, ten milliseconds each. */
function steppedClock() {
  let elapsedMs = 0;
  return {
    clock: { now: () => new Date(), monotonicMs: () => elapsedMs },
    stepMs: (): number => {
      elapsedMs += 10;
      return 1;
    },
  };
}

async function attemptsOf({ client }: OpenSetting, experiment: number, trial: number) {
  return PROCEDURES['trial.attempts'].output.parse(await client.call('trial.attempts', { experiment, trial }));
}

it('lets a saved trial go on that had begun before the time limit, and starts no other', async () => {
  const { clock, stepMs } = steppedClock();
  const queue = new ScriptedQueue({ steps: 20, stepMs });
  const open = await openSetting(newSetting(), queue, { clock });
  const config = smallConfig({ trialsAtOnce: 1, budget: { trials: 6, timeLimitMs: 50 } });
  const { id } = await open.client.call('experiment.create', { config });
  await open.heard(({ name, payload }) => name === 'trial.changed' && 'step' in payload && payload.step >= 8);
  const paused = await open.client.call('experiment.pause', { experiment: id });
  expect(paused).toMatchObject({ state: 'paused', counts: { queued: 2 } });
  expect(paused.runningMs).toBeGreaterThan(50);
  await open.client.call('experiment.resume', { experiment: id });
  expect(await open.rest(id)).toMatchObject({ state: 'completed', counts: { completed: 1, cancelled: 1 } });
  expect(queue.tries.map(({ trial }) => trial)).toEqual([1, 1]);
  expect(queue.tries[1]?.from).toBeGreaterThan(0);
  const [begun, other] = await trialsOf(open.client, id);
  expect(begun).toMatchObject({ state: 'completed', attempts: 2 });
  expect(other).toMatchObject({ state: 'cancelled', attempts: 0, message: 'The time limit was reached.' });
});

it('gives a trial back to the queue that no trainer could go on with', async () => {
  const queue = new ScriptedQueue({
    onTrain: () => {
      throw new WorkbenchError('disk_full', FULL);
    },
  });
  const open = await openSetting(newSetting(), queue);
  const { id } = await open.client.call('experiment.create', { config: smallConfig({ trialsAtOnce: 1 }) });
  expect(await open.rest(id)).toMatchObject({ state: 'paused', message: FULL, counts: { queued: 2, running: 0 } });
  expect(await attemptsOf(open, id, 1)).toMatchObject([{ attempt: 1, endedAt: expect.any(String), end: FULL }]);
});

it('tells why no trainer could go on, also where the disk takes nothing more', async () => {
  const setting = newSetting();
  const queue = new ScriptedQueue({
    onTrain: () => {
      const database = openDatabase(join(setting.projectFolder, 'cellwright.db'));
      // The store can't give the trial back.
      database.exec(
        `CREATE TRIGGER full BEFORE UPDATE OF state ON trials WHEN new.state = 'queued'
         BEGIN SELECT raise(ABORT, 'no room'); END`,
      );
      database.close();
      throw new WorkbenchError('disk_full', FULL);
    },
  });
  const open = await openSetting(setting, queue);
  const { id } = await open.client.call('experiment.create', { config: smallConfig({ trialsAtOnce: 1 }) });
  expect(await open.rest(id)).toMatchObject({ state: 'paused', message: FULL });
});

it('ends stopped, with the reason, when it is stopped while a failure lets it save what runs', async () => {
  const queue = new ScriptedQueue({
    steps: 40,
    stepMs: () => 100,
    onTrain: ({ trial }) => {
      if (trial === 2) throw new WorkbenchError('disk_full', FULL);
    },
  });
  const open = await openSetting(newSetting(), queue);
  const { id } = await open.client.call('experiment.create', { config: smallConfig() });
  await open.heard(
    ({ name, payload }) =>
      name === 'trial.changed' &&
      'attempts' in payload &&
      payload.trial === 2 &&
      payload.state === 'queued' &&
      payload.attempts === 1,
  );
  const stopped = await open.client.call('experiment.stop', { experiment: id });
  expect(stopped).toMatchObject({ state: 'stopped', message: FULL, counts: { cancelled: 2, queued: 0, running: 0 } });
  expect(stopped.finishedAt).not.toBeNull();
  const log = await open.client.call('log.list', { experiment: id, trial: null, limit: 10 });
  expect(log.at(-1)).toMatchObject({ level: 'warn', message: `The search is stopped. ${FULL}` });
});

it('still tells why a search had come to rest by itself after it is stopped', async () => {
  const setting = newSetting();
  const failing = new ScriptedQueue({
    onTrain: () => {
      throw new WorkbenchError('disk_full', FULL);
    },
  });
  const open = await openSetting(setting, failing);
  const { id } = await open.client.call('experiment.create', { config: smallConfig() });
  expect(await open.rest(id)).toMatchObject({ state: 'paused', message: FULL });
  const stopped = await open.client.call('experiment.stop', { experiment: id });
  expect(stopped).toMatchObject({ state: 'stopped', message: `Before that it rested: ${FULL}`, counts: { queued: 0 } });
  expect(await open.client.call('experiment.stop', { experiment: id })).toEqual(stopped);
  const log = await open.client.call('log.list', { experiment: id, trial: null, limit: 10 });
  expect(log.map(({ message }) => message)).toEqual([`The search is paused. ${FULL}`, 'The search is stopped.']);
});

it('still tells why a search had come to rest when it is stopped with the repeats beside it', async () => {
  let fails = false;
  const queue = new ScriptedQueue({
    steps: 200,
    stepMs: ({ trial }) => (trial > 2 ? 10 : 0),
    onTrain: () => {
      if (fails) throw new WorkbenchError('disk_full', FULL);
    },
  });
  const open = await openSetting(newSetting(), queue);
  const config = smallConfig({ trialsAtOnce: 1 });
  const { id } = await open.client.call('experiment.create', { config });
  await open.heard(({ name, payload }) => name === 'trial.changed' && 'reward' in payload && payload.reward !== null);
  fails = true;
  expect(await open.rest(id)).toMatchObject({ state: 'paused', message: FULL });
  fails = false;
  await open.client.call('trial.repeat', { experiment: id, trial: 1, times: 1 });
  const stopped = await open.client.call('experiment.stop', { experiment: id });
  expect(stopped).toMatchObject({ state: 'stopped', message: `Before that it rested: ${FULL}`, restsAs: null });
});

it('keeps the reason that could not be stored when the search is paused or stopped afterwards', async () => {
  const setting = newSetting();
  const execute = (sql: string): void => {
    const database = new SQLite(join(setting.projectFolder, 'cellwright.db'));
    database.exec(sql);
    database.close();
  };
  const queue = new ScriptedQueue({
    onTrain: () => {
      execute(`CREATE TRIGGER full BEFORE UPDATE OF state ON experiments BEGIN SELECT raise(ABORT, 'no room'); END`);
      throw new WorkbenchError('disk_full', FULL);
    },
  });
  const open = await openSetting(setting, queue);
  const { id } = await open.client.call('experiment.create', { config: smallConfig({ trialsAtOnce: 1 }) });
  expect(await open.rest(id)).toMatchObject({ state: 'paused', message: FULL });
  execute('DROP TRIGGER full');
  expect(await open.client.call('experiment.pause', { experiment: id })).toMatchObject({ message: FULL });
  const stopped = await open.client.call('experiment.stop', { experiment: id });
  expect(stopped).toMatchObject({ state: 'stopped', message: `Before that it rested: ${FULL}` });
});

it('keeps the time of a trial that is cancelled while it is being saved', async () => {
  const { clock, stepMs } = steppedClock();
  const open = await openSetting(newSetting(), new UntimedQueue({ steps: 1000, stepMs }), { clock });
  const { id } = await open.client.call('experiment.create', { config: smallConfig({ trialsAtOnce: 1 }) });
  await open.heard(({ name, payload }) => name === 'trial.changed' && 'step' in payload && payload.step >= 12);
  await open.client.call('trial.cancel', { experiment: id, trial: 1 });
  await open.heard(
    ({ name, payload }) => name === 'trial.changed' && 'state' in payload && payload.state === 'cancelled',
  );
  const [cancelled] = await trialsOf(open.client, id);
  expect(cancelled?.durationMs).toBeGreaterThanOrEqual(120);
});

/** Cancels as a pool does whose trainer was saving the trial: nobody measured how long it was trained. */
class UntimedQueue extends ScriptedQueue {
  protected override async carryOut(running: RunningTask): Promise<End> {
    const end = await super.carryOut(running);
    return end.kind === 'finished' ? { ...end, durationMs: 0 } : end;
  }
}

it('says where a trial stands that is saved again before its next step', async () => {
  const open = await openSetting(newSetting(), new UnsteppedQueue({ steps: 1000, stepMs: () => 1 }));
  const { id } = await open.client.call('experiment.create', { config: smallConfig({ trialsAtOnce: 1 }) });
  await open.heard(({ name }) => name === 'epoch.added');
  await open.client.call('experiment.pause', { experiment: id });
  const [saved] = await trialsOf(open.client, id);
  await open.client.call('experiment.resume', { experiment: id });
  await open.heard(({ name, payload }) => name === 'epoch.added' && 'epoch' in payload && payload.epoch === 900);
  await open.client.call('experiment.pause', { experiment: id });
  const [again] = await trialsOf(open.client, id);
  expect(saved?.step).toBeGreaterThan(0);
  expect(again).toMatchObject({ step: saved?.step, steps: 1000, attempts: 2 });
  const end = `Saved at step ${saved?.step}, as the search was paused.`;
  expect((await attemptsOf(open, id, 1)).map((attempt) => attempt.end)).toEqual([end, end]);
});

/** From the second try on it trains no step: what it goes on from is the end of an epoch. */
class UnsteppedQueue extends ScriptedQueue {
  private isSuspended = Promise.withResolvers<void>();

  protected override async carryOut(running: RunningTask): Promise<End> {
    const { lease, resumeFrom } = running.task.order;
    this.isSuspended = Promise.withResolvers<void>();
    if (this.tries.length === 0) return await super.carryOut(running);
    await setImmediate();
    const record = {
      epoch: 900,
      trainingLoss: 1,
      trainingAccuracy: 0.5,
      validationLoss: 1,
      validationAccuracy: 0.5,
      learningRate: 0.025,
      dropPathKeep: 1,
      durationMs: 1,
    };
    this.tell({ kind: 'begun', lease });
    this.tell({ kind: 'epoch', lease, record });
    await this.isSuspended.promise;
    return { kind: 'suspended', lease, step: resumeFrom?.step ?? 0 };
  }

  override withdraw(lease: Lease, how: 'cancel' | 'suspend'): void {
    super.withdraw(lease, how);
    this.isSuspended.resolve();
  }
}
