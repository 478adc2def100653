import { afterAll, describe, expect, it } from 'vitest';
import { processLauncher } from '../../src/main/trials/launch-process.ts';
import { threadLauncher } from '../../src/main/trials/launch-thread.ts';
import { utilityLauncher } from '../../src/main/trials/launch-utility.ts';
import { forkLikeElectron } from '../main/trials/electron-utility.ts';
import {
  hashOf,
  openPool,
  Recorder,
  removeRecordings,
  SCRIPTED_TRAINING,
  scriptedTask,
} from '../main/trials/scripted-trials.ts';

// What every kind of trainer host must do, whatever it is made of.
const CALM = { steps: 40, stepMs: 2 };
const warnings: string[] = [];

afterAll(removeRecordings);

for (const [name, launcher] of [
  ['a process', processLauncher()],
  ['a thread of this process', threadLauncher],
  ["a utility process of Electron's", utilityLauncher(forkLikeElectron)],
] as const) {
  describe(`A trainer host that is ${name}`, () => {
    const { pool, told } = openPool({ launcher });
    afterAll(async () => {
      await pool.close();
      warnings.push(...told.filter((message) => message.includes('in a thread of Cellwright')));
    });

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

    it.skipIf(launcher === threadLauncher)('survives a crash of native code and goes on', async () => {
      const fault = { kind: 'native', step: 12, times: 1 } as const;
      const hooks = new Recorder();
      expect(await pool.train(scriptedTask(9, { ...CALM, fault }), hooks)).toMatchObject({
        outcome: { kind: 'completed' },
      });
      expect(told.join()).toContain('crashed by SIGABRT: png_io.cc');
      expect(hooks.leases).toBe(2);
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
  it('trains one trial after the other, and refuses a second thread in this process', async () => {
    const { pool, told } = openPool({ launcher: threadLauncher });
    const order: string[] = [];
    const first = new Recorder();
    first.onProgress = (step) => {
      if (step > 1) return;
      order.push('first begins');
      expect(() => threadLauncher.launch({ environment: {}, trainingModule: SCRIPTED_TRAINING })).toThrow(
        'Only one trainer can be a thread of the workbench',
      );
    };
    const second = new Recorder();
    second.onProgress = (step) => step === 40 && order.push('second ends');
    await Promise.all([
      pool.train(scriptedTask(1, CALM), first).then(() => order.push('first ends')),
      pool.train(scriptedTask(2, CALM), second),
    ]);
    expect(order).toEqual(['first begins', 'first ends', 'second ends']);
    await pool.close();
    expect(told.join()).not.toContain('died');
  });

  it('says once that a crash closes the application', async () => {
    // The suite above started the first one, and heard it.
    expect(warnings).toEqual([expect.stringContaining('if TensorFlow crashes, Cellwright closes')]);
  });
});
