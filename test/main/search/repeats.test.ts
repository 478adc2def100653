import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { openDatabase } from '../../../src/main/store/database.ts';
import type { ExperimentConfig, Trial, TrialState } from '../../../src/shared/records/experiment.ts';
import { STRATEGY_DEFAULTS } from '../../../src/shared/records/strategy.ts';
import { smallConfig } from '../workbench/small-project.ts';
import { ScriptedQueue } from './scripted-queue.ts';
import {
  newSetting,
  type OpenSetting,
  openSetting,
  resultsOf,
  runSearch,
  type Setting,
  trialsOf,
} from './search-setting.ts';

const RANDOM = smallConfig({ strategy: { ...STRATEGY_DEFAULTS.random, batchSize: 2 } });
const EVOLUTION = smallConfig({
  strategy: { ...STRATEGY_DEFAULTS.evolution, batchSize: 2, populationSize: 2, sampleSize: 2 },
});

/** The search's own trials, numbered, and their parents, as if there were no repeats. */
function ownResults(trials: readonly Trial[]) {
  const own = trials.filter(({ purpose }) => purpose === 'proposal');
  const renumbered = (trial: number | null) => own.findIndex((one) => one.trial === trial) + 1;
  return resultsOf(own).map((result, index) => {
    const { parent } = own[index]!;
    const origin = parent === null ? result.origin : `evolved from ${renumbered(parent)}`;
    if (parent !== null) expect(result.origin).toBe(`evolved from ${parent}`);
    return { ...result, origin, trial: index + 1, parent: parent === null ? null : renumbered(parent) };
  });
}

/** Every state of the strategy, and its reports but for the numbers of the trials. */
function strategyOf({ projectFolder }: Setting, experiment: number): string[] {
  const database = openDatabase(join(projectFolder, 'cellwright.db'));
  try {
    const rows = database
      .prepare<[number], { report: string | null; snapshot: Buffer }>(
        'SELECT report, snapshot FROM controller_updates WHERE experiment = ? ORDER BY update_number',
      )
      .all(experiment);
    return rows.map(({ report, snapshot }) => {
      const { proposals: _, ...rest } = JSON.parse(report ?? '{}') as { proposals?: number[] };
      return `${JSON.stringify(rest)} ${createHash('sha256').update(snapshot).digest('hex')}`;
    });
  } finally {
    database.close();
  }
}

const isRepeat = ({ purpose }: Trial): boolean => purpose === 'repeat';

async function untilCompleted(open: OpenSetting, trial: number): Promise<void> {
  await untilFinished(open, trial, 'completed');
}

async function untilFinished(open: OpenSetting, trial: number, state: TrialState): Promise<void> {
  await open.heard(
    ({ name, payload }) =>
      name === 'trial.changed' &&
      'state' in payload &&
      'trial' in payload &&
      payload.trial === trial &&
      payload.state === state,
  );
}

async function completed(config: ExperimentConfig, queue: ScriptedQueue) {
  const setting = newSetting();
  const open = await openSetting(setting, queue);
  const { id } = await open.client.call('experiment.create', { config });
  const before = await open.rest(id);
  return { setting, open, id, before };
}

it('trains repeats in the middle of a search, which ends bit for bit as without them', async () => {
  for (const config of [smallConfig(), EVOLUTION]) {
    const calm = await runSearch(config, new ScriptedQueue());
    const setting = newSetting();
    const open = await openSetting(setting, new ScriptedQueue({ stepMs: () => 4 }));
    const { id } = await open.client.call('experiment.create', { config });
    await untilCompleted(open, 1);
    const asked = await open.client.call('trial.repeat', { experiment: id, trial: 1, times: 2 });
    expect(asked).toMatchObject([{ origin: 'repeat of 1' }, { origin: 'repeat of 1', parent: 1, batch: null }]);
    expect(await open.rest(id)).toMatchObject({ state: 'completed', counts: calm.experiment.counts });
    const trials = await trialsOf(open.client, id);
    const repeats = trials.filter(isRepeat);
    expect(repeats.map(({ trial, run }) => [trial, run])).toEqual([
      [1, 2],
      [1, 3],
    ]);
    for (const { state, reward, reusedFrom, hash } of repeats) {
      expect({ state, reusedFrom, hash }).toEqual({ state: 'completed', reusedFrom: null, hash: trials[0]?.hash });
      expect(reward).not.toBeNull();
    }
    expect(new Set([trials[0]?.seed, ...repeats.map(({ seed }) => seed)]).size).toBe(3);
    expect(ownResults(trials)).toEqual(ownResults(calm.trials));
    const reports = await open.client.call('controller.updates', { experiment: id });
    for (const { update, proposals } of reports) {
      const learned = trials.filter(({ batch }) => batch === update);
      expect(proposals).toEqual(learned.map(({ trial }) => trial));
    }
    await open.close();
    expect(strategyOf(setting, id)).toEqual(strategyOf(calm.setting, id));
  }
});

it('trains repeats of a search that has ended, and nothing of it changes', async () => {
  const { open, id, before } = await completed(RANDOM, new ScriptedQueue({ stepMs: () => 2 }));
  await open.client.call('trial.repeat', { experiment: id, trial: 2, times: 1 });
  expect(await open.client.call('experiment.get', { experiment: id })).toMatchObject({ state: 'running' });
  const { best: _, ...after } = await open.rest(id);
  const { best: __, ...wanted } = before;
  expect({ ...after, overheadMs: 0 }).toEqual({ ...wanted, overheadMs: 0 });
  await open.client.call('trial.repeat', { experiment: id, trial: 2, times: 1 });
  await open.rest(id);
  const [one, two] = (await trialsOf(open.client, id)).filter(isRepeat);
  expect(two).toMatchObject({ origin: 'repeat of 2', parent: 2, state: 'completed' });
  expect(two?.seed).not.toBe(one?.seed);
  // The budget counts what the search proposed.
  await expect(open.client.call('experiment.resume', { experiment: id })).rejects.toThrow('finished its 6 trials');
  await open.client.call('experiment.change', { experiment: id, trials: 8 });
  await open.client.call('experiment.resume', { experiment: id });
  expect(await open.rest(id)).toMatchObject({ state: 'completed', counts: { completed: 8 } });
});

it('trains repeats while a search is paused, which is paused again and can go on beside them', async () => {
  const calm = await runSearch(RANDOM, new ScriptedQueue());
  const open = await openSetting(newSetting(), new ScriptedQueue({ stepMs: () => 4 }));
  const { id } = await open.client.call('experiment.create', { config: RANDOM });
  await untilCompleted(open, 1);
  await open.client.call('experiment.pause', { experiment: id });
  await open.client.call('trial.repeat', { experiment: id, trial: 1, times: 1 });
  expect(await open.rest(id)).toMatchObject({ state: 'paused' });
  const [repeat] = (await trialsOf(open.client, id)).filter(isRepeat);
  expect(repeat?.state).toBe('completed');

  await open.client.call('trial.repeat', { experiment: id, trial: 1, times: 1 });
  await open.client.call('experiment.resume', { experiment: id });
  expect(await open.rest(id)).toMatchObject({ state: 'completed' });
  const trials = await trialsOf(open.client, id);
  expect(trials.filter(isRepeat).map(({ state }) => state)).toEqual(['completed', 'completed']);
  expect(ownResults(trials)).toEqual(ownResults(calm.trials));
});

it('goes on with repeats that a closed workbench left in the middle', async () => {
  const { setting, open, id, before } = await completed(RANDOM, new ScriptedQueue({ stepMs: () => 10 }));
  const [asked] = await open.client.call('trial.repeat', { experiment: id, trial: 1, times: 1 });
  await open.heard(({ name, payload }) => name === 'epoch.added' && payload.run === asked?.run);
  await open.close();
  const queue = new ScriptedQueue();
  const again = await openSetting(setting, queue);
  expect(again.workbench.interrupted).toEqual([id]);
  await again.client.call('experiment.resume', { experiment: id });
  const status = await again.client.call('system.status', {});
  expect(status.resumed).toEqual([{ experiment: id, trial: 1, run: 2, epoch: 1 }]);
  expect(await again.rest(id)).toMatchObject({ state: 'completed', finishedAt: before.finishedAt });
  expect(queue.tries[0]?.from).toBeGreaterThan(0);
  expect((await trialsOf(again.client, id))[1]).toMatchObject({ trial: 1, run: 2, state: 'completed' });
});

it('repeats finished trials only, and a killed repeat is not made up for', async () => {
  const open = await openSetting(newSetting(), new ScriptedQueue({ stepMs: () => 5 }));
  const { id } = await open.client.call('experiment.create', { config: RANDOM });
  await open.heard(({ name }) => name === 'trial.progressed');
  await expect(open.client.call('trial.repeat', { experiment: id, trial: 1, times: 1 })).rejects.toThrow(
    'it can be repeated when it is finished',
  );
  await untilCompleted(open, 1);
  const [repeat] = await open.client.call('trial.repeat', { experiment: id, trial: 1, times: 1 });
  await open.client.call('trial.cancel', { experiment: id, trial: 1, run: repeat!.run });
  expect(await open.rest(id)).toMatchObject({ counts: { completed: 6, cancelled: 0 } });
  const trials = await trialsOf(open.client, id);
  expect(trials).toHaveLength(7);
  expect(trials.find(isRepeat)).toMatchObject({ state: 'cancelled', reward: null });
});

it('trains repeats that are asked for while a pause is being saved, as those of a search that rests', async () => {
  const open = await openSetting(newSetting(), new ScriptedQueue({ steps: 40, stepMs: () => 20 }));
  const { id } = await open.client.call('experiment.create', { config: RANDOM });
  await untilCompleted(open, 1);
  const pausing = open.client.call('experiment.pause', { experiment: id });
  const [repeat] = await open.client.call('trial.repeat', { experiment: id, trial: 1, times: 1 });
  await pausing;
  expect(await open.client.call('experiment.get', { experiment: id })).toMatchObject({
    state: 'running',
    restsAs: 'paused',
  });
  expect(await open.rest(id)).toMatchObject({ state: 'paused', restsAs: null });
  expect((await trialsOf(open.client, id)).find(({ run }) => run === repeat?.run)?.state).toBe('completed');
});

it('trains repeats that are asked for while a search comes to rest by itself', async () => {
  const queue = new ScriptedQueue({
    steps: 3,
    // The first fails early; its repeat is slow to be saved when the second one has failed as well.
    stepMs: ({ trial, run }) => [0, 5, 50][trial * (2 - run)] ?? (trial === 1 ? 400 : 5),
    outcome: ({ run }) => (run === 1 ? { kind: 'failed', reason: 'out_of_memory', message: 'No memory.' } : undefined),
  });
  const open = await openSetting(newSetting(), queue);
  const { id } = await open.client.call('experiment.create', { config: { ...RANDOM, trialsAtOnce: 2 } });
  await untilFinished(open, 1, 'failed');
  await open.client.call('trial.repeat', { experiment: id, trial: 1, times: 1 });
  await untilFinished(open, 2, 'failed');
  await setTimeout(100);
  await open.client.call('trial.repeat', { experiment: id, trial: 2, times: 1 });
  const rested = await open.rest(id);
  expect(rested).toMatchObject({ state: 'paused', restsAs: null });
  expect(rested.message).toContain('All 2 trials of the first batch failed the same way');
  expect((await trialsOf(open.client, id)).map(({ state }) => state)).toEqual([
    ...['failed', 'completed', 'failed', 'completed'],
  ]);
});

it('leaves the trials of a search that had failed as they are when the repeats beside it are stopped', async () => {
  let isBroken = true;
  const queue = new ScriptedQueue({
    steps: 40,
    stepMs: ({ run }) => (run > 1 ? 20 : 0),
    onTrain: ({ trial }) => {
      if (trial === 2 && isBroken) throw new Error('a bug');
    },
  });
  const setting = newSetting();
  const open = await openSetting(setting, queue);
  const { id } = await open.client.call('experiment.create', { config: { ...RANDOM, trialsAtOnce: 1 } });
  expect(await open.rest(id)).toMatchObject({ state: 'failed', counts: { completed: 1, queued: 1 } });
  const [repeat] = await open.client.call('trial.repeat', { experiment: id, trial: 1, times: 1 });
  const stopped = await open.client.call('experiment.stop', { experiment: id });
  expect(stopped).toMatchObject({ state: 'failed', restsAs: null, counts: { completed: 1, queued: 1, cancelled: 0 } });
  expect((await open.client.call('trial.get', { experiment: id, trial: 1, run: repeat!.run })).state).toBe('cancelled');

  // The same where a killed workbench had the repeats in training.
  await open.client.call('trial.repeat', { experiment: id, trial: 1, times: 1 });
  await open.close();
  const again = await openSetting(setting, queue);
  expect(await again.client.call('experiment.stop', { experiment: id })).toMatchObject({
    state: 'failed',
    restsAs: null,
    counts: { completed: 1, queued: 1, cancelled: 0 },
    repeats: { queued: 0, running: 0 },
  });
  isBroken = false;
  await again.client.call('experiment.resume', { experiment: id });
  expect(await again.rest(id)).toMatchObject({ state: 'completed', counts: { completed: 6, cancelled: 0 } });
});
