import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import {
  PROCEDURES,
  type ProcedureName,
  type ProcedureOutput,
  type ProcedureRequest,
} from '../../../src/shared/contract.ts';
import { STRATEGY_DEFAULTS } from '../../../src/shared/records/strategy.ts';
import type { WorkbenchClient } from '../../../src/shared/rpc/client.ts';
import { NASNET_A } from '../../../src/shared/search-space/cells.ts';
import { ScriptedQueue } from '../search/scripted-queue.ts';
import { newSetting, openSetting, resultsOf, runSearch, strategyDigest, trialsOf } from '../search/search-setting.ts';
import { smallConfig } from './small-project.ts';

/** Calls and parses the answer by the contract, which only tests do. */
async function ask<P extends ProcedureName>(
  client: WorkbenchClient,
  procedure: P,
  input: ProcedureRequest<P>,
): Promise<ProcedureOutput<P>> {
  const output = await client.call(procedure, input);
  expect(PROCEDURES[procedure].output.safeParse(output).error).toBeUndefined();
  return output;
}

it('answers every procedure of a project as the contract says', async () => {
  const { client, rest, heard } = await openSetting(newSetting(), new ScriptedQueue({ stepMs: () => 2 }));
  expect(await ask(client, 'experiment.list', {})).toEqual([]);
  const { id } = await ask(client, 'experiment.create', { config: smallConfig() });
  const experiment = { experiment: id };
  await ask(client, 'experiment.pause', experiment);
  await ask(client, 'experiment.change', { ...experiment, trialsAtOnce: 1 });
  await ask(client, 'experiment.resume', experiment);
  await rest(id);
  expect(await ask(client, 'experiment.get', experiment)).toMatchObject({
    state: 'completed',
    config: { trialsAtOnce: 1 },
  });
  expect(await ask(client, 'experiment.list', {})).toHaveLength(1);
  const sort = { column: 'reward', isAscending: false } as const;
  const query = { ...experiment, mode: 'trials', filter: '', sort, isTrash: false } as const;
  const { total, rows } = await ask(client, 'leaderboard.read', { ...query, offset: 0, limit: 10 });
  const trials = rows.map(({ trial }) => trial);
  expect(total).toBe(6);
  expect(trials.map(({ reward }) => reward)).toEqual(
    trials.map(({ reward }) => reward).toSorted((a, b) => (b ?? 0) - (a ?? 0)),
  );
  expect(await ask(client, 'trial.get', { ...experiment, trial: trials[0]!.trial })).toEqual(trials[0]);
  expect(await ask(client, 'trial.epochs', { ...experiment, trial: trials[0]!.trial })).toHaveLength(2);
  expect(await ask(client, 'controller.updates', experiment)).toHaveLength(3);
  expect(await ask(client, 'dataset.list', {})).toMatchObject([{ name: 'small' }]);
  expect(await ask(client, 'dataset.samples', { name: 'small' })).toMatchObject([{ label: 0, height: 8, width: 8 }]);
  await expect(client.call('dataset.samples', { name: 'none' })).rejects.toMatchObject({ code: 'not_found' });
  const again = await ask(client, 'experiment.create', { config: smallConfig() });
  await heard(
    ({ name, payload }) => name === 'trial.changed' && 'experiment' in payload && payload.experiment === again.id,
  );
  await ask(client, 'trial.cancel', { experiment: again.id, trial: 1 });
  await ask(client, 'experiment.stop', { experiment: again.id });
});

it('describes a network without building it', async () => {
  const { client } = await openSetting(newSetting(), new ScriptedQueue());
  const scale = {
    stem: 'cifar',
    normalRepeats: 6,
    filters: 32,
    height: 32,
    width: 32,
    channels: 3,
    classes: 10,
    auxiliary: false,
    skipReductionInput: false,
  } as const;
  // The paper's 6 @ 768: 3.3 M parameters; the exact count is the released code's.
  expect(await ask(client, 'model.describe', { architecture: NASNET_A, scale })).toMatchObject({
    trainableParameters: 3_346_538,
    totalParameters: 3_383_786,
    multiplyAdds: 544_333_312,
  });
});

it('refuses what is not there or does not fit, in a sentence, and stores nothing of it', async () => {
  const { client } = await openSetting(newSetting(), new ScriptedQueue());
  const create = (changes: Parameters<typeof smallConfig>[0]) =>
    client.call('experiment.create', { config: smallConfig(changes) });
  await expect(create({ dataset: 'missing' })).rejects.toMatchObject({ code: 'not_found' });
  await expect(create({ strategy: { ...STRATEGY_DEFAULTS.evolution, initial: [NASNET_A] } })).rejects.toMatchObject({
    code: 'invalid_input',
  });
  await expect(create({ seed: 0 })).rejects.toMatchObject({ code: 'invalid_input' });
  expect(await client.call('experiment.list', {})).toEqual([]);
  for (const procedure of ['experiment.get', 'experiment.pause', 'experiment.resume', 'experiment.stop'] as const) {
    await expect(client.call(procedure, { experiment: 7 })).rejects.toMatchObject({
      code: 'not_found',
      message: 'This project has no experiment 7.',
    });
  }
  await expect(client.call('controller.updates', { experiment: 7 })).rejects.toMatchObject({ code: 'not_found' });
  await expect(client.call('trial.epochs', { experiment: 7, trial: 1 })).rejects.toMatchObject({ code: 'not_found' });
});

it('refuses to begin a search, and pauses one, when the disk has too little room', async () => {
  const setting = newSetting();
  const full = await openSetting(setting, new ScriptedQueue(), { freeBytes: () => 100 * 2 ** 20 });
  await expect(full.client.call('experiment.create', { config: smallConfig() })).rejects.toMatchObject({
    code: 'disk_full',
    message: expect.stringContaining('has 100 MB left and a search needs 256 MB: make room, then resume.'),
  });
  await full.close();

  let free = 2 ** 40;
  const queue = new ScriptedQueue({
    onTrain: ({ trial }) => {
      if (trial === 3) free = 0;
    },
  });
  const filling = await openSetting(setting, queue, { freeBytes: () => free });
  const { id } = await filling.client.call('experiment.create', { config: smallConfig({ trialsAtOnce: 1 }) });
  expect(await filling.rest(id)).toMatchObject({
    state: 'paused',
    message: expect.stringContaining('make room, then resume'),
    counts: { completed: 3, queued: 1 },
  });
  free = 2 ** 40;
  await filling.client.call('experiment.resume', { experiment: id });
  expect(await filling.rest(id)).toMatchObject({ state: 'completed', counts: { completed: 6 } });
});

it('fails a search on a bug of ours, logs it whole, and goes on when it is resumed', async () => {
  const setting = newSetting();
  let isBroken = true;
  const queue = new ScriptedQueue({
    onTrain: () => {
      if (isBroken) throw new TypeError('undefined is not a function, as the saying goes');
    },
  });
  const { client, rest } = await openSetting(setting, queue);
  const { id } = await client.call('experiment.create', { config: smallConfig() });
  expect(await rest(id)).toMatchObject({
    state: 'failed',
    message: 'Something went wrong inside Cellwright; the log has the details.',
  });
  const log = readFileSync(join(setting.projectFolder, 'log', 'cellwright.log'), 'utf8');
  expect(log).toContain('as the saying goes');
  expect(log).toContain('scripted-queue.ts');
  isBroken = false;
  await client.call('experiment.resume', { experiment: id });
  expect(await rest(id)).toMatchObject({ state: 'completed' });
});

it('runs two experiments at the same time without a mix-up', async () => {
  const queue = new ScriptedQueue({ stepMs: () => 1 });
  const { client, rest } = await openSetting(newSetting(), queue);
  const one = await client.call('experiment.create', { config: smallConfig() });
  const two = await client.call('experiment.create', { config: smallConfig({ seed: 12 }) });
  await client.call('experiment.pause', { experiment: one.id });
  expect(await rest(two.id)).toMatchObject({ state: 'completed', counts: { completed: 6 } });
  expect(await client.call('experiment.get', { experiment: one.id })).toMatchObject({ state: 'paused' });
});

it('tells that a backup took the place of a damaged database', async () => {
  const setting = newSetting();
  const first = await openSetting(setting, new ScriptedQueue());
  const { id } = await first.client.call('experiment.create', { config: smallConfig() });
  await first.rest(id);
  await first.close();
  mkdirSync(setting.projectFolder, { recursive: true });
  writeFileSync(join(setting.projectFolder, 'cellwright.db'), 'not any more');
  const second = await openSetting(setting, new ScriptedQueue());
  const log = readFileSync(join(setting.projectFolder, 'log', 'cellwright.log'), 'utf8');
  expect(log).toContain("The project's database was damaged.");
  expect(await second.client.call('experiment.get', { experiment: id })).toMatchObject({ state: 'completed' });
});

const LIMITED = join(import.meta.dirname, '..', 'search', 'killed-search.ts');

it('pauses with a sentence when a write finds the disk full, and loses nothing', async () => {
  const calm = await runSearch(smallConfig(), new ScriptedQueue({ steps: 12, checkpointSteps: 2 }));
  const setting = newSetting();
  // A limit on the size of files stands for the end of the disk; a snapshot of the controller is 2 MB, and there are four.
  const limited = `trap '' XFSZ; ulimit -f 3000; exec "$0" "$@"`;
  const { stdout } = await promisify(execFile)('bash', [
    '-c',
    limited,
    process.execPath,
    LIMITED,
    setting.projectFolder,
    setting.home,
  ]);
  expect(stdout).toMatch(/^rests: paused, .*(is full|could not be written)/m);

  const open = await openSetting(setting, new ScriptedQueue({ steps: 12, checkpointSteps: 2 }));
  const [found] = await open.client.call('experiment.list', {});
  expect(found?.state).toBe('paused');
  expect(found?.counts.completed).toBeLessThan(6);
  await open.client.call('experiment.resume', { experiment: 1 });
  expect(await open.rest(1)).toMatchObject({ state: 'completed' });
  expect(resultsOf(await trialsOf(open.client, 1))).toEqual(resultsOf(calm.trials));
  await open.close();
  expect(strategyDigest(setting, 1)).toBe(calm.strategy);
});
