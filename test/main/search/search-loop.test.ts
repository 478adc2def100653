import { expect, it } from 'vitest';
import type { SearchSpace } from '../../../src/shared/records/architecture.ts';
import { STRATEGY_DEFAULTS } from '../../../src/shared/records/strategy.ts';
import { WorkbenchError } from '../../../src/shared/workbench-error.ts';
import { smallConfig } from '../workbench/small-project.ts';
import { ScriptedQueue } from './scripted-queue.ts';
import { newSetting, openSetting, resultsOf, runSearch, strategyDigest, trialsOf } from './search-setting.ts';

/** Four decisions a cell leave few different architectures, so that they repeat. */
const NARROW: SearchSpace = { blocks: 1, operations: ['identity', 'max_pool_3x3'], combinations: ['add'] };
const RANDOM = STRATEGY_DEFAULTS.random;

it('trains every proposal, learns once a batch and completes', async () => {
  const { experiment, trials, client: _, strategy, events } = await runSearch(smallConfig(), new ScriptedQueue());
  expect(experiment).toMatchObject({ state: 'completed', message: null, counts: { completed: 6, queued: 0 } });
  expect(trials.map(({ trial, batch }) => [trial, batch])).toEqual([
    [1, 1],
    [2, 1],
    [3, 2],
    [4, 2],
    [5, 3],
    [6, 3],
  ]);
  expect(trials.map(({ origin }) => origin)).toEqual([
    'update 0',
    'update 0',
    'update 1',
    'update 1',
    'update 2',
    'update 2',
  ]);
  // The untrained controller and three updates.
  expect(strategy).toMatch(/^4 /);
  const best = Math.max(...trials.map(({ reward }) => reward ?? 0));
  expect(experiment.best?.reward).toBe(best);
  expect(events.filter(({ name }) => name === 'controller.updated')).toHaveLength(3);
});

it('gives the same results however many trainers there are and whichever is faster', async () => {
  const slowFirst = new ScriptedQueue({ stepMs: ({ trial }) => (trial % 2 === 1 ? 4 : 0) });
  const slowSecond = new ScriptedQueue({ stepMs: ({ trial }) => (trial % 2 === 0 ? 4 : 0) });
  const batches = { strategy: { ...STRATEGY_DEFAULTS.ppo, batchSize: 3 } };
  const one = await runSearch(smallConfig({ ...batches, trialsAtOnce: 1 }), new ScriptedQueue());
  const two = await runSearch(smallConfig({ ...batches, trialsAtOnce: 3 }), slowFirst);
  const three = await runSearch(smallConfig({ ...batches, trialsAtOnce: 3 }), slowSecond);
  expect(slowFirst.largestConcurrency).toBe(3);
  expect(resultsOf(two.trials)).toEqual(resultsOf(one.trials));
  expect(resultsOf(three.trials)).toEqual(resultsOf(one.trials));
  expect([two.strategy, three.strategy]).toEqual([one.strategy, one.strategy]);
  const other = await runSearch(smallConfig({ ...batches, seed: 12 }), new ScriptedQueue());
  expect(resultsOf(other.trials)).not.toEqual(resultsOf(one.trials));
});

it('never has more trials in training than the experiment allows', async () => {
  const queue = new ScriptedQueue({ stepMs: () => 1 });
  await runSearch(smallConfig({ strategy: { ...RANDOM, batchSize: 6 }, trialsAtOnce: 2 }), queue);
  expect(queue.largestConcurrency).toBe(2);
});

it('reuses the reward of an architecture that was trained before, also within a batch', async () => {
  const queue = new ScriptedQueue({ stepMs: ({ trial }) => trial % 3 });
  const config = smallConfig({ space: NARROW, strategy: { ...RANDOM, batchSize: 8 }, trialsAtOnce: 4 });
  const { trials, experiment } = await runSearch({ ...config, budget: { trials: 40, timeLimitMs: 0 } }, queue);
  expect(experiment.counts.completed).toBe(40);
  const firsts = new Map<string, (typeof trials)[number]>();
  for (const trial of trials) {
    const first = firsts.get(trial.hash);
    if (first) {
      expect(trial).toMatchObject({ reusedFrom: first.trial, reward: first.reward, attempts: 0, weightsHash: null });
    } else {
      expect(trial).toMatchObject({ reusedFrom: null, attempts: 1 });
      firsts.set(trial.hash, trial);
    }
  }
  expect(firsts.size).toBeLessThan(40);
  expect(queue.tries.map(({ trial }) => trial).toSorted((a, b) => a - b)).toEqual(
    [...firsts.values()].map(({ trial }) => trial),
  );
  const withinBatch = trials.filter(({ reusedFrom, batch }) => reusedFrom && trials[reusedFrom - 1]?.batch === batch);
  expect(withinBatch.length).toBeGreaterThan(0);
});

it('trains repeats again when that is asked for', async () => {
  const queue = new ScriptedQueue();
  const config = smallConfig({ space: NARROW, strategy: { ...RANDOM, batchSize: 8 }, retrainRepeats: true });
  const { trials } = await runSearch({ ...config, budget: { trials: 16, timeLimitMs: 0 } }, queue);
  expect(queue.tries).toHaveLength(16);
  expect(trials.every(({ reusedFrom }) => reusedFrom === null)).toBe(true);
  expect(new Set(trials.map(({ hash }) => hash)).size).toBeLessThan(16);
});

it('does not reuse a failure: an equal architecture is tried again', async () => {
  const failsOnce = new ScriptedQueue({
    outcome: ({ trial }) => (trial === 1 ? { kind: 'failed', reason: 'crashed', message: 'It crashed.' } : undefined),
  });
  const one: SearchSpace = { blocks: 1, operations: ['identity'], combinations: ['add'] };
  const alike = await runSearch(
    smallConfig({ space: { ...one }, strategy: { ...RANDOM, batchSize: 12 }, budget: { trials: 60, timeLimitMs: 0 } }),
    failsOnce,
  );
  const [first] = alike.trials;
  const twins = alike.trials.filter(({ hash, trial }) => hash === first?.hash && trial > 1);
  expect(twins.length).toBeGreaterThan(1);
  expect(twins[0]).toMatchObject({ reusedFrom: null, attempts: 1, state: 'completed' });
  expect(twins[1]).toMatchObject({ reusedFrom: twins[0]?.trial, attempts: 0 });
});

it('tells the strategy 0 for a child that failed, and learns on', async () => {
  const queue = new ScriptedQueue({
    outcome: ({ trial }) => (trial === 2 ? { kind: 'failed', reason: 'nan_loss', message: 'Diverged.' } : undefined),
  });
  const setting = newSetting();
  const open = await openSetting(setting, queue);
  const { id } = await open.client.call('experiment.create', { config: smallConfig() });
  expect(await open.rest(id)).toMatchObject({ state: 'completed', counts: { completed: 5, failed: 1 } });
  const trials = await trialsOf(open.client, id);
  expect(trials[1]).toMatchObject({ state: 'failed', failure: 'nan_loss', message: 'Diverged.', reward: null });
  const [first] = await open.client.call('controller.updates', { experiment: id });
  expect(first?.rewards).toEqual([trials[0]?.reward, 0]);
});

it('pauses by itself when the whole first batch fails the same way, and goes on when it is resumed', async () => {
  const queue = new ScriptedQueue({
    outcome: ({ trial }) =>
      trial <= 2 ? { kind: 'failed', reason: 'out_of_memory', message: 'No memory for 9 GB.' } : undefined,
  });
  const open = await openSetting(newSetting(), queue);
  const { id } = await open.client.call('experiment.create', { config: smallConfig() });
  const paused = await open.rest(id);
  expect(paused.state).toBe('paused');
  expect(paused.message).toContain('All 2 trials of the first batch failed the same way (out_of_memory): No memory');
  await open.client.call('experiment.resume', { experiment: id });
  expect(await open.rest(id)).toMatchObject({ state: 'completed', counts: { completed: 4, failed: 2 } });
});

it('gives a cancelled trial no reward and a new proposal its place', async () => {
  const queue = new ScriptedQueue({ stepMs: ({ trial }) => (trial === 3 ? 20 : 0) });
  const open = await openSetting(newSetting(), queue);
  const { id } = await open.client.call('experiment.create', { config: smallConfig() });
  await open.heard(({ name, payload }) => name === 'trial.progressed' && 'trial' in payload && payload.trial === 3);
  await open.client.call('trial.cancel', { experiment: id, trial: 3 });
  expect(await open.rest(id)).toMatchObject({ state: 'completed', counts: { completed: 6, cancelled: 1 } });
  const trials = await trialsOf(open.client, id);
  expect(trials[2]).toMatchObject({ state: 'cancelled', reward: null, batch: 2 });
  expect(trials.filter(({ batch }) => batch === 2).map(({ trial }) => trial)).toEqual([3, 4, 5]);
  const reports = await open.client.call('controller.updates', { experiment: id });
  expect(reports.map(({ proposals }) => proposals)).toEqual([
    [1, 2],
    [4, 5],
    [6, 7],
  ]);
  await expect(open.client.call('trial.cancel', { experiment: id, trial: 3 })).rejects.toThrow('is cancelled');
});

it('cancels queued trials too, before and while the search rests', async () => {
  const queue = new ScriptedQueue({ stepMs: () => 5 });
  const open = await openSetting(newSetting(), queue);
  const { id } = await open.client.call('experiment.create', { config: smallConfig({ trialsAtOnce: 1 }) });
  await open.heard(({ name }) => name === 'trial.progressed');
  expect(await open.client.call('trial.cancel', { experiment: id, trial: 2 })).toMatchObject({ state: 'cancelled' });
  await open.client.call('experiment.pause', { experiment: id });
  expect(await open.client.call('trial.cancel', { experiment: id, trial: 1 })).toMatchObject({ state: 'cancelled' });
  await open.client.call('experiment.resume', { experiment: id });
  expect(await open.rest(id)).toMatchObject({ state: 'completed', counts: { completed: 6, cancelled: 2 } });
});

it('leaves a short last batch open, and a search that is prolonged equals one that was planned longer', async () => {
  const strategy = { ...STRATEGY_DEFAULTS.ppo, batchSize: 4 };
  const planned = await runSearch(
    smallConfig({ strategy, budget: { trials: 12, timeLimitMs: 0 } }),
    new ScriptedQueue(),
  );

  const setting = newSetting();
  const open = await openSetting(setting, new ScriptedQueue());
  const { id } = await open.client.call('experiment.create', {
    config: smallConfig({ strategy, budget: { trials: 6, timeLimitMs: 0 } }),
  });
  expect(await open.rest(id)).toMatchObject({ state: 'completed', counts: { completed: 6 } });
  expect(await open.client.call('controller.updates', { experiment: id })).toHaveLength(1);
  await expect(open.client.call('experiment.resume', { experiment: id })).rejects.toThrow('has finished its 6 trials');
  await open.client.call('experiment.change', { experiment: id, trials: 12 });
  await open.client.call('experiment.resume', { experiment: id });
  expect(await open.rest(id)).toMatchObject({ state: 'completed', counts: { completed: 12 } });
  expect(resultsOf(await trialsOf(open.client, id))).toEqual(resultsOf(planned.trials));
  await open.close();
  expect(strategyDigest(setting, id)).toBe(planned.strategy);
});

it('starts no trial after the time limit and keeps what is done', async () => {
  let elapsedMs = 0;
  const clock = { now: () => new Date(), monotonicMs: () => elapsedMs };
  const queue = new ScriptedQueue({
    steps: 8,
    stepMs: () => {
      elapsedMs += 10;
      return 0;
    },
  });
  const open = await openSetting(newSetting(), queue, { clock });
  const config = smallConfig({ trialsAtOnce: 1, budget: { trials: 1000, timeLimitMs: 300 } });
  const { id } = await open.client.call('experiment.create', { config });
  const experiment = await open.rest(id);
  expect(experiment).toMatchObject({ state: 'completed', message: 'The time limit was reached.', runningMs: 320 });
  // Begun at 0, 80, 160 and 240 ms; in batches of two, the fourth is the last of the second batch.
  expect(experiment.counts).toMatchObject({ completed: 4, queued: 0, running: 0 });
  await expect(open.client.call('experiment.resume', { experiment: id })).rejects.toThrow('used up its time limit');
  await open.client.call('experiment.change', {
    experiment: id,
    timeLimitMs: 0,
    trials: experiment.counts.completed + 1,
  });
  await open.client.call('experiment.resume', { experiment: id });
  expect(await open.rest(id)).toMatchObject({ state: 'completed', message: null, counts: { completed: 5 } });
});

it('stops for good: running and queued trials end as cancelled', async () => {
  const queue = new ScriptedQueue({ stepMs: () => 5 });
  const open = await openSetting(newSetting(), queue);
  const config = smallConfig({ strategy: { ...RANDOM, batchSize: 6 } });
  const { id } = await open.client.call('experiment.create', { config });
  await open.heard(({ name }) => name === 'trial.progressed');
  const stopped = await open.client.call('experiment.stop', { experiment: id });
  expect(stopped).toMatchObject({ state: 'stopped', counts: { cancelled: 6 } });
  expect(stopped.finishedAt).not.toBeNull();
  await expect(open.client.call('experiment.resume', { experiment: id })).rejects.toThrow('stopped for good');
});

it('pauses with the sentence of a queue that can train nothing', async () => {
  const queue = new ScriptedQueue({
    onTrain: () => {
      throw new WorkbenchError('unavailable', 'No trainer starts: see the doctor.');
    },
  });
  const open = await openSetting(newSetting(), queue);
  const { id } = await open.client.call('experiment.create', { config: smallConfig() });
  expect(await open.rest(id)).toMatchObject({ state: 'paused', message: 'No trainer starts: see the doctor.' });
});

it('accounts for its own cost', async () => {
  const { experiment } = await runSearch(smallConfig(), new ScriptedQueue({ stepMs: () => 5 }));
  expect(experiment.overheadMs).toBeGreaterThan(0);
  expect(experiment.overheadMs).toBeLessThan(experiment.runningMs);
});

it('tells progress four times a second at most', async () => {
  let elapsedMs = 0;
  const clock = { now: () => new Date(), monotonicMs: () => elapsedMs };
  const queue = new ScriptedQueue({
    steps: 100,
    checkpointSteps: 1000,
    stepMs: () => {
      elapsedMs += 10;
      return 0;
    },
  });
  const open = await openSetting(newSetting(), queue, { clock });
  const config = smallConfig({ strategy: { ...RANDOM, batchSize: 1 }, budget: { trials: 1, timeLimitMs: 0 } });
  const { id } = await open.client.call('experiment.create', { config });
  await open.rest(id);
  const told = open.events.filter(({ name }) => name === 'trial.progressed');
  expect(told.map(({ payload }) => ('step' in payload ? payload.step : null))).toEqual([1, 26, 51, 76]);
});
