import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { processLauncher } from '../../../src/main/hosts/launch-process.ts';
import type { CarriedOut } from '../../../src/main/runs/run-keeper.ts';
import {
  childPids,
  hashOf,
  Recorder,
  type RunsOptions,
  removeRecordings,
  ScriptedRuns,
  scriptedSpec,
} from './scripted-runs.ts';
import type { Script } from './scripted-training.ts';

const CALM = { steps: 40, stepMs: 2 };
let opened: ScriptedRuns[] = [];

function open(options: RunsOptions = {}): ScriptedRuns {
  const runs = new ScriptedRuns(options);
  opened.push(runs);
  return runs;
}

afterEach(async () => {
  await Promise.all(opened.map((runs) => runs.close()));
  opened = [];
  expect(childPids()).toEqual([]);
});

/** Carries out one run after the other; the process of each. */
async function trainInTurn(runs: ScriptedRuns, scripts: Script[]): Promise<number[]> {
  const pids: number[] = [];
  for (const [index, script] of scripts.entries()) {
    const owner = new Recorder(index + 1);
    // A successor may be there as well, but later.
    owner.onProgress = () => {
      pids[index] ??= childPids().at(-1) ?? 0;
    };
    await runs.train(script, owner);
  }
  return pids;
}

afterAll(removeRecordings);

describe('A queue of local trainers', () => {
  it('carries out one run after the other in the same warm trainer', async () => {
    const pids = await trainInTurn(open(), [CALM, CALM, CALM]);
    expect(new Set(pids).size).toBe(1);
  });

  it('tells how much memory a run took where its trainer had no other before, whatever the workbench holds', async () => {
    // Linux counts what this process held as the most that its children held.
    expect(Buffer.alloc(2 ** 30, 1).at(-1)).toBe(1);
    const large = { ...CALM, grow: { step: 5, bytes: 2 ** 29 } };
    const peaks = async (limits: { recycleAfterRuns: number }) => {
      const runs = open({ limits });
      const ends: CarriedOut[] = [];
      for (const [index, script] of [CALM, large, CALM].entries()) {
        ends.push(await runs.train(script, new Recorder(index + 1)));
      }
      return ends.map((end) => (end === 'suspended' ? -1 : (end.peakBytes ?? 0)));
    };
    const [calm = 0, grown = 0, again = 0] = await peaks({ recycleAfterRuns: 1 });
    expect(calm).toBeGreaterThan(30e6);
    expect(calm).toBeLessThan(2 ** 29);
    expect(grown).toBeGreaterThan(2 ** 29);
    expect(grown).toBeLessThan(2 ** 30);
    expect(again).toBeLessThan(2 ** 29);
    expect((await peaks({ recycleAfterRuns: 25 })).slice(1)).toEqual([0, 0]);
  });

  it('takes a fresh trainer after memory ran out, and not after a loss that is no number', async () => {
    const pids = await trainInTurn(open(), [
      { ...CALM, outcome: 'nan_loss' },
      { ...CALM, outcome: 'out_of_memory' },
      CALM,
    ]);
    expect(pids[0]).toBe(pids[1]);
    expect(pids[2]).not.toBe(pids[1]);
  });

  it('moves a run whose trainer has grown too large into a fresh one, without losing a step', async () => {
    const runs = open({ limits: { residentBytes: 1 } });
    // The trainer that it comes into would be too large as well; it stays, as a third would be no smaller.
    const owner = new Recorder();
    const script = { steps: 60, stepMs: 50, grow: { step: 25, bytes: 2 ** 30 } };
    const end = await runs.train(script, owner, 1000);
    expect(owner.leases).toBe(2);
    const [moved = 0] = owner.checkpoints;
    expect(moved).toBeGreaterThanOrEqual(25);
    expect(moved).toBeLessThan(60);
    expect(owner.checkpoints).toEqual([moved]);
    expect(owner.steps).toEqual([...new Set(owner.steps)].sort((a, b) => a - b));
    expect(owner.ends[0]).toBe('Saved, to go on in another trainer.');
    expect(hashOf(end)).toBe(hashOf(await open().train({ steps: 60, stepMs: 0 })));
  });

  it('moves a run whose trainer is told to end, without losing a step', async () => {
    const runs = open();
    const owner = new Recorder();
    let isTold = false;
    owner.onProgress = (step) => {
      if (isTold || step < 10) return;
      isTold = true;
      for (const pid of childPids()) process.kill(pid, 'SIGTERM');
    };
    const end = await runs.train({ steps: 40, stepMs: 20 }, owner, 1000);
    expect(end).toMatchObject({ outcome: { kind: 'completed' } });
    expect(owner.leases).toBe(2);
    expect(owner.steps).toEqual([...new Set(owner.steps)].sort((a, b) => a - b));
  });

  it('ends a run that does not heed a cancellation', async () => {
    const runs = open({ limits: { stopWithinMs: 500 } });
    const owner = new Recorder();
    const fault = { kind: 'busy', step: 3, times: 1 } as const;
    owner.onProgress = () => setTimeout(() => runs.keeper.cancel(owner.run), 100);
    const askedAt = performance.now();
    const end = await runs.train({ ...CALM, fault }, owner);
    expect(end).toMatchObject({ outcome: { kind: 'cancelled' }, weightsHash: null });
    expect(runs.store.runs.get(owner.run).state).toBe('cancelled');
    expect(performance.now() - askedAt).toBeLessThan(20_000);
  });

  it('saves what runs when it is closed, and leaves what waits', async () => {
    const runs = open();
    const running = new Recorder(1);
    const started = new Promise<void>((resolve) => {
      running.onProgress = () => resolve();
    });
    const one = runs.train({ steps: 10_000, stepMs: 2 }, running, 1_000_000);
    await started;
    const waiting = new Recorder(2);
    const two = runs.train(CALM, waiting);
    for (const { run } of [running, waiting]) runs.keeper.suspend(run);
    await runs.queue.close();
    expect([await one, await two]).toEqual(['suspended', 'suspended']);
    expect(running.checkpoints).toHaveLength(1);
    expect(waiting.leases).toBe(0);
    for (const { run } of [running, waiting]) expect(runs.store.runs.get(run).state).toBe('queued');
  });

  it('saves what runs when nobody but the queue is told to close', async () => {
    const runs = open();
    const owner = new Recorder();
    owner.onProgress = () => void runs.queue.close();
    // Its keeper hands it in again and is refused.
    await expect(runs.train({ steps: 10_000, stepMs: 2 }, owner, 1_000_000)).rejects.toMatchObject({
      code: 'cancelled',
      message: 'The trainers are closed: open the project again.',
    });
    expect(owner.checkpoints).toHaveLength(1);
    expect(runs.store.runs.get(owner.run)).toMatchObject({ state: 'queued', step: owner.checkpoints[0] });
  });

  it('lets a trainer go that has had nothing to do for a while', async () => {
    const runs = open({ limits: { idleForMs: 200 } });
    await runs.train(CALM);
    expect(childPids()).toHaveLength(1);
    await expect.poll(() => childPids(), { timeout: 5000 }).toEqual([]);
    expect(await runs.train(CALM, new Recorder(2))).toMatchObject({ outcome: { kind: 'completed' } });
  });

  it('suspends one run and lets another go on', async () => {
    const runs = open();
    const owner = new Recorder(1);
    owner.onProgress = () => runs.keeper.suspend(owner.run);
    const [one, two] = await Promise.all([
      runs.train({ steps: 10_000, stepMs: 5 }, owner),
      runs.train({ steps: 100, stepMs: 5 }, new Recorder(2)),
    ]);
    expect(one).toBe('suspended');
    expect(two).toMatchObject({ outcome: { kind: 'completed' } });
  });

  it('hears a withdrawal that comes with the news that a run began', async () => {
    const runs = open();
    for (const ask of ['cancel', 'suspend'] as const) {
      const owner = new Recorder();
      owner.onBegun = ({ run }) => runs.keeper[ask](run);
      const end = await runs.train({ steps: 10_000, stepMs: 5 }, owner);
      if (ask === 'suspend') expect(end).toBe('suspended');
      else expect(end).toMatchObject({ outcome: { kind: 'cancelled' } });
    }
  });

  it('gives the only seat to what is more urgent, also while its trainer is still starting', async () => {
    const runs = open({ seats: 1 });
    const order: string[] = [];
    const low = new Recorder(1, 'background');
    const urgent = new Recorder(2, 'waited_for');
    low.onBegun = () => order.push('low');
    urgent.onBegun = () => order.push('urgent');
    const ends = [runs.train({ steps: 300, stepMs: 5 }, low)];
    await expect.poll(() => runs.queue.trainers().all).toBe(1);
    ends.push(runs.train(CALM, urgent));
    expect(await Promise.all(ends)).toMatchObject([
      { outcome: { kind: 'completed' } },
      { outcome: { kind: 'completed' } },
    ]);
    expect(order).toEqual(['urgent', 'low']);
    expect(runs.queue.trainers()).toEqual({ busy: 0, all: 1 });
  });

  it('starts a successor on the seat of a trainer in its last run, and survives one that cannot be started', async () => {
    const real = processLauncher();
    let launches = 0;
    const launcher: typeof real = {
      maximumHosts: 4,
      launch: (program, environment) => {
        launches++;
        if (launches === 2) throw new Error('too many processes');
        return real.launch(program, environment);
      },
    };
    const runs = open({ launcher, limits: { recycleAfterRuns: 1 } });
    expect(await runs.train(CALM, new Recorder(1))).toMatchObject({ outcome: { kind: 'completed' } });
    expect(await runs.train(CALM, new Recorder(2))).toMatchObject({ outcome: { kind: 'completed' } });
    expect(runs.told).toContain('A trainer could not be started ahead: too many processes');
  });
});

describe('A run whose memory runs out', () => {
  const outOfMemory = { ...CALM, outcome: 'out_of_memory' } as const;

  it('is trained again, when the trainer that ran out is gone, as often as its batch can be halved', async () => {
    const runs = open();
    const owner = new Recorder();
    const alive: number[][] = [];
    owner.onBegun = () => alive.push(childPids());
    const end = await runs.carryOut(runs.add(scriptedSpec(32)), owner, outOfMemory, 0);
    expect(end).toMatchObject({ outcome: { kind: 'failed', reason: 'out_of_memory' } });
    expect(alive.map((pids) => pids.length)).toEqual([1, 1, 1]);
    expect(new Set(alive.flat()).size).toBe(3);
    const batches = runs.orders.map(({ spec }) => spec.recipe.batchSize);
    expect(batches).toEqual([32, 16, 8]);
    expect(owner.ends).toEqual(['out_of_memory', 'out_of_memory', expect.stringMatching(/^Failed \(out_of_memory\)/)]);
  });

  it.each([
    ['cancelled', 'cancel', { outcome: { kind: 'cancelled' } }],
    ['suspended', 'suspend', 'suspended'],
  ] as const)('is left alone when it is %s meanwhile', async (_word, ask, expected) => {
    const runs = open();
    const owner = new Recorder();
    // It is heard, and nothing followed from it so far.
    owner.onEnd = () => runs.keeper[ask](owner.run);
    const end = await runs.carryOut(runs.add(scriptedSpec(32)), owner, outOfMemory);
    if (expected === 'suspended') expect(end).toBe(expected);
    else expect(end).toMatchObject(expected);
    expect(owner.leases).toBe(1);
  });

  it('asks for no smaller batch when it was cancelled already', async () => {
    const runs = open();
    const owner = new Recorder();
    // With its last step: the trainer has no step left in which it would hear of it.
    const script = { steps: 3, stepMs: 200, outcome: 'out_of_memory' } as const;
    owner.onProgress = (step) => {
      if (step === script.steps) runs.keeper.cancel(owner.run);
    };
    const end = await runs.carryOut(runs.add(scriptedSpec(32)), owner, script);
    expect(end).toMatchObject({ outcome: { kind: 'cancelled' } });
    expect(owner.leases).toBe(1);
    expect(runs.store.runs.get(owner.run)).toMatchObject({ state: 'cancelled', reducedBatchSize: null });
    expect(owner.ends).toEqual(['Its memory ran out as it was cancelled.']);
  });
});
