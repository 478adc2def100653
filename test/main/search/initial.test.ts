import { expect, it } from 'vitest';
import type { Architecture } from '../../../src/shared/records/architecture.ts';
import { STRATEGY_DEFAULTS } from '../../../src/shared/records/strategy.ts';
import { NASNET_A } from '../../../src/shared/search-space/cells.ts';
import { smallConfig } from '../workbench/small-project.ts';
import { ScriptedQueue } from './scripted-queue.ts';
import { newSetting, openSetting, trialsOf } from './search-setting.ts';

const evolutionFrom = (initial: Architecture[]) =>
  smallConfig({
    strategy: { ...STRATEGY_DEFAULTS.evolution, batchSize: 2, populationSize: 2, sampleSize: 1, initial },
  });

it('begins an evolution with a cell of an earlier search', async () => {
  const open = await openSetting(newSetting(), new ScriptedQueue());
  const random = smallConfig({ strategy: { ...STRATEGY_DEFAULTS.random, batchSize: 2 } });
  const { id } = await open.client.call('experiment.create', { config: random });
  await open.rest(id);
  const [found] = await trialsOf(open.client, id);
  const next = await open.client.call('experiment.create', { config: evolutionFrom([found!.architecture]) });
  expect(await open.rest(next.id)).toMatchObject({ state: 'completed', counts: { completed: 6 } });
  const [first] = await trialsOf(open.client, next.id);
  expect(first).toMatchObject({ origin: 'given', architecture: found!.architecture, hash: found!.hash });
});

it('refuses a cell that the search space does not hold before anything is stored', async () => {
  const open = await openSetting(newSetting(), new ScriptedQueue());
  await expect(open.client.call('experiment.create', { config: evolutionFrom([NASNET_A]) })).rejects.toMatchObject({
    code: 'invalid_input',
    message: expect.stringContaining('has 5 blocks, the search space 2'),
  });
  expect(await open.client.call('experiment.list', {})).toEqual([]);
});
