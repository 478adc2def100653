import { readFileSync } from 'node:fs';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { TrainerHost } from '../../../src/main/trials/trainer-host.ts';
import type { TrainerPool } from '../../../src/main/trials/trainer-pool.ts';
import type { FaultKind } from './scripted-training.ts';
import {
  childPids,
  hashOf,
  openPool,
  Recorder,
  removeRecordings,
  SCRIPTED_TRAINING,
  scriptedTask,
} from './scripted-trials.ts';

/** `CELLWRIGHT_LONG=1` kills 25 times. */
const KILLS = process.env.CELLWRIGHT_LONG ? 25 : 6;
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

/** What is told of each kind. */
const WORDS: Partial<Record<FaultKind, string>> = {
  abort: 'crashed by SIGABRT',
  exit: 'ended with exit code 3',
  late: 'ended: Error: thrown outside of the training',
  heap: 'ended: Error [ERR_WORKER_OUT_OF_MEMORY]',
  native: 'crashed by SIGABRT: png_io.cc:',
  hang: 'did not respond for',
  busy: 'did not respond for',
};
let calm: string | null = null;

async function calmHash(): Promise<string | null> {
  calm ??= hashOf(await open().pool.train(scriptedTask(99, CALM), new Recorder()));
  return calm;
}

afterAll(removeRecordings);

describe('A trial whose trainer dies', () => {
  const kinds: FaultKind[] = ['abort', 'exit', 'late', 'heap', 'native', 'hang', 'busy'];
  // The same trial in the same pool each time: over different trials it would stop the search.
  const patient = openPool();
  const impatient = openPool({ limits: { progressWithinMs: 4000 } });
  afterAll(() => Promise.all([patient.pool.close(), impatient.pool.close()]));

  it.each(kinds)('goes on by itself after %s and ends with the weights of a calm training', async (kind) => {
    const { pool, told } = kind === 'hang' || kind === 'busy' ? impatient : patient;
    const hooks = new Recorder();
    const fault = { kind, step: 12, times: 1 };
    const result = await pool.train(scriptedTask(1, { ...CALM, fault }), hooks);
    expect(hashOf(result)).toBe(await calmHash());
    expect(hooks.leases).toBe(2);
    // Steps 1 to 12, then again from the checkpoint of step 10.
    expect(hooks.checkpoints).toEqual([5, 10, 15, 20, 25, 30, 35, 40]);
    expect(told.at(-1)).toMatch(/^The trainer of trial 1 .* goes on from its last checkpoint/);
    expect(told.at(-1)).toContain(WORDS[kind]);
    expect(hooks.losses).toEqual([expect.stringMatching(/^The trainer .*, after step \d+\.$/)]);
    expect(hooks.losses[0]).toContain(WORDS[kind]);
  });

  it('survives a crash in the middle of a checkpoint', async () => {
    const { pool } = patient;
    const hooks = new Recorder();
    const fault = { kind: 'segv', step: 15, times: 1, inCheckpoint: true } as const;
    expect(hashOf(await pool.train(scriptedTask(1, { ...CALM, fault }), hooks))).toBe(await calmHash());
    expect(hooks.checkpoints).toEqual([5, 10, 15, 20, 25, 30, 35, 40]);
  });

  it('ends as crashed when it dies three times at the same step, and the next one is trained', async () => {
    const { pool } = patient;
    const hooks = new Recorder();
    const fault = { kind: 'segv', step: 12, times: 5 } as const;
    const result = await pool.train(scriptedTask(1, { ...CALM, fault }), hooks);
    expect(result).toMatchObject({ outcome: { kind: 'failed', reason: 'crashed' } });
    expect(hooks.leases).toBe(3);
    expect(await pool.train(scriptedTask(2, CALM), new Recorder())).toMatchObject({ outcome: { kind: 'completed' } });
  });
});

describe('A trial whose trainer is killed', () => {
  it('is told to stand where it was resumed from, when that happens before a further step', async () => {
    const { pool, told } = open();
    const hooks = new Recorder();
    const killAll = (): void => {
      for (const pid of childPids()) process.kill(pid, 'SIGKILL');
    };
    // Before its first step; long after a checkpoint; before a further step.
    hooks.onLease = () => {
      if (hooks.leases === 1 || hooks.leases === 3) killAll();
    };
    hooks.onProgress = (step) => {
      if (hooks.leases === 2 && step > 12) killAll();
    };
    await pool.train(scriptedTask(1, { steps: 19, stepMs: 40 }, 10), hooks);
    const places = ['before its first step', 'after step 1[3-9]', 'after step 10'];
    expect(hooks.losses).toEqual(places.map((place) => expect.stringMatching(`, ${place}\\.$`)));
    expect(told).toEqual(places.map((place) => expect.stringMatching(`, ${place}\\. The trial goes on`)));
  });

  it('may be killed often, at any moment, and ends with the weights of a calm training', async () => {
    const { pool, told } = open();
    const hooks = new Recorder();
    let kills = 0;
    let killedAt = 0;
    const restarts: number[] = [];
    hooks.onProgress = (step) => {
      if (killedAt > 0) restarts.push(performance.now() - killedAt);
      killedAt = 0;
      if (step < 3 * (kills + 1) || kills >= KILLS) return;
      kills++;
      killedAt = performance.now();
      for (const pid of childPids()) process.kill(pid, 'SIGKILL');
    };
    const result = await pool.train(scriptedTask(1, { steps: 100, stepMs: 15 }, 7), hooks);
    expect(result).toMatchObject({ outcome: { kind: 'completed' } });
    expect(kills).toBe(KILLS);
    expect(hooks.leases).toBe(KILLS + 1);
    expect(told).toHaveLength(KILLS);
    expect(told[0]).toContain('was ended from outside by SIGKILL');
    const undisturbed = await open().pool.train(scriptedTask(2, { steps: 100, stepMs: 0 }), new Recorder());
    expect(hashOf(result)).toBe(hashOf(undisturbed));
    const median = restarts.sort((x, y) => x - y)[restarts.length >> 1] ?? 0;
    console.log(`${kills} kills; from a kill to the next step ${Math.round(median)} ms in the median`);
  });

  it('is not given up for hosts that somebody kills before they are ready', async () => {
    const { pool } = open();
    const training = pool.train(scriptedTask(1, CALM), new Recorder());
    for (let kills = 0; kills < 3; kills++) {
      await expect.poll(() => childPids().length, { interval: 5, timeout: 10_000 }).toBe(1);
      const [pid = 0] = childPids();
      process.kill(pid, 'SIGKILL');
      await expect.poll(() => childPids().includes(pid), { interval: 5 }).toBe(false);
    }
    expect(await training).toMatchObject({ outcome: { kind: 'completed' } });
  });

  it('goes on when its host died while it was handed over', async () => {
    const { pool } = open();
    await pool.train(scriptedTask(1, CALM), new Recorder());
    const hooks = new Recorder();
    const lease = hooks.lease.bind(hooks);
    hooks.lease = async () => {
      const [pid = 0] = childPids();
      if (hooks.leases > 0) return await lease();
      process.kill(pid, 'SIGKILL');
      await expect.poll(() => childPids().includes(pid), { interval: 5 }).toBe(false);
      // The pool hears of it now, with no trial in that host.
      await new Promise((resolve) => setTimeout(resolve, 100));
      return await lease();
    };
    const result = await pool.train(scriptedTask(2, CALM), hooks);
    expect(hashOf(result)).toBe(await calmHash());
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

  it('says why when the training module crashes as it is loaded, and lives on', async () => {
    const { pool } = open({ trainingModule: `${SCRIPTED_TRAINING}?import=segv` });
    await expect(pool.train(scriptedTask(1, CALM), new Recorder())).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('crashed by SIGSEGV'),
    });
  });

  it('closes in time when hosts crash as they end', async () => {
    const { pool } = open({ trainingModule: `${SCRIPTED_TRAINING}?exit=segv` });
    expect(hashOf(await pool.train(scriptedTask(1, CALM), new Recorder()))).toBe(await calmHash());
    await pool.close();
    await expect(pool.train(scriptedTask(2, CALM), new Recorder())).rejects.toMatchObject({ code: 'cancelled' });
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
