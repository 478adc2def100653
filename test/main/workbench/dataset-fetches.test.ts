import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import { openDatasetFolder } from '../../../src/main/datasets/stored-dataset.ts';
import { takeLock } from '../../../src/main/fetch/lock.ts';
import { DatasetFetches, type DatasetFetchesOptions } from '../../../src/main/workbench/dataset-fetches.ts';
import { EVENTS, PROCEDURES, type WorkbenchEvent } from '../../../src/shared/contract.ts';
import type { DatasetFetch } from '../../../src/shared/records/dataset.ts';
import { ScriptedQueue } from '../search/scripted-queue.ts';
import { newSetting, openSetting } from '../search/search-setting.ts';
import { dribblingRegistry, slowRegistry } from './slow-registry.ts';

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

/** Whether anything is left of a fetch that did not come to its end. */
function leftovers(home: string): string[] {
  const scratch = readdirSync(join(home, 'scratch'));
  return [
    ...scratch,
    ...['downloads', 'setup.lock', join('datasets', 'cifar10')].filter((name) => existsSync(join(home, name))),
  ];
}

it('a fetch that is cancelled stops at once, leaves nothing and tells everybody', async () => {
  const registry = await dribblingRegistry();
  const setting = newSetting();
  const { workbench, client, events, heard } = await openSetting(setting, new ScriptedQueue());
  const other = workbench.connect();
  const CANCELLED = { code: 'cancelled', message: 'Fetching "cifar10" was cancelled; it can be fetched again.' };
  const adding = [client, other.client].map((from) =>
    expect(from.call('dataset.add', { name: 'cifar10' })).rejects.toMatchObject(CANCELLED),
  );
  await registry.isAsked;
  // More than what npm keeps besides: a part of the archive has come.
  await heard(({ name, payload }) => name === 'dataset.progressed' && (payload as DatasetFetch).part! > 0.003);
  const startedMs = performance.now();
  const cancel = (from = client) => from.call('dataset.cancelFetch', { name: 'cifar10' });
  const ended = await Promise.all([cancel(), cancel(other.client)]);
  expect(performance.now() - startedMs).toBeLessThan(5_000);
  await Promise.all(adding);
  expect(leftovers(setting.home)).toEqual([]);
  expect(registry.archives).toHaveLength(1);
  await vi.waitFor(() => expect(registry.archives[0]?.destroyed).toBe(true));

  const told = PROCEDURES['dataset.cancelFetch'].output.parse(ended[0]);
  expect(told).toEqual({ name: 'cifar10', state: 'cancelled', text: CANCELLED.message, part: null, leftMs: null });
  expect(ended[1]).toEqual(told);
  // Once more changes nothing.
  expect(await cancel()).toEqual(told);
  expect(await client.call('dataset.fetches', {})).toEqual([told]);
  // A size that was still being measured would be told within this time.
  await setTimeout(700);
  const fetches = events.flatMap(({ name, payload }) => (name === 'dataset.progressed' ? [payload] : []));
  expect(fetches.filter(({ state }) => state === 'cancelled')).toHaveLength(1);
  expect(fetches.at(-1)).toEqual(told);

  const again = expect(client.call('dataset.add', { name: 'cifar10' })).rejects.toMatchObject(CANCELLED);
  await vi.waitFor(() => expect(registry.archives).toHaveLength(2), 10_000);
  expect(await client.call('dataset.fetches', {})).toMatchObject([{ state: 'running' }]);
  expect(await cancel()).toMatchObject({ state: 'cancelled' });
  await again;
});

it('refuses to cancel what is not being fetched', async () => {
  const { client } = await openSetting(newSetting(), new ScriptedQueue());
  await expect(client.call('dataset.cancelFetch', { name: 'cifar10' })).rejects.toMatchObject({
    code: 'conflict',
    message: '"cifar10" is not being fetched, so there is nothing to cancel.',
  });
});

it('cancels a fetch that waits for another set-up', async () => {
  const setting = newSetting();
  const release = await takeLock(join(setting.home, 'setup.lock'), () => undefined);
  const { client, heard } = await openSetting(setting, new ScriptedQueue());
  const adding = expect(client.call('dataset.add', { name: 'cifar10' })).rejects.toMatchObject({ code: 'cancelled' });
  await heard(({ payload }) => 'text' in payload && payload.text.startsWith('Waiting for another set-up'));
  expect(await client.call('dataset.cancelFetch', { name: 'cifar10' })).toMatchObject({ state: 'cancelled' });
  await adding;
  expect(existsSync(join(setting.home, 'setup.lock'))).toBe(true);
  release();
});

it('a fetch that is asked for while one is being cancelled begins when that has ended', async () => {
  const { home } = newSetting();
  const { dataset } = openDatasetFolder(join(home, 'datasets', 'small'));
  const done: string[] = [];
  const addDataset: DatasetFetchesOptions['addDataset'] = async (_home, _name, { progress, signal }) => {
    progress.step('fetching CIFAR-10', 1_000);
    const number = done.push('begins');
    if (number > 1) return dataset;
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    await setTimeout(20);
    done.push('is gone');
    // What is heard of one that has ended is about nothing.
    void setTimeout(1).then(() => progress.update(900));
    throw new Error('npm was killed');
  };
  const events: WorkbenchEvent[] = [];
  const fetches = new DatasetFetches({
    home,
    tell: () => undefined,
    publish: (event) => events.push(event),
    monotonicMs: () => 1_000 * events.length,
    addDataset,
  });
  const first = expect(fetches.add('cifar10')).rejects.toMatchObject({ code: 'cancelled' });
  await vi.waitFor(() => expect(done).toEqual(['begins']));
  const cancelling = fetches.cancel('cifar10');
  expect(await fetches.add('cifar10')).toEqual(dataset);
  await first;
  expect(done).toEqual(['begins', 'is gone', 'begins']);
  expect(await cancelling).toMatchObject({ state: 'cancelled' });
  await setTimeout(20);
  const states = events.flatMap(({ name, payload }) => (name === 'dataset.progressed' ? [payload.state] : []));
  expect(states).toEqual(['running', 'cancelled', 'running', 'ready']);
  await expect(fetches.cancel('cifar10')).rejects.toMatchObject({ code: 'conflict' });
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
