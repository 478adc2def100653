import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { randomUnit } from '../../../src/shared/random.ts';
import { LARGE_BATCH, smallConfig } from '../workbench/small-project.ts';
import { ScriptedQueue, shortOfMemory } from './scripted-queue.ts';
import {
  newSetting,
  openSetting,
  resultsOf,
  runSearch,
  type Setting,
  strategyDigest,
  trialsOf,
} from './search-setting.ts';

const PROGRAM = join(import.meta.dirname, 'killed-search.ts');
const KILLS = 20;

/** Starts the program and kills it so long after its project is open; false when it came to its end before. */
async function runAndKill(setting: Setting, killAfterMs: number, ...wishes: string[]): Promise<boolean> {
  const { projectFolder, home } = setting;
  const child = spawn(process.execPath, [PROGRAM, projectFolder, home, ...wishes], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  await Promise.race([once(child.stdout, 'data'), ended]);
  await Promise.race([setTimeout(killAfterMs), ended]);
  child.kill('SIGKILL');
  const [code, signal] = await ended;
  if (signal === null) expect(code).toBe(0);
  return signal === 'SIGKILL';
}

/** How long an undisturbed search takes here and now, from the open project to its end. Milliseconds. */
async function measure({ projectFolder, home }: Setting, ...wishes: string[]): Promise<number> {
  const child = spawn(process.execPath, [PROGRAM, projectFolder, home, ...wishes], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  await once(child.stdout, 'data');
  const start = performance.now();
  await ended;
  return performance.now() - start;
}

it(`ends bit for bit like the undisturbed search when its process is killed at ${KILLS} random moments`, async () => {
  const calm = await runSearch(smallConfig(), new ScriptedQueue({ steps: 12, checkpointSteps: 2 }));
  let durationMs = await measure(newSetting());
  let kills = 0;
  const standings = new Set<string>();
  for (let round = 0; kills < KILLS; round++) {
    expect(round).toBeLessThan(2 * KILLS);
    const setting = newSetting();
    if (await runAndKill(setting, randomUnit(5, round) * durationMs)) kills++;
    // Measured on a busier machine than it is now.
    else durationMs *= 0.8;
    const open = await openSetting(setting, new ScriptedQueue({ steps: 12 }));
    const [found] = await open.client.call('experiment.list', {});
    standings.add(JSON.stringify(found?.counts));
    const [id] = open.workbench.interrupted;
    if (id === undefined && !found) await open.client.call('experiment.create', { config: smallConfig() });
    if (id !== undefined) await open.client.call('experiment.resume', { experiment: id });
    expect(await open.rest(1)).toMatchObject({ state: 'completed' });
    const trials = await trialsOf(open.client, 1);
    await open.close();
    expect(resultsOf(trials), `killed in round ${round}`).toEqual(resultsOf(calm.trials));
    expect(strategyDigest(setting, 1), `killed in round ${round}`).toBe(calm.strategy);
  }
  // The moments were spread over the search, not bunched at its ends.
  expect(standings.size).toBeGreaterThanOrEqual(4);
}, 900_000);

it('goes on with the batch that it had, where it was killed while trials ran out of memory', async () => {
  const script = { steps: 12, checkpointSteps: 2, outcome: shortOfMemory };
  const calm = await runSearch(LARGE_BATCH, new ScriptedQueue(script));
  expect(calm.trials.map(({ reducedBatchSize }) => reducedBatchSize)).toEqual([null, 16, null, 16, 8, 16]);
  expect(calm.trials.map(({ attempts }) => attempts)).toEqual([1, 2, 1, 2, 3, 2]);
  const durationMs = await measure(newSetting(), 'memory');
  let inSmaller = 0;
  for (let round = 0; inSmaller < 2; round++) {
    expect(round).toBeLessThan(30);
    const setting = newSetting();
    await runAndKill(setting, randomUnit(7, round) * durationMs, 'memory');
    const open = await openSetting(setting, new ScriptedQueue(script));
    const left = (await open.client.call('experiment.list', {})).length > 0 ? await trialsOf(open.client, 1) : [];
    if (left.some(({ state, reducedBatchSize }) => state === 'running' && reducedBatchSize !== null)) {
      inSmaller++;
      await open.client.call('experiment.resume', { experiment: 1 });
      expect(await open.rest(1)).toMatchObject({ state: 'completed', counts: { completed: 5, failed: 1 } });
      const trials = await trialsOf(open.client, 1);
      expect(resultsOf(trials), `killed in round ${round}`).toEqual(resultsOf(calm.trials));
      expect(trials.map(({ reducedBatchSize }) => reducedBatchSize)).toEqual([null, 16, null, 16, 8, 16]);
    }
    await open.close();
  }
}, 300_000);

it('goes on with a search that was killed in the middle of repeats, and with these', async () => {
  const config = smallConfig({ trialsAtOnce: 2 });
  const calm = await runSearch(config, new ScriptedQueue({ steps: 12, checkpointSteps: 2 }));
  const durationMs = await measure(newSetting());
  let inRepeats = 0;
  for (let round = 0; inRepeats < 2; round++) {
    expect(round).toBeLessThan(30);
    const setting = newSetting();
    await runAndKill(setting, (0.2 + 0.8 * randomUnit(6, round)) * durationMs, 'repeats');
    const open = await openSetting(setting, new ScriptedQueue({ steps: 12 }));
    const [found] = await open.client.call('experiment.list', {});
    const left = found ? (await trialsOf(open.client, 1)).filter(({ batch }) => batch === null) : [];
    if (!left.some(({ state }) => state === 'running')) {
      await open.close();
      continue;
    }
    inRepeats++;
    await open.client.call('experiment.resume', { experiment: 1 });
    expect(await open.rest(1)).toMatchObject({ state: 'completed', counts: { completed: 6 } });
    const trials = await trialsOf(open.client, 1);
    await open.close();
    const repeats = trials.filter(({ batch }) => batch === null);
    expect(repeats.map(({ state }) => state)).toEqual(['completed', 'completed']);
    const own = trials.filter(({ batch }) => batch !== null);
    const results = resultsOf(own).map((result, index) => ({ ...result, trial: index + 1 }));
    expect(results, `killed in round ${round}`).toEqual(resultsOf(calm.trials));
  }
}, 300_000);
