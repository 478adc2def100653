import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { sampleWork, searchRange, trialRange, workOf } from '../../../src/main/estimate/search-plan.ts';
import { PROCEDURES } from '../../../src/shared/contract.ts';
import { PRESETS } from '../../../src/shared/presets.ts';
import type { ExperimentConfig } from '../../../src/shared/records/experiment.ts';
import { STRATEGY_DEFAULTS } from '../../../src/shared/records/strategy.ts';
import { NASNET_A } from '../../../src/shared/search-space/cells.ts';
import { childScale } from '../../../src/shared/search-space/child-scale.ts';
import { cost } from '../../../src/shared/search-space/cost.ts';
import { planNetwork } from '../../../src/shared/search-space/plan-network.ts';
import { ScriptedQueue } from '../search/scripted-queue.ts';
import { newSetting, openSetting } from '../search/search-setting.ts';
import { smallConfig } from '../workbench/small-project.ts';

const CONFIG = smallConfig({ strategy: { ...STRATEGY_DEFAULTS.random, batchSize: 2 }, trialsAtOnce: 1 });

it('calibrates once, keeps it for all projects, and says so', async () => {
  const { home, projectFolder } = newSetting();
  const queue = new ScriptedQueue();
  const open = await openSetting({ home, projectFolder }, queue);
  const call = async () =>
    PROCEDURES['experiment.estimate'].output.parse(await open.client.call('experiment.estimate', { config: CONFIG }));
  const [first, second] = await Promise.all([call(), call()]);
  expect(queue.tries).toHaveLength(1);
  expect(second.trialMs).toEqual(first.trialMs);
  expect(first.basis).toMatch(/^a calibration of \d{4}-\d\d-\d\d \d\d:\d\d/);
  // The script's trainer says 1 ms of an epoch, which has 24 images as a trial's has, and 3 ms beside its two epochs.
  expect(first.trialMs.low).toBeGreaterThan(3 + 0.2 * 2);
  expect(first.trialMs.high).toBeLessThan(3 + 4 * 2);
  expect(first.trialMs.low).toBeLessThanOrEqual(first.trialMs.likely);
  expect(first.trialMs.likely).toBeLessThanOrEqual(first.trialMs.high);
  expect(await open.client.call('experiment.list', {})).toEqual([]);
  await open.close();

  const other = new ScriptedQueue();
  const again = await openSetting({ home, projectFolder: `${projectFolder}-2` }, other);
  expect(await again.client.call('experiment.estimate', { config: CONFIG })).toMatchObject({ basis: first.basis });
  expect(other.tries).toEqual([]);
  // Another batch size is another step.
  const recipe = { ...CONFIG.recipe, batchSize: 4 };
  await again.client.call('experiment.estimate', { config: { ...CONFIG, recipe } });
  expect(other.tries).toHaveLength(1);
});

it('measures anew what another version had measured in another way, and nothing else', async () => {
  const setting = newSetting();
  const queue = new ScriptedQueue();
  const open = await openSetting(setting, queue);
  const other = { ...CONFIG, recipe: { ...CONFIG.recipe, batchSize: 4 } };
  const estimate = async (config: ExperimentConfig) => await open.client.call('experiment.estimate', { config });
  const file = join(setting.home, 'calibrations.json');
  await estimate(CONFIG);
  // The file has the newest first, to the millisecond.
  await pause(5);
  const { basis } = await estimate(other);
  // As versions stored it that did not say how they had measured.
  const stored = Object.entries(JSON.parse(readFileSync(file, 'utf8')) as Record<string, { measuring?: string }>);
  expect(stored).toHaveLength(2);
  delete stored.at(-1)?.[1].measuring;
  writeFileSync(file, JSON.stringify(Object.fromEntries(stored)));
  expect(queue.tries).toHaveLength(2);
  await estimate(CONFIG);
  expect(queue.tries).toHaveLength(3);
  expect((await estimate(other)).basis).toBe(basis);
  expect(queue.tries).toHaveLength(3);
  expect(Object.keys(JSON.parse(readFileSync(file, 'utf8')))).toHaveLength(2);
});

it('rests on finished trials of the same kind where there are some', async () => {
  const open = await openSetting(newSetting(), new ScriptedQueue({ durationMs: 60_000 }));
  const { id } = await open.client.call('experiment.create', { config: CONFIG });
  await open.rest(id);
  const estimate = await open.client.call('experiment.estimate', { config: { ...CONFIG, seed: 99 } });
  expect(estimate).toMatchObject({
    basis: '6 trials of this project',
    trialMs: { low: 60_000, likely: 60_000, high: 60_000 },
    searchMs: { likely: 360_000 },
  });
});

it('does not take trials of another search space for trials of the same kind', async () => {
  const queue = new ScriptedQueue();
  const open = await openSetting(newSetting(), queue);
  const { id } = await open.client.call('experiment.create', { config: CONFIG });
  await open.rest(id);
  const larger = { ...CONFIG, space: { ...CONFIG.space, blocks: CONFIG.space.blocks + 3 } };
  const estimate = await open.client.call('experiment.estimate', { config: larger });
  expect(estimate.basis).toMatch(/^a calibration of/);
});

it("reckons memory where the calibrating trainer's own peak is not known, and counts the images once", async () => {
  const bytesWith = async (peakBytes: number | undefined) => {
    const open = await openSetting(newSetting(), new ScriptedQueue(peakBytes === undefined ? {} : { peakBytes }));
    return (await open.client.call('experiment.estimate', { config: CONFIG })).trainerBytes;
  };
  const { training, validation } = CONFIG.subset;
  const images = (training.most + validation.most) * 8 * 8 * 3;
  expect(await bytesWith(3e9)).toBe(3e9 + 3 * images);
  const reckoned = await bytesWith(undefined);
  expect(reckoned).toBeGreaterThan(400 * 2 ** 20);
  expect(reckoned).toBeLessThan(1e9);
});

it('is refused while trainers are busy, and can be cancelled', async () => {
  const open = await openSetting(newSetting(), new ScriptedQueue({ stepMs: () => 10 }));
  const { id } = await open.client.call('experiment.create', { config: CONFIG });
  await open.heard(({ name }) => name === 'trial.progressed');
  await expect(open.client.call('experiment.estimate', { config: CONFIG })).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining(`Experiment ${id} is being trained`),
  });
  await open.client.call('experiment.stop', { experiment: id });

  const slow = await openSetting(newSetting(), new ScriptedQueue({ stepMs: () => 200 }));
  const abort = new AbortController();
  const asked = slow.client.call('experiment.estimate', { config: CONFIG }, abort.signal);
  setTimeout(() => abort.abort(), 50);
  await expect(asked).rejects.toMatchObject({ code: 'cancelled' });
  expect((await slow.client.call('system.status', {})).trainers.busy).toBe(0);
});

it('reckons a search in rounds of its batches, and a child by its work', () => {
  const config = {
    ...PRESETS.quick.config,
    name: 'q',
    dataset: 'd',
    preset: 'quick',
    strategy: PRESETS.quick.strategies.ppo,
  };
  const budget = { trials: 12, timeLimitMs: 0 };
  // Batches of 5, 5 and 2, two at a time: 3 + 3 + 1 rounds.
  expect(searchRange([10, 10], { ...config, budget, trialsAtOnce: 2 })).toEqual({ low: 70, likely: 70, high: 70 });
  expect(searchRange([10, 10], { ...config, budget: { ...budget, timeLimitMs: 20 }, trialsAtOnce: 1 }).likely).toBe(30);
  expect(trialRange([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])).toEqual({ low: 2, likely: 6, high: 10 });

  const scale = childScale(config.scale, { height: 32, width: 32, channels: 3, classes: 10 });
  const unit = cost(planNetwork(NASNET_A, scale));
  expect(workOf(unit, unit)).toBe(1);
  const work = sampleWork(config.space, scale);
  expect(work).toHaveLength(40);
  expect(Math.min(...work)).toBeGreaterThan(0.2);
  expect(Math.max(...work)).toBeLessThan(4);
});
