import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, renameSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { ScriptedQueue } from '../search/scripted-queue.ts';
import {
  newSetting,
  openSetting,
  resultsOf,
  runSearch,
  type Setting,
  strategyDigest,
  trialsOf,
} from '../search/search-setting.ts';
import { smallConfig, writeSmallDataset } from './small-project.ts';

const PROGRAM = join(import.meta.dirname, '..', 'search', 'killed-search.ts');

/** Ends in the middle of a search, without a word. */
async function killedSetting(): Promise<Setting> {
  for (let round = 0; ; round++) {
    const setting = newSetting();
    const { projectFolder, home } = setting;
    const child = spawn(process.execPath, [PROGRAM, projectFolder, home], { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(child, 'exit');
    await once(child.stdout, 'data');
    // Until the first trial has saved something.
    while (!existsSync(join(projectFolder, 'checkpoints', 'run-1')) && child.exitCode === null) await setTimeout(5);
    child.kill('SIGKILL');
    const [, signal] = (await ended) as [number | null, NodeJS.Signals | null];
    if (signal === 'SIGKILL') return setting;
    expect(round).toBeLessThan(5);
  }
}

/** Gives the file other bytes at the same size and time of modification, and returns those that it had. */
function overwrite(file: string): Buffer {
  const whole = readFileSync(file);
  const other = Buffer.from(whole);
  other[0]! ^= 255;
  put(file, other);
  return whole;
}

function put(file: string, bytes: Buffer): void {
  const { atime, mtime } = statSync(file);
  writeFileSync(`${file}.other`, bytes);
  renameSync(`${file}.other`, file);
  utimesSync(file, atime, mtime);
}

it('does not go on from a kill with overwritten bytes, and once they are back ends as if nothing had been', async () => {
  const calm = await runSearch(smallConfig(), new ScriptedQueue({ steps: 12, checkpointSteps: 2 }));
  for (const name of ['train-images.bin', 'train-labels.bin']) {
    const setting = await killedSetting();
    const file = join(setting.home, 'datasets', 'small', name);
    const whole = overwrite(file);
    const queue = new ScriptedQueue({ steps: 12 });
    const { client, workbench, rest, close } = await openSetting(setting, queue);
    expect(workbench.interrupted).toEqual([1]);
    await expect(client.call('experiment.resume', { experiment: 1 })).rejects.toMatchObject({
      code: 'corrupt',
      message: expect.stringContaining(`${name} does not hold what its manifest says`),
    });
    expect(queue.tries).toEqual([]);
    expect(await client.call('experiment.get', { experiment: 1 })).toMatchObject({ state: 'paused' });
    put(file, whole);
    await client.call('experiment.resume', { experiment: 1 });
    expect(await rest(1)).toMatchObject({ state: 'completed' });
    expect(resultsOf(await trialsOf(client, 1))).toEqual(resultsOf(calm.trials));
    await close();
    expect(strategyDigest(setting, 1)).toBe(calm.strategy);
  }
}, 120_000);

it('begins nothing on overwritten bytes: no search, no repeat, no twin, no estimate', async () => {
  const setting = newSetting();
  const queue = new ScriptedQueue();
  const { client, rest } = await openSetting(setting, queue);
  const { id } = await client.call('experiment.create', { config: smallConfig() });
  await rest(id);
  const begun = queue.tries.length;
  const whole = overwrite(join(setting.home, 'datasets', 'small', 'test-images.bin'));
  const refusal = { code: 'corrupt', message: expect.stringContaining('test-images.bin') };
  const config = smallConfig({ name: 'another' });
  await expect(client.call('experiment.create', { config })).rejects.toMatchObject(refusal);
  await expect(client.call('trial.repeat', { experiment: id, trial: 1, times: 1 })).rejects.toMatchObject(refusal);
  await expect(client.call('experiment.twin', { experiment: id })).rejects.toMatchObject(refusal);
  await expect(client.call('experiment.estimate', { config })).rejects.toMatchObject(refusal);
  expect(queue.tries).toHaveLength(begun);
  expect(await client.call('experiment.list', {})).toHaveLength(1);
  put(join(setting.home, 'datasets', 'small', 'test-images.bin'), whole);
  expect(await client.call('trial.repeat', { experiment: id, trial: 1, times: 1 })).toHaveLength(1);
  expect(await rest(id)).toMatchObject({ state: 'completed', repeats: { queued: 0, running: 0 } });
});

it('does not go on with another data set of the same name, whole as it may be', async () => {
  const setting = newSetting();
  const { client, heard } = await openSetting(setting, new ScriptedQueue({ stepMs: () => 3 }));
  const { id } = await client.call('experiment.create', { config: smallConfig() });
  await heard(({ name }) => name === 'epoch.added');
  await client.call('experiment.pause', { experiment: id });
  writeSmallDataset(setting.home, 8);
  await expect(client.call('experiment.resume', { experiment: id })).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('is not the one that experiment 1 was begun with'),
  });
});

it('starts one search where two ask for it while the data is still being read', async () => {
  const setting = await killedSetting();
  const { client, rest } = await openSetting(setting, new ScriptedQueue({ steps: 12 }));
  const resume = () => client.call('experiment.resume', { experiment: 1 });
  expect(await Promise.all([resume(), resume(), resume()])).toMatchObject([{ state: 'running' }, {}, {}]);
  expect(await rest(1)).toMatchObject({ state: 'completed', counts: { completed: 6 } });
});
