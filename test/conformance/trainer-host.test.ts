import { afterAll, describe, expect, it } from 'vitest';
import { processLauncher } from '../../src/main/hosts/launch-process.ts';
import { threadLauncher } from '../../src/main/hosts/launch-thread.ts';
import { utilityLauncher } from '../../src/main/hosts/launch-utility.ts';
import { trainerProgram } from '../../src/main/hosts/trainer-program.ts';
import { forkLikeElectron } from '../main/hosts/electron-utility.ts';
import { hashOf, Recorder, removeRecordings, SCRIPTED_TRAINING, ScriptedRuns } from '../main/runs/scripted-runs.ts';

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
    const runs = new ScriptedRuns({ launcher });
    afterAll(async () => {
      await runs.close();
      warnings.push(...runs.told.filter((message) => message.includes('in a thread of Cellwright')));
    });

    it('trains to the outcome and tells steps, epochs and checkpoints in order', async () => {
      const owner = new Recorder();
      const result = await runs.train(CALM, owner);
      expect(result).toMatchObject({ outcome: { kind: 'completed', reward: 0.5 } });
      expect(owner.epochs).toEqual([1, 2, 3, 4]);
      expect(owner.checkpoints).toEqual([5, 10, 15, 20, 25, 30, 35, 40]);
      expect(owner.steps).toEqual([...owner.steps].sort((a, b) => a - b));
      expect(owner.steps.at(-1)).toBe(40);
    });

    it('ends a cancelled trial without a reward and takes the next one', async () => {
      const owner = new Recorder();
      owner.onProgress = () => runs.keeper.cancel(owner.run);
      const cancelled = await runs.train({ steps: 4000, stepMs: 2 }, owner);
      expect(cancelled).toMatchObject({ outcome: { kind: 'cancelled' }, weightsHash: null });
      const next = await runs.train(CALM, new Recorder(3));
      expect(next).toMatchObject({ outcome: { kind: 'completed' } });
    });

    it('goes on from where it was suspended and ends with the weights of a calm training', async () => {
      const calm = await runs.train(CALM, new Recorder(4));
      const owner = new Recorder();
      owner.onProgress = (step) => step > 10 && runs.keeper.suspend(owner.run);
      const run = runs.add();
      const script = { steps: 40, stepMs: 20 };
      expect(await runs.carryOut(run, owner, script)).toBe('suspended');
      expect(owner.checkpoints).not.toEqual([]);
      owner.onProgress = () => undefined;
      const result = await runs.carryOut(run, owner, script);
      expect(hashOf(result)).toBe(hashOf(calm));
      expect(owner.leases).toBe(2);
    });

    it('lets a bug in one training cost that trial only', async () => {
      const fault = { kind: 'throw', step: 7, times: 1 } as const;
      const broken = await runs.train({ ...CALM, fault }, new Recorder(6));
      expect(broken).toMatchObject({
        outcome: { kind: 'failed', reason: 'error', message: 'a bug in the training' },
      });
      expect(await runs.train(CALM, new Recorder(7))).toMatchObject({ outcome: { kind: 'completed' } });
    });

    it.skipIf(launcher === threadLauncher)('survives a crash of native code and goes on', async () => {
      const fault = { kind: 'native', step: 12, times: 1 } as const;
      const owner = new Recorder();
      expect(await runs.train({ ...CALM, fault }, owner)).toMatchObject({
        outcome: { kind: 'completed' },
      });
      expect(runs.told.join()).toContain('crashed by SIGABRT: png_io.cc');
      expect(owner.leases).toBe(2);
    });

    it('passes on what no host can do, such as writing to a full disk', async () => {
      const fault = { kind: 'refuse', step: 7, times: 1 } as const;
      await expect(runs.train({ ...CALM, fault }, new Recorder(8))).rejects.toMatchObject({
        code: 'disk_full',
        message: 'The disk is full.',
      });
    });
  });
}

describe('The thread launcher', () => {
  it('trains one trial after the other, and refuses a second thread in this process', async () => {
    const runs = new ScriptedRuns({ launcher: threadLauncher });
    const order: string[] = [];
    const first = new Recorder();
    first.onProgress = (step) => {
      if (step > 1) return;
      order.push('first begins');
      expect(() => threadLauncher.launch(trainerProgram(SCRIPTED_TRAINING), {})).toThrow(
        'Only one trainer can be a thread of the workbench',
      );
    };
    const second = new Recorder();
    second.onProgress = (step) => step === 40 && order.push('second ends');
    await Promise.all([runs.train(CALM, first).then(() => order.push('first ends')), runs.train(CALM, second)]);
    expect(order).toEqual(['first begins', 'first ends', 'second ends']);
    await runs.close();
    expect(runs.told.join()).not.toContain('died');
  });

  it('says once that a crash closes the application', async () => {
    // The suite above started the first one, and heard it.
    expect(warnings).toEqual([expect.stringContaining('if TensorFlow crashes, Cellwright closes')]);
  });
});
