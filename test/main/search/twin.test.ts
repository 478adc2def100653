import { expect, it } from 'vitest';
import { deriveSeed } from '../../../src/shared/random.ts';
import { smallConfig } from '../workbench/small-project.ts';
import { ScriptedQueue } from './scripted-queue.ts';
import { newSetting, openSetting, trialsOf } from './search-setting.ts';

it('starts one random search beside a search, with its budget, seeds and split', async () => {
  const splits = new Map<number, Set<number>>();
  const queue = new ScriptedQueue({
    onTrain: ({ experiment, splitSeed }) => {
      splits.set(experiment, (splits.get(experiment) ?? new Set()).add(splitSeed));
    },
  });
  const open = await openSetting(newSetting(), queue);
  const config = smallConfig();
  const { id } = await open.client.call('experiment.create', { config });
  const asked = { experiment: id };
  const [one, other] = await Promise.all([
    open.client.call('experiment.twin', asked),
    open.client.call('experiment.twin', asked),
  ]);
  expect(other.id).toBe(one.id);
  const { name: _, strategy, ...rest } = one.config;
  const { name: __, strategy: ___, ...wanted } = config;
  expect({ twinOf: one.twinOf, strategy, rest }).toEqual({
    twinOf: id,
    strategy: { kind: 'random', batchSize: config.strategy.batchSize },
    rest: wanted,
  });
  expect(await open.rest(one.id)).toMatchObject({ state: 'completed', counts: { completed: 6 } });
  await open.rest(id);
  const [first, twin] = await Promise.all([trialsOf(open.client, id), trialsOf(open.client, one.id)]);
  expect(twin.map(({ seed }) => seed)).toEqual(first.map(({ seed }) => seed));
  expect(twin.map(({ hash }) => hash)).not.toEqual(first.map(({ hash }) => hash));
  const split = new Set([deriveSeed(config.seed, 'split')]);
  expect(splits).toEqual(
    new Map([
      [id, split],
      [one.id, split],
    ]),
  );
  expect((await open.client.call('experiment.twin', asked)).id).toBe(one.id);
  await expect(open.client.call('experiment.twin', { experiment: one.id })).rejects.toThrow(
    `Experiment ${one.id} is a random search itself`,
  );
});
