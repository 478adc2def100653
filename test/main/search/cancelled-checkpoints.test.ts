import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { End } from '../../../src/main/runs/run-queue.ts';
import { openDatabase } from '../../../src/main/store/database.ts';
import { smallConfig } from '../workbench/small-project.ts';
import { type RunningTask, ScriptedQueue } from './scripted-queue.ts';
import { newSetting, openSetting, type Setting, trialsOf } from './search-setting.ts';

const SLOW = { steps: 40, checkpointSteps: 2, stepMs: () => 4 };

/** Runs whose checkpoints are there, on the disk and in the store; each trial's own has its number here. */
function savedTrials({ projectFolder }: Setting): { files: number[]; rows: number[] } {
  const folder = join(projectFolder, 'checkpoints');
  const database = openDatabase(join(projectFolder, 'cellwright.db'));
  try {
    const rows = database
      .prepare<[], { run: number }>('SELECT DISTINCT run FROM checkpoints ORDER BY run')
      .all()
      .map(({ run }) => run);
    const names = existsSync(folder) ? readdirSync(folder) : [];
    const files = names.map((name) => Number(name.slice('run-'.length))).toSorted();
    return { files, rows };
  } finally {
    database.close();
  }
}

/** A search of one batch that rests, with its three trials saved. */
async function withSavedTrials(queue: ScriptedQueue = new ScriptedQueue(SLOW)) {
  const setting = newSetting();
  const open = await openSetting(setting, queue);
  const config = smallConfig({ trialsAtOnce: 3 });
  const strategy = { ...config.strategy, batchSize: 3 };
  const { id } = await open.client.call('experiment.create', { config: { ...config, strategy } });
  await Promise.all(
    [1, 2, 3].map((number) =>
      open.heard(({ name, payload }) => name === 'epoch.added' && 'trial' in payload && payload.trial === number),
    ),
  );
  await open.client.call('experiment.pause', { experiment: id });
  expect(savedTrials(setting)).toEqual({ files: [1, 2, 3], rows: [1, 2, 3] });
  return { setting, open, id };
}

it('forgets the checkpoints of a saved trial that is killed, and of all at the stop of a search that rests', async () => {
  const { setting, open, id } = await withSavedTrials();
  await open.client.call('trial.cancel', { experiment: id, trial: 2 });
  expect(savedTrials(setting)).toEqual({ files: [1, 3], rows: [1, 3] });
  await open.client.call('experiment.stop', { experiment: id });
  expect(savedTrials(setting)).toEqual({ files: [], rows: [] });
});

it('forgets the checkpoints of trials that wait, saved, when a search that runs is stopped', async () => {
  const { setting, open, id } = await withSavedTrials();
  await open.client.call('experiment.change', { experiment: id, trialsAtOnce: 1 });
  await open.client.call('experiment.resume', { experiment: id });
  await open.client.call('trial.cancel', { experiment: id, trial: 3 });
  expect(savedTrials(setting)).toEqual({ files: [1, 2], rows: [1, 2] });
  expect(await open.client.call('experiment.stop', { experiment: id })).toMatchObject({
    state: 'stopped',
    counts: { queued: 0 },
  });
  expect(savedTrials(setting)).toEqual({ files: [], rows: [] });
});

it('forgets the checkpoints of a trial that is cancelled before a trainer takes it up again', async () => {
  const { setting, open, id } = await withSavedTrials(new UnleasedQueue(SLOW));
  await open.client.call('experiment.change', { experiment: id, trialsAtOnce: 1 });
  await open.client.call('experiment.resume', { experiment: id });
  await open.heard(
    ({ name, payload }) => name === 'trial.changed' && 'state' in payload && payload.state === 'cancelled',
  );
  await open.client.call('experiment.pause', { experiment: id });
  expect((await trialsOf(open.client, id))[0]).toMatchObject({ state: 'cancelled' });
  expect(savedTrials(setting)).toEqual({ files: [2, 3], rows: [2, 3] });
});

it('forgets what an earlier version kept of finished trials when a project is opened', async () => {
  const { setting, open } = await withSavedTrials();
  await open.close();
  const database = openDatabase(join(setting.projectFolder, 'cellwright.db'));
  database.exec(`UPDATE runs SET state = 'cancelled' WHERE run = 1`);
  database.exec(`UPDATE runs SET state = 'running' WHERE run = 2`);
  database.close();
  await (await openSetting(setting, new ScriptedQueue())).close();
  expect(savedTrials(setting)).toEqual({ files: [2, 3], rows: [2, 3] });
});

/** The first trial that is handed in for the second time is cancelled before it has a trainer. */
class UnleasedQueue extends ScriptedQueue {
  protected override async carryOut(running: RunningTask): Promise<End> {
    const { trial, order } = running.task;
    if (trial !== 1 || !this.tries.some((made) => made.trial === 1)) return await super.carryOut(running);
    await setImmediate();
    const outcome = { kind: 'cancelled', message: 'Cancelled on request.' } as const;
    return { kind: 'finished', lease: order.lease, outcome, durationMs: 0, weightsHash: null, weights: null };
  }
}
