import { afterAll, describe, expect, it } from 'vitest';
import { processLauncher } from '../../src/main/trials/launch-process.ts';
import { threadLauncher } from '../../src/main/trials/launch-thread.ts';
import { hashOf, openPool, Recorder, scriptedTask } from '../main/trials/scripted-trials.ts';

// What every kind of trainer host must do, whatever it is made of.
const CALM = { steps: 40, stepMs: 2 };

for (const [name, launcher] of [
  ['a process', processLauncher()],
  ['a thread of this process', threadLauncher],
] as const) {
  describe(`A trainer host that is ${name}`, () => {
    const { pool } = openPool({ launcher });
    afterAll(() => pool.close());

    it('trains to the outcome and tells steps, epochs and checkpoints in order', async () => {
      const hooks = new Recorder();
      const result = await pool.train(scriptedTask(1, CALM), hooks);
      expect(result).toMatchObject({ kind: 'finished', outcome: { kind: 'completed', reward: 0.5 } });
      expect(hooks.epochs).toEqual([1, 2, 3, 4]);
      expect(hooks.checkpoints).toEqual([5, 10, 15, 20, 25, 30, 35, 40]);
      expect(hooks.steps).toEqual([...hooks.steps].sort((a, b) => a - b));
      expect(hooks.steps.at(-1)).toBe(40);
    });

    it('ends a cancelled trial without a reward and takes the next one', async () => {
      const hooks = new Recorder();
      hooks.onProgress = () => pool.cancel(1, 2);
      const cancelled = await pool.train(scriptedTask(2, { steps: 4000, stepMs: 2 }), hooks);
      expect(cancelled).toMatchObject({ kind: 'finished', outcome: { kind: 'cancelled' }, weightsHash: null });
      const next = await pool.train(scriptedTask(3, CALM), new Recorder());
      expect(next).toMatchObject({ outcome: { kind: 'completed' } });
    });

    it('goes on from where it was suspended and ends with the weights of a calm training', async () => {
      const calm = await pool.train(scriptedTask(4, CALM), new Recorder());
      const hooks = new Recorder();
      hooks.onProgress = (step) => step > 10 && pool.suspend(1);
      const task = scriptedTask(5, { steps: 40, stepMs: 20 });
      expect(await pool.train(task, hooks)).toEqual({ kind: 'suspended' });
      expect(hooks.newest).not.toBeNull();
      hooks.onProgress = () => undefined;
      const result = await pool.train(task, hooks);
      expect(hashOf(result)).toBe(hashOf(calm));
      expect(hooks.leases).toBe(2);
    });

    it('lets a bug in one training cost that trial only', async () => {
      const fault = { kind: 'throw', step: 7, times: 1 } as const;
      const broken = await pool.train(scriptedTask(6, { ...CALM, fault }), new Recorder());
      expect(broken).toMatchObject({
        outcome: { kind: 'failed', reason: 'error', message: 'a bug in the training' },
      });
      expect(await pool.train(scriptedTask(7, CALM), new Recorder())).toMatchObject({ outcome: { kind: 'completed' } });
    });

    it('passes on what no host can do, such as writing to a full disk', async () => {
      const fault = { kind: 'refuse', step: 7, times: 1 } as const;
      await expect(pool.train(scriptedTask(8, { ...CALM, fault }), new Recorder())).rejects.toMatchObject({
        code: 'disk_full',
        message: 'The disk is full.',
      });
    });
  });
}

describe('The thread launcher', () => {
  it('refuses a second trainer in this process', async () => {
    const { pool } = openPool({ launcher: threadLauncher });
    const first = new Recorder();
    const isTraining = new Promise<void>((resolve) => {
      first.onProgress = () => resolve();
    });
    const one = pool.train(scriptedTask(1, { steps: 1000, stepMs: 2 }), first);
    await isTraining;
    await expect(pool.train(scriptedTask(2, CALM), new Recorder())).rejects.toThrow('Only one trainer');
    pool.cancel(1, 1);
    await one;
    await pool.close();
  });
});
