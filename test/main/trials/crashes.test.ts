import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import type { TrainerHost } from '../../../src/main/trials/trainer-host.ts';
import type { TrainerPool } from '../../../src/main/trials/trainer-pool.ts';
import type { FaultKind } from './scripted-training.ts';
import { childPids, hashOf, openPool, Recorder, scriptedTask } from './scripted-trials.ts';

const CALM = { steps: 40, stepMs: 2 };
let pools: TrainerPool[] = [];

function open(limits: Parameters<typeof openPool>[0] = {}) {
  const opened = openPool(limits);
  pools.push(opened.pool);
  return opened;
}

afterEach(async () => {
  await Promise.all(pools.map((pool) => pool.close()));
  pools = [];
});

let calm: string | null = null;

async function calmHash(): Promise<string | null> {
  calm ??= hashOf(await open().pool.train(scriptedTask(99, CALM), new Recorder()));
  return calm;
}

describe('A trial whose trainer dies', () => {
  const kinds: FaultKind[] = ['abort', 'segv', 'exit', 'heap', 'native', 'hang'];
  it.each(kinds)('goes on by itself after %s and ends with the weights of a calm training', async (kind) => {
    const { pool, told } = open({ limits: { progressWithinMs: 1500 } });
    const hooks = new Recorder();
    const fault = { kind, step: 12, times: 1 };
    const result = await pool.train(scriptedTask(1, { ...CALM, fault }), hooks);
    expect(hashOf(result)).toBe(await calmHash());
    expect(hooks.leases).toBe(2);
    // Steps 1 to 12, then again from the checkpoint of step 10.
    expect(hooks.checkpoints).toEqual([5, 10, 15, 20, 25, 30, 35, 40]);
    expect(told.join('\n')).toContain('The trial goes on from its last checkpoint');
  });

  it('ends as crashed when it dies three times at the same step, and the next one is trained', async () => {
    const { pool } = open();
    const hooks = new Recorder();
    const fault = { kind: 'segv', step: 12, times: 5 } as const;
    const result = await pool.train(scriptedTask(1, { ...CALM, fault }), hooks);
    expect(result).toMatchObject({ outcome: { kind: 'failed', reason: 'crashed' } });
    expect(hooks.leases).toBe(3);
    expect(await pool.train(scriptedTask(2, CALM), new Recorder())).toMatchObject({ outcome: { kind: 'completed' } });
  });

  it('may die often while it makes progress in between', async () => {
    const { pool } = open();
    const hooks = new Recorder();
    let kills = 0;
    hooks.onProgress = (step) => {
      if (step < 10 * (kills + 1) || kills >= 5) return;
      kills++;
      for (const pid of childPids()) process.kill(pid, 'SIGKILL');
    };
    const result = await pool.train(scriptedTask(1, { steps: 100, stepMs: 15 }, 1), hooks);
    expect(result).toMatchObject({ outcome: { kind: 'completed' } });
    expect(kills).toBe(5);
    const undisturbed = await open().pool.train(scriptedTask(2, { steps: 100, stepMs: 0 }), new Recorder());
    expect(hashOf(result)).toBe(hashOf(undisturbed));
  });

  it('stops the search when hosts die over three different trials', async () => {
    const { pool } = open();
    const fault = { kind: 'abort', step: 3, times: 1 } as const;
    await pool.train(scriptedTask(1, { ...CALM, fault }), new Recorder());
    await pool.train(scriptedTask(2, { ...CALM, fault }), new Recorder());
    await expect(pool.train(scriptedTask(3, { ...CALM, fault }), new Recorder())).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('died over three different trials'),
    });
  });
});

describe('A trainer pool', () => {
  it('says why when no trainer starts', async () => {
    const { pool } = open({
      launcher: { maximumHosts: 1, launch: brokenHost },
    });
    await expect(pool.train(scriptedTask(1, CALM), new Recorder())).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('No trainer starts'),
    });
  });

  it('replaces a host after its share of trials and leaves no process behind', async () => {
    const { pool } = open({ limits: { recycleAfterTrials: 2 } });
    const pids = new Set<number>();
    for (let trial = 1; trial <= 5; trial++) {
      const hooks = new Recorder();
      hooks.onProgress = () => {
        for (const pid of childPids()) pids.add(pid);
      };
      await pool.train(scriptedTask(trial, CALM), hooks);
    }
    expect(pids.size).toBeGreaterThanOrEqual(3);
    await pool.close();
    expect(childPids()).toEqual([]);
  });

  it('trains several trials side by side, each in a host of its own', async () => {
    const { pool } = open();
    const script = { steps: 40, stepMs: 10 };
    const trials = [1, 2, 3].map((trial) => pool.train(scriptedTask(trial, script), new Recorder()));
    await expect.poll(() => childPids().length).toBe(3);
    const hashes = (await Promise.all(trials)).map(hashOf);
    expect(new Set(hashes)).toEqual(new Set([await calmHash()]));
  });

  it.runIf(process.platform === 'linux')('never loads libtensorflow into the process that owns it', async () => {
    const { pool } = open();
    await pool.train(scriptedTask(1, CALM), new Recorder());
    expect(readFileSync('/proc/self/maps', 'utf8')).not.toContain('libtensorflow');
  });
});

function brokenHost(): TrainerHost {
  return {
    pid: null,
    send: () => undefined,
    onEvent: () => undefined,
    onDeath: (listener) => void setTimeout(() => listener({ kind: 'exit', code: 1, error: 'no TensorFlow' }), 1),
    kill: () => undefined,
  };
}
