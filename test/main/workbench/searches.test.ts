import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { ArtifactFiles } from '../../../src/main/artifacts/artifact-files.ts';
import { SYSTEM_CLOCK } from '../../../src/main/clock.ts';
import { CheckpointFiles } from '../../../src/main/runs/checkpoint-files.ts';
import { RunKeeper } from '../../../src/main/runs/run-keeper.ts';
import type { RunTools } from '../../../src/main/runs/run-tools.ts';
import type { SearchTools } from '../../../src/main/search/search-context.ts';
import { createStrategy } from '../../../src/main/search/strategies/create-strategy.ts';
import type { Strategy } from '../../../src/main/search/strategies/strategy.ts';
import { openDatabase } from '../../../src/main/store/database.ts';
import { openStore } from '../../../src/main/store/store.ts';
import { Searches } from '../../../src/main/workbench/searches.ts';
import type { WorkbenchEvent } from '../../../src/shared/contract.ts';
import type { Experiment } from '../../../src/shared/records/experiment.ts';
import { WorkbenchError } from '../../../src/shared/workbench-error.ts';
import { ScriptedQueue } from '../search/scripted-queue.ts';
import { newSetting, openSetting, type Setting } from '../search/search-setting.ts';
import { smallConfig } from './small-project.ts';

/** The searches of a project, on strategies that the test holds. */
function openSearches(
  setting: Setting,
  create: typeof createStrategy,
  { queue = new ScriptedQueue(), publish = () => undefined }: Partial<Pick<SearchTools, 'queue' | 'publish'>> = {},
) {
  const store = openStore(
    setting.projectFolder,
    (event) => publish(event),
    () => new Date(),
  );
  onTestFinished(() => store.close());
  const tools: RunTools = {
    store,
    queue,
    checkpoints: new CheckpointFiles(setting.projectFolder),
    artifacts: new ArtifactFiles(join(setting.projectFolder, 'artifacts')),
    clock: SYSTEM_CLOCK,
    log: { write: () => undefined },
    tell: () => undefined,
    residentBytes: 0,
    refuseFullDisk: () => undefined,
  };
  const keeper = new RunKeeper(tools);
  const searches = new Searches({ ...tools, keeper, createStrategy: create, publish }, setting.home);
  return { store, searches };
}

it('closes a strategy that refuses its snapshot', async () => {
  const setting = newSetting();
  const first = await openSetting(setting, new ScriptedQueue({ stepMs: () => 5 }));
  const { id } = await first.client.call('experiment.create', { config: smallConfig() });
  await first.heard(({ name }) => name === 'trial.progressed');
  await first.client.call('experiment.pause', { experiment: id });
  await first.close();
  const database = openDatabase(join(setting.projectFolder, 'cellwright.db'));
  database.exec(`UPDATE controller_updates SET snapshot = x'00'`);
  database.close();

  const open = new Set<Strategy>();
  const { searches } = openSearches(setting, async (...settings) => {
    const strategy = await createStrategy(...settings);
    open.add(strategy);
    const close = strategy.close.bind(strategy);
    strategy.close = async () => {
      open.delete(strategy);
      await close();
    };
    return strategy;
  });
  onTestFinished(async () => {
    await Promise.all([...open].map((strategy) => strategy.close()));
  });
  await searches.resume(id);
  await expect.poll(() => searches.running(), { timeout: 20_000 }).toEqual([]);
  expect(searches.get(id)).toMatchObject({ state: 'paused', message: expect.stringContaining('snapshot') });
  expect(open.size).toBe(0);
});

it('begins no search once it is closing, also where that was asked for before', async () => {
  const isMade = Promise.withResolvers<void>();
  const isAsked = Promise.withResolvers<void>();
  const { searches, store } = openSearches(newSetting(), async (...settings) => {
    isAsked.resolve();
    await isMade.promise;
    return await createStrategy(...settings);
  });
  const config = smallConfig({ strategy: { kind: 'random', batchSize: 2 } });
  const creating = searches.create(config);
  await isAsked.promise;
  await searches.close();
  isMade.resolve();
  await expect(creating).rejects.toThrow('The workbench is closing.');
  expect(store.experiments.list()).toEqual([]);
});

it('stops a search that comes to rest by itself in the moment in which that is asked for', async () => {
  const queue = new ScriptedQueue({
    onTrain: () => {
      throw new WorkbenchError('disk_full', 'The disk is full: make room, then resume.');
    },
  });
  const stopping = Promise.withResolvers<Experiment>();
  const publish = (event: WorkbenchEvent): void => {
    if (event.name !== 'experiment.changed' || event.payload.state !== 'paused') return;
    searches.stop(event.payload.id).then(stopping.resolve, stopping.reject);
  };
  const { searches } = openSearches(newSetting(), createStrategy, { queue, publish });
  const { id } = await searches.create(smallConfig({ strategy: { kind: 'random', batchSize: 2 } }));
  expect(await stopping.promise).toMatchObject({ id, state: 'stopped', counts: { cancelled: 2 } });
});
