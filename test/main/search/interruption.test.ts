import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { CheckpointFiles } from '../../../src/main/runs/checkpoint-files.ts';
import type { End, QueueEvent } from '../../../src/main/runs/run-queue.ts';
import { openStore } from '../../../src/main/store/store.ts';
import type { RunOrder } from '../../../src/shared/records/run.ts';
import { smallConfig, writeSmallDataset } from '../workbench/small-project.ts';
import { type RunningTask, ScriptedQueue } from './scripted-queue.ts';
import { newSetting, openSetting, resultsOf, runSearch, strategyDigest, trialsOf } from './search-setting.ts';

const SLOW = { steps: 12, stepMs: () => 3 };

it('saves running trials at a pause and goes on from there', async () => {
  const calm = await runSearch(smallConfig(), new ScriptedQueue({ steps: 12 }));
  const setting = newSetting();
  const queue = new ScriptedQueue(SLOW);
  const open = await openSetting(setting, queue);
  const { id } = await open.client.call('experiment.create', { config: smallConfig() });
  for (let pauses = 0; pauses < 3; pauses++) {
    const heard = open.events.length;
    await open.heard((event) => open.events.indexOf(event) >= heard && event.name === 'epoch.added');
    const paused = await open.client.call('experiment.pause', { experiment: id });
    expect(paused).toMatchObject({ state: 'paused', counts: { running: 0 } });
    expect(await open.client.call('experiment.resume', { experiment: id })).toMatchObject({ state: 'running' });
  }
  expect(await open.rest(id)).toMatchObject({ state: 'completed', counts: { completed: 6 } });
  expect(resultsOf(await trialsOf(open.client, id))).toEqual(resultsOf(calm.trials));
  expect(queue.tries.some(({ from }) => from > 0)).toBe(true);
  await open.close();
  expect(strategyDigest(setting, id)).toBe(calm.strategy);
  expect(readdirSync(join(setting.projectFolder, 'checkpoints'))).toEqual([]);
});

it('goes on when it is resumed while its pause is still being saved', async () => {
  const calm = await runSearch(smallConfig(), new ScriptedQueue({ steps: 12 }));
  const open = await openSetting(newSetting(), new ScriptedQueue({ steps: 12, stepMs: () => 20 }));
  const { id } = await open.client.call('experiment.create', { config: smallConfig() });
  await open.heard(({ name }) => name === 'trial.progressed');
  const pausing = open.client.call('experiment.pause', { experiment: id });
  const resuming = [1, 2].map(() => open.client.call('experiment.resume', { experiment: id }));
  await pausing;
  expect(await Promise.all(resuming)).toMatchObject([{ state: 'running' }, { state: 'running' }]);
  expect(await open.rest(id)).toMatchObject({ state: 'completed', counts: { completed: 6 } });
  expect(resultsOf(await trialsOf(open.client, id))).toEqual(resultsOf(calm.trials));
});

it('does not go on when it is resumed while it is being stopped', async () => {
  const open = await openSetting(newSetting(), new ScriptedQueue({ steps: 12, stepMs: () => 20 }));
  const { id } = await open.client.call('experiment.create', { config: smallConfig() });
  await open.heard(({ name }) => name === 'trial.progressed');
  const stopping = open.client.call('experiment.stop', { experiment: id });
  await expect(open.client.call('experiment.resume', { experiment: id })).rejects.toThrow('was stopped for good');
  expect(await stopping).toMatchObject({ state: 'stopped' });
});

it('saves what runs when the workbench closes, and lists it as interrupted at the next start', async () => {
  const calm = await runSearch(smallConfig(), new ScriptedQueue({ steps: 12 }));
  const setting = newSetting();
  const first = await openSetting(setting, new ScriptedQueue(SLOW));
  const { id } = await first.client.call('experiment.create', { config: smallConfig() });
  await first.heard(({ name }) => name === 'epoch.added');
  await first.close();

  const queue = new ScriptedQueue({ steps: 12 });
  const second = await openSetting(setting, queue);
  expect(second.workbench.interrupted).toEqual([id]);
  expect(await second.client.call('experiment.get', { experiment: id })).toMatchObject({
    state: 'paused',
    message: expect.stringContaining('interrupted'),
  });
  await second.client.call('experiment.resume', { experiment: id });
  expect(await second.rest(id)).toMatchObject({ state: 'completed' });
  expect(queue.tries[0]?.from).toBeGreaterThan(0);
  expect(resultsOf(await trialsOf(second.client, id))).toEqual(resultsOf(calm.trials));
});

it('goes on from an older checkpoint when the newest file is spoiled, and from the start when all are', async () => {
  for (const spoiled of [1, 2]) {
    const setting = newSetting();
    const first = await openSetting(setting, new ScriptedQueue({ ...SLOW, checkpointSteps: 2 }));
    const { id } = await first.client.call('experiment.create', { config: smallConfig({ trialsAtOnce: 1 }) });
    await first.heard(({ name, payload }) => name === 'trial.changed' && 'step' in payload && payload.step >= 6);
    await first.close();
    const files = checkpointFiles(setting.projectFolder).toSorted((a, b) => stepOf(b) - stepOf(a));
    expect(files).toHaveLength(2);
    for (const file of files.slice(0, spoiled)) writeFileSync(file, 'spoiled');

    const queue = new ScriptedQueue({ steps: 12 });
    const second = await openSetting(setting, queue);
    await second.client.call('experiment.resume', { experiment: id });
    await second.rest(id);
    expect(queue.tries[0]).toEqual({ trial: 1, from: spoiled === 1 ? stepOf(files[1]!) : 0 });
  }
});

it('sweeps unfinished and forgotten checkpoint files when a project is opened', async () => {
  const setting = newSetting();
  const first = await openSetting(setting, new ScriptedQueue(SLOW));
  await first.client.call('experiment.create', { config: smallConfig() });
  await first.heard(({ name }) => name === 'epoch.added');
  await first.close();
  const [kept] = checkpointFiles(setting.projectFolder);
  writeFileSync(`${kept}.1234.tmp`, 'torn');
  writeFileSync(join(kept!, '..', 'step-99.checkpoint'), 'no row knows it');
  const before = checkpointFiles(setting.projectFolder).length;
  await (await openSetting(setting, new ScriptedQueue())).close();
  expect(checkpointFiles(setting.projectFolder)).toHaveLength(before - 2);
  expect(checkpointFiles(setting.projectFolder)).toContain(kept);
});

it('cancels a trial that a killed process left as running and nobody took up yet', async () => {
  const setting = newSetting();
  const first = await openSetting(setting, new ScriptedQueue(SLOW));
  const { id } = await first.client.call('experiment.create', { config: smallConfig({ trialsAtOnce: 1 }) });
  await first.heard(({ name }) => name === 'epoch.added');
  await first.close();
  const store = openStore(
    setting.projectFolder,
    () => undefined,
    () => new Date(),
  );
  const lease = store.runs.lease(store.rows.idOf(id, 2));
  if (lease) store.runs.begin(lease, new Date().toISOString());
  await store.close();

  const second = await openSetting(setting, new ScriptedQueue(SLOW));
  await second.client.call('experiment.resume', { experiment: id });
  expect(await second.client.call('trial.cancel', { experiment: id, trial: 2 })).toMatchObject({ state: 'cancelled' });
  expect(await second.rest(id)).toMatchObject({ state: 'completed', counts: { completed: 6, cancelled: 1 } });
});

it('refuses to go on with another data set of the same name', async () => {
  const setting = newSetting();
  const open = await openSetting(setting, new ScriptedQueue(SLOW));
  const { id } = await open.client.call('experiment.create', { config: smallConfig() });
  await open.client.call('experiment.pause', { experiment: id });
  writeSmallDataset(setting.home, 8);
  await expect(open.client.call('experiment.resume', { experiment: id })).rejects.toThrow(
    'The data set small is not the one that experiment 1 was begun with',
  );
  writeSmallDataset(setting.home);
  expect(await open.client.call('experiment.resume', { experiment: id })).toMatchObject({ state: 'running' });
});

it('drops what a trainer says in the name of a lease that is void', async () => {
  const late = new LateQueue();
  const open = await openSetting(newSetting(), late);
  const { id } = await open.client.call('experiment.create', { config: smallConfig() });
  await open.rest(id);
  expect(late.told).toBeGreaterThan(0);
  const epochs = await open.client.call('trial.epochs', { experiment: id, trial: 1 });
  expect(epochs.map(({ trainingLoss }) => trainingLoss)).not.toContain(1000);
  const steps = open.events.flatMap(({ name, payload }) =>
    name === 'trial.changed' && 'step' in payload ? [payload.step] : [],
  );
  expect(steps).toContain(4);
  expect(steps).not.toContain(1);
  const trials = await trialsOf(open.client, id);
  expect(trials.every(({ attempts }) => attempts === 2)).toBe(true);
});

/** Loses the first trainer of each trial, and lets it speak after the second one took over. */
class LateQueue extends ScriptedQueue {
  told = 0;
  private readonly zombies = new Map<number, RunOrder>();

  protected override async carryOut(running: RunningTask): Promise<End> {
    const { order } = running.task;
    const { lease } = order;
    if (this.zombies.has(lease.run)) return await super.carryOut(running);
    await setImmediate();
    this.zombies.set(lease.run, order);
    this.tell({ kind: 'begun', lease });
    const loss = {
      reason: 'was ended from outside',
      isStarted: true,
      step: 0,
      stepped: true,
      saved: true,
      durationMs: 1,
    };
    return { kind: 'lost', lease, loss: { cause: 'killed', ...loss } };
  }

  protected override tell(event: QueueEvent): void {
    super.tell(event);
    const zombie = event.kind === 'epoch' ? this.zombies.get(event.lease.run) : undefined;
    if (event.kind !== 'epoch' || !zombie) return;
    const { lease, placement } = zombie;
    super.tell({ kind: 'epoch', lease, record: { ...event.record, trainingLoss: 1000 } });
    const file = join(placement.checkpointFolder, 'step-1.checkpoint');
    super.tell({ kind: 'checkpoint', lease, file, step: 1, sizeBytes: 1, sha256: 'none' });
    this.told++;
  }
}

function checkpointFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.includes('.checkpoint'))
    .map((entry) => join(entry.parentPath, entry.name));
}

function stepOf(file: string): number {
  return Number(file.match(/step-(\d+)/)?.[1]);
}

it('stores checkpoint paths relative to the project and refuses others', () => {
  const files = new CheckpointFiles('/project');
  expect(files.toStored('/project/checkpoints/1/2/lease-3/a')).toBe('checkpoints/1/2/lease-3/a');
  expect(files.toPath('checkpoints/1/a')).toBe('/project/checkpoints/1/a');
  expect(() => files.toStored('/elsewhere/a')).toThrow('lies outside');
  expect(() => files.toStored('/project/../a')).toThrow('lies outside');
});
