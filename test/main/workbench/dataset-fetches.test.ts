import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { openDatasetFolder } from '../../../src/main/datasets/stored-dataset.ts';
import { DatasetFetches, type DatasetFetchesOptions } from '../../../src/main/workbench/dataset-fetches.ts';
import { EVENTS, PROCEDURES, type WorkbenchEvent } from '../../../src/shared/contract.ts';
import { ScriptedQueue } from '../search/scripted-queue.ts';
import { newSetting, openSetting } from '../search/search-setting.ts';
import { slowRegistry } from './slow-registry.ts';

it('a fetch outlives its caller, and a second one waits for the same', async () => {
  const registry = await slowRegistry();
  const { workbench, client, events } = await openSetting(newSetting(), new ScriptedQueue());
  const leaving = workbench.connect();
  const gone = expect(leaving.client.call('dataset.add', { name: 'cifar10' })).rejects.toThrow('connection');
  await registry.isAsked;
  leaving.close();
  await gone;

  const joined = client.call('dataset.add', { name: 'cifar10' });
  const refused = expect(joined).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringMatching(/npm could not fetch/),
  });
  await setTimeout(300);
  const under = PROCEDURES['dataset.fetches'].output.parse(await client.call('dataset.fetches', {}));
  expect(under).toMatchObject([{ name: 'cifar10', state: 'running', text: 'Fetching CIFAR-10' }]);
  expect(registry.waiting.every(({ destroyed }) => !destroyed)).toBe(true);
  expect(registry.waiting).toHaveLength(1);
  registry.refuse();
  await refused;
  const [ended] = await client.call('dataset.fetches', {});
  expect(ended).toMatchObject({ state: 'failed', text: expect.stringContaining('npm could not fetch'), part: null });
  const told = events.flatMap(({ name, payload }) => (name === 'dataset.progressed' ? [payload] : []));
  expect(told.at(-1)).toEqual(ended);
});

it('a fetch ends with the workbench', async () => {
  const registry = await slowRegistry();
  const { client, close } = await openSetting(newSetting(), new ScriptedQueue());
  const adding = expect(client.call('dataset.add', { name: 'cifar10' })).rejects.toMatchObject({ code: 'unavailable' });
  await registry.isAsked;
  await close();
  await adding;
});

it('tells the part that is done and the time left of each step, then that the data set is ready', async () => {
  const { home } = newSetting();
  const events: WorkbenchEvent[] = [];
  let nowMs = 0;
  const addDataset: DatasetFetchesOptions['addDataset'] = async (_home, _name, { progress }) => {
    progress.say('waiting for another set-up (process 7)');
    progress.step('fetching CIFAR-10', 1_000);
    for (const [ms, done] of [
      [1_000, 1],
      [2_000, 250],
      [2_100, 260],
      [4_000, 1_500],
    ] as const) {
      nowMs = ms;
      progress.update(done);
    }
    return openDatasetFolder(join(home, 'datasets', 'small')).dataset;
  };
  const fetches = new DatasetFetches({
    home,
    tell: () => undefined,
    publish: (event) => events.push(event),
    monotonicMs: () => nowMs,
    addDataset,
  });
  await fetches.add('cifar10');
  const told = events.map(({ payload }) => EVENTS['dataset.progressed'].parse(payload));
  expect(told.map(({ state, text, part, leftMs }) => [state, text, part, leftMs])).toEqual([
    ['running', 'Waiting for another set-up (process 7)', null, null],
    ['running', 'Fetching CIFAR-10', 0, null],
    ['running', 'Fetching CIFAR-10', 0.001, null],
    // A quarter took two seconds, so the rest takes six.
    ['running', 'Fetching CIFAR-10', 0.25, 6_000],
    ['running', 'Fetching CIFAR-10', 1, 0],
    ['ready', 'Small is ready', null, null],
  ]);
  expect(fetches.list()).toEqual([told.at(-1)]);
});
