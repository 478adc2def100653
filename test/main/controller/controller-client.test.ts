import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { Controller } from '../../../src/main/controller/controller.ts';
import { ControllerClient } from '../../../src/main/controller/controller-client.ts';
import { STRATEGY_DEFAULTS } from '../../../src/shared/records/strategy.ts';
import { rewardOf, SMALL_SIZES } from './controller-setting.ts';

const CONFIG = { ...STRATEGY_DEFAULTS.ppo, hiddenUnits: 6 };

test('the controller in its thread gives the numbers of the controller itself', async () => {
  const own = new Controller(CONFIG, SMALL_SIZES, 1);
  const client = new ControllerClient(CONFIG, SMALL_SIZES, 1);
  try {
    const proposals = await client.ask(3);
    expect(proposals).toEqual(own.ask(3));
    const results = proposals.map((proposal) => ({ ...proposal, reward: rewardOf(proposal) }));
    const before = await client.snapshot();
    const report = own.tell(results);
    expect(await client.tell(results)).toEqual(report);
    await client.restore(before);
    expect(await client.tell(results)).toEqual(report);
    expect(await client.snapshot()).toEqual(own.snapshot());
  } finally {
    await client.close();
  }
});

test('a refusal arrives with its code and its sentence, and the thread goes on', async () => {
  const client = new ControllerClient(CONFIG, SMALL_SIZES, 1);
  try {
    await expect(client.restore(new Uint8Array(100))).rejects.toMatchObject({
      code: 'corrupt',
      message: expect.stringContaining('damaged'),
    });
    expect(await client.ask(1)).toHaveLength(1);
  } finally {
    await client.close();
  }
});

test('a crash of the thread is a clear error for those who wait and for those who come later', async () => {
  const client = new ControllerClient(CONFIG, SMALL_SIZES, 1);
  const lost = { code: 'internal', message: expect.stringContaining('The controller’s thread is gone') };
  const [crashing, waiting] = await Promise.allSettled([client.tell([null] as never), client.ask(1)]);
  expect(crashing).toMatchObject({ status: 'rejected', reason: lost });
  expect(waiting).toMatchObject({ status: 'rejected', reason: lost });
  await expect(client.ask(1)).rejects.toMatchObject(lost);
  await client.close();
});

test('closing refuses what is under way and what comes later', async () => {
  const client = new ControllerClient({ ...CONFIG, epochs: 1000 }, SMALL_SIZES, 1);
  const proposals = await client.ask(50);
  const under = client.tell(proposals.map((proposal) => ({ ...proposal, reward: rewardOf(proposal) })));
  const refused = expect(under).rejects.toMatchObject({ code: 'cancelled' });
  await client.close();
  await refused;
  await expect(client.ask(1)).rejects.toMatchObject({ code: 'cancelled' });
});

test('an idle controller that nobody closed does not keep the program alive', () => {
  const module = new URL('../../../src/main/controller/controller-client.ts', import.meta.url);
  const script = `
    const { ControllerClient } = await import(${JSON.stringify(module)});
    const client = new ControllerClient(${JSON.stringify(CONFIG)}, [2, 2], 1);
    console.log((await client.ask(2)).length);`;
  const { status, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { timeout: 20_000 });
  expect([status, stdout.toString()]).toEqual([0, '2\n']);
});
