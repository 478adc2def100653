import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { TrainerPool } from '../../../src/main/trials/trainer-pool.ts';
import { childPids, hashOf, openPool, Recorder, removeRecordings, scriptedTask } from './scripted-trials.ts';

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
  expect(childPids()).toEqual([]);
});

/** Trains one trial after the other; the process of each. */
async function trainInTurn(pool: TrainerPool, scripts: Parameters<typeof scriptedTask>[1][]): Promise<number[]> {
  const pids: number[] = [];
  for (const [index, script] of scripts.entries()) {
    const hooks = new Recorder();
    // A successor may be there as well, but later.
    hooks.onProgress = () => {
      pids[index] ??= childPids().at(-1) ?? 0;
    };
    await pool.train(scriptedTask(index + 1, script), hooks);
  }
  return pids;
}

afterAll(removeRecordings);

describe('A trainer pool', () => {
  it('trains one trial after the other in the same warm host', async () => {
    const { pool } = open();
    const pids = await trainInTurn(pool, [CALM, CALM, CALM]);
    expect(new Set(pids).size).toBe(1);
  });

  it('tells how much memory a trial took where its host had no other before, whatever the workbench holds', async () => {
    // Linux counts what this process held as the most that its children held.
    expect(Buffer.alloc(2 ** 30, 1).at(-1)).toBe(1);
    const large = { ...CALM, grow: { step: 5, bytes: 2 ** 29 } };
    const peaks = async (limits: { recycleAfterTrials: number }) => {
      const { pool } = open({ limits });
      const results = [];
      for (const [index, script] of [CALM, large, CALM].entries()) {
        results.push(await pool.train(scriptedTask(index + 1, script), new Recorder()));
      }
      return results.map((result) => (result.kind === 'finished' ? (result.peakBytes ?? 0) : -1));
    };
    const [calm = 0, grown = 0, again = 0] = await peaks({ recycleAfterTrials: 1 });
    expect(calm).toBeGreaterThan(30e6);
    expect(calm).toBeLessThan(2 ** 29);
    expect(grown).toBeGreaterThan(2 ** 29);
    expect(grown).toBeLessThan(2 ** 30);
    expect(again).toBeLessThan(2 ** 29);
    expect((await peaks({ recycleAfterTrials: 25 })).slice(1)).toEqual([0, 0]);
  });

  it('takes a fresh host after memory ran out, and not after a loss that is no number', async () => {
    const { pool } = open();
    const pids = await trainInTurn(pool, [
      { ...CALM, outcome: 'nan_loss' },
      { ...CALM, outcome: 'out_of_memory' },
      CALM,
    ]);
    expect(pids[0]).toBe(pids[1]);
    expect(pids[2]).not.toBe(pids[1]);
  });

  it('trains a trial whose memory ran out again, when the host that ran out is gone, as often as it is wanted', async () => {
    const { pool } = open();
    const hooks = new Recorder();
    hooks.retries = 2;
    const alive: number[][] = [];
    hooks.onLease = () => alive.push(childPids());
    const end = await pool.train(scriptedTask(1, { ...CALM, outcome: 'out_of_memory' }, 0), hooks);
    expect(end).toMatchObject({ outcome: { kind: 'failed', reason: 'out_of_memory' } });
    expect(alive.map((pids) => pids.length)).toEqual([1, 1, 1]);
    expect(new Set(alive.flat()).size).toBe(3);
    expect(hooks.losses).toEqual([]);
  });

  it.each([
    ['cancelled', (pool: TrainerPool) => pool.cancel(1, 1), { outcome: { kind: 'cancelled' } }],
    ['suspended', (pool: TrainerPool) => pool.suspend(1), { kind: 'suspended' }],
  ] as const)('leaves a trial alone that is %s while its memory runs out', async (_word, ask, expected) => {
    const { pool } = open();
    const hooks = new Recorder();
    hooks.ranOutOfMemory = () => {
      ask(pool);
      return true;
    };
    const end = await pool.train(scriptedTask(1, { ...CALM, outcome: 'out_of_memory' }), hooks);
    expect(end).toMatchObject(expected);
    expect(hooks.leases).toBe(1);
  });

  it('asks for no smaller batch where memory ran out in a trial that was cancelled already', async () => {
    const { pool } = open();
    const hooks = new Recorder();
    hooks.retries = 2;
    // With its last step: the trainer has no step left in which it would hear of it.
    const script = { steps: 3, stepMs: 200, outcome: 'out_of_memory' } as const;
    hooks.onProgress = (step) => {
      if (step === script.steps) pool.cancel(1, 1);
    };
    const end = await pool.train(scriptedTask(1, script), hooks);
    expect(end).toMatchObject({ outcome: { kind: 'cancelled' } });
    expect([hooks.leases, hooks.retries]).toEqual([1, 2]);
    expect(hooks.losses).toEqual(['Its memory ran out as it was cancelled.']);
  });

  it('moves a trial whose host has grown too large into a fresh one, without losing a step', async () => {
    const { pool } = open({ limits: { residentBytes: 1 } });
    // The host that it comes into would be too large as well; it stays, as a third would be no smaller.
    const hooks = new Recorder();
    const script = { steps: 60, stepMs: 50, grow: { step: 25, bytes: 2 ** 30 } };
    const result = await pool.train(scriptedTask(1, script, 1000), hooks);
    expect(hooks.leases).toBe(2);
    const [moved = 0] = hooks.checkpoints;
    expect(moved).toBeGreaterThanOrEqual(25);
    expect(moved).toBeLessThan(60);
    expect(hooks.checkpoints).toEqual([moved]);
    expect(hooks.steps).toEqual([...new Set(hooks.steps)].sort((a, b) => a - b));
    const calm = await open().pool.train(scriptedTask(1, { steps: 60, stepMs: 0 }), new Recorder());
    expect(hashOf(result)).toBe(hashOf(calm));
  });

  it('moves a trial whose host is told to end, without losing a step', async () => {
    const { pool } = open();
    const hooks = new Recorder();
    let isTold = false;
    hooks.onProgress = (step) => {
      if (isTold || step < 10) return;
      isTold = true;
      for (const pid of childPids()) process.kill(pid, 'SIGTERM');
    };
    const result = await pool.train(scriptedTask(1, { steps: 40, stepMs: 20 }, 1000), hooks);
    expect(result).toMatchObject({ outcome: { kind: 'completed' } });
    expect(hooks.leases).toBe(2);
    expect(hooks.steps).toEqual([...new Set(hooks.steps)].sort((a, b) => a - b));
  });

  it('ends a trial that does not heed a cancellation', async () => {
    const { pool } = open({ limits: { stopWithinMs: 500 } });
    const hooks = new Recorder();
    const fault = { kind: 'busy', step: 3, times: 1 } as const;
    hooks.onProgress = () => setTimeout(() => pool.cancel(1, 1), 100);
    const askedAt = performance.now();
    const result = await pool.train(scriptedTask(1, { ...CALM, fault }), hooks);
    expect(result).toMatchObject({ outcome: { kind: 'cancelled' }, weightsHash: null });
    expect(performance.now() - askedAt).toBeLessThan(20_000);
  });

  it('saves what runs when it is closed, and leaves what waits', async () => {
    const { pool } = open();
    const running = new Recorder();
    const started = new Promise<void>((resolve) => {
      running.onProgress = () => resolve();
    });
    const one = pool.train(scriptedTask(1, { steps: 10_000, stepMs: 2 }, 1_000_000), running);
    await started;
    const waiting = new Recorder();
    const two = pool.train(scriptedTask(2, CALM), waiting);
    await pool.close();
    expect(await one).toEqual({ kind: 'suspended' });
    expect(await two).toEqual({ kind: 'suspended' });
    expect(running.checkpoints).toHaveLength(1);
    expect(waiting.leases).toBe(0);
  });

  it('lets a host go that has had nothing to do for a while', async () => {
    const { pool } = open({ limits: { idleForMs: 200 } });
    await pool.train(scriptedTask(1, CALM), new Recorder());
    expect(childPids()).toHaveLength(1);
    await expect.poll(() => childPids(), { timeout: 5000 }).toEqual([]);
    expect(await pool.train(scriptedTask(2, CALM), new Recorder())).toMatchObject({ outcome: { kind: 'completed' } });
  });

  it('suspends the trials of one experiment and lets those of another go on', async () => {
    const { pool } = open();
    const hooks = new Recorder();
    hooks.onProgress = () => pool.suspend(1);
    const other = { ...scriptedTask(1, { steps: 100, stepMs: 5 }), experiment: 2 };
    const [one, two] = await Promise.all([
      pool.train(scriptedTask(1, { steps: 10_000, stepMs: 5 }), hooks),
      pool.train(other, new Recorder()),
    ]);
    expect(one).toEqual({ kind: 'suspended' });
    expect(two).toMatchObject({ outcome: { kind: 'completed' } });
  });
});
