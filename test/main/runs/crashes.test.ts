import { readFileSync } from 'node:fs';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { Host } from '../../../src/main/hosts/host.ts';
import {
  childPids,
  hashOf,
  Recorder,
  type RunsOptions,
  removeRecordings,
  SCRIPTED_TRAINING,
  ScriptedRuns,
} from './scripted-runs.ts';
import type { FaultKind } from './scripted-training.ts';

/** `CELLWRIGHT_LONG=1` kills 25 times. */
const KILLS = process.env.CELLWRIGHT_LONG ? 25 : 6;
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
  calm ??= hashOf(await open().train(CALM));
  return calm;
}

function killAll(): void {
  for (const pid of childPids()) process.kill(pid, 'SIGKILL');
}

afterAll(removeRecordings);

describe('A run whose trainer dies', () => {
  const kinds: FaultKind[] = ['abort', 'exit', 'late', 'heap', 'native', 'hang', 'busy'];
  // With a keeper for each: one would say that crashes are everywhere.
  const patient = new ScriptedRuns();
  const impatient = new ScriptedRuns({ limits: { progressWithinMs: 4000 } });
  afterEach(() => {
    patient.renewKeeper();
    impatient.renewKeeper();
  });
  afterAll(() => Promise.all([patient.close(), impatient.close()]));

  it.each(kinds)('goes on by itself after %s and ends with the weights of a calm training', async (kind) => {
    const runs = kind === 'hang' || kind === 'busy' ? impatient : patient;
    const owner = new Recorder();
    const end = await runs.train({ ...CALM, fault: { kind, step: 12, times: 1 } }, owner);
    expect(hashOf(end)).toBe(await calmHash());
    expect(owner.leases).toBe(2);
    // Steps 1 to 12, then again from the checkpoint of step 10.
    expect(owner.checkpoints).toEqual([5, 10, 15, 20, 25, 30, 35, 40]);
    const warning = runs.told.findLast((message) => message.includes('goes on'));
    expect(warning).toMatch(/^The trainer of trial 1 .* goes on from its last checkpoint/);
    expect(warning).toContain(WORDS[kind]);
    expect(owner.losses).toEqual([expect.stringMatching(/^The trainer .*, after step \d+\.$/)]);
    expect(owner.losses[0]).toContain(WORDS[kind]);
  });

  it('survives a crash in the middle of a checkpoint', async () => {
    const owner = new Recorder();
    const fault = { kind: 'segv', step: 15, times: 1, inCheckpoint: true } as const;
    expect(hashOf(await patient.train({ ...CALM, fault }, owner))).toBe(await calmHash());
    expect(owner.checkpoints).toEqual([5, 10, 15, 20, 25, 30, 35, 40]);
  });

  it('ends as crashed when it dies three times at the same step, and the next one is trained', async () => {
    const owner = new Recorder();
    const fault = { kind: 'segv', step: 12, times: 5 } as const;
    const end = await patient.train({ ...CALM, fault }, owner);
    expect(end).toMatchObject({ outcome: { kind: 'failed', reason: 'crashed' } });
    expect(patient.store.runs.get(owner.run)).toMatchObject({ state: 'failed', failure: 'crashed' });
    expect(owner.leases).toBe(3);
    expect(await patient.train(CALM, new Recorder(2))).toMatchObject({ outcome: { kind: 'completed' } });
  });
});

describe('A run whose trainer is killed', () => {
  it('is told to stand where it was resumed from, when that happens before a further step', async () => {
    const runs = open();
    const owner = new Recorder();
    let begun = 0;
    // Before its first step; long after a checkpoint; before a further step.
    owner.onBegun = () => {
      begun++;
      if (begun === 1 || begun === 3) killAll();
    };
    owner.onProgress = (step) => {
      if (begun === 2 && step > 12) killAll();
    };
    await runs.train({ steps: 19, stepMs: 40 }, owner, 10);
    const places = ['before its first step', 'after step 1[3-9]', 'after step 10'];
    expect(owner.losses).toEqual(places.map((place) => expect.stringMatching(`, ${place}\\.$`)));
    const told = runs.told.filter((message) => message.includes('goes on'));
    expect(told).toEqual(places.map((place) => expect.stringMatching(`, ${place}\\. It goes on`)));
  });

  it('may be killed often, at any moment, and ends with the weights of a calm training', async () => {
    const runs = open();
    const owner = new Recorder();
    let kills = 0;
    let killedAt = 0;
    const restarts: number[] = [];
    owner.onProgress = (step) => {
      if (killedAt > 0) restarts.push(performance.now() - killedAt);
      killedAt = 0;
      if (step < 3 * (kills + 1) || kills >= KILLS) return;
      kills++;
      killedAt = performance.now();
      killAll();
    };
    const end = await runs.train({ steps: 100, stepMs: 15 }, owner, 7);
    expect(end).toMatchObject({ outcome: { kind: 'completed' } });
    expect(kills).toBe(KILLS);
    expect(owner.leases).toBe(KILLS + 1);
    const told = runs.told.filter((message) => message.includes('goes on'));
    expect(told).toHaveLength(KILLS);
    expect(told[0]).toContain('was ended from outside by SIGKILL');
    const undisturbed = await open().train({ steps: 100, stepMs: 0 });
    expect(hashOf(end)).toBe(hashOf(undisturbed));
    const median = restarts.sort((x, y) => x - y)[restarts.length >> 1] ?? 0;
    console.log(`${kills} kills; from a kill to the next step ${Math.round(median)} ms in the median`);
  });

  it('is not given up for trainers that somebody kills before they are ready', async () => {
    const runs = open();
    const training = runs.train(CALM);
    for (let kills = 0; kills < 3; kills++) {
      await expect.poll(() => childPids().length, { interval: 5, timeout: 10_000 }).toBe(1);
      const [pid = 0] = childPids();
      process.kill(pid, 'SIGKILL');
      await expect.poll(() => childPids().includes(pid), { interval: 5 }).toBe(false);
    }
    expect(await training).toMatchObject({ outcome: { kind: 'completed' } });
  });

  it('goes on when its trainer died while it was handed over', async () => {
    const runs = open();
    await runs.train(CALM);
    const owner = new Recorder(2);
    // The process is gone, and the queue that takes it for idle has not heard of it.
    owner.onSubmit = () => {
      const [pid = 0] = childPids();
      if (runs.orders.length > 1) return;
      process.kill(pid, 'SIGKILL');
      while (childPids().includes(pid) && !isZombie(pid)) undefined;
    };
    const end = await runs.train(CALM, owner);
    expect(hashOf(end)).toBe(await calmHash());
    expect(owner.losses).toEqual([expect.stringContaining('SIGKILL')]);
  });

  it('stops its owner when trainers die over three different runs', async () => {
    const runs = open();
    const fault = { kind: 'abort', step: 3, times: 1 } as const;
    await runs.train({ ...CALM, fault }, new Recorder(1));
    await runs.train({ ...CALM, fault }, new Recorder(2));
    const third = new Recorder(3);
    await expect(runs.train({ ...CALM, fault }, third)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('died over three different trials'),
    });
    expect(runs.store.runs.get(third.run).state).toBe('queued');
  });
});

describe('A queue of local trainers', () => {
  it('says why when no trainer starts', async () => {
    const runs = open({ launcher: { maximumHosts: 1, launch: brokenHost } });
    await expect(runs.train(CALM)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('No trainer starts'),
    });
  });

  it('says why when the launcher itself fails, and hands the next order to it', async () => {
    const fail = () => {
      throw new Error('too many processes');
    };
    const runs = open({ launcher: { maximumHosts: 1, launch: fail } });
    for (let time = 0; time < 2; time++) {
      const owner = new Recorder();
      await expect(runs.train(CALM, owner)).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.stringContaining('too many processes'),
      });
      expect(runs.store.runs.get(owner.run)).toMatchObject({ state: 'queued', attempts: 0 });
    }
    expect(runs.queue.trainers()).toEqual({ busy: 0, all: 0 });
  });

  it('says why when the training module crashes as it is loaded, and lives on', async () => {
    const runs = open({ trainingModule: `${SCRIPTED_TRAINING}?import=segv` });
    await expect(runs.train(CALM)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('crashed by SIGSEGV'),
    });
  });

  it('closes in time when trainers crash as they end', async () => {
    const runs = open({ trainingModule: `${SCRIPTED_TRAINING}?exit=segv` });
    expect(hashOf(await runs.train(CALM))).toBe(await calmHash());
    await runs.queue.close();
    await expect(runs.train(CALM)).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('replaces a trainer after its share of runs and leaves no process behind', async () => {
    const runs = open({ limits: { recycleAfterRuns: 2 } });
    const pids = new Set<number>();
    for (let trial = 1; trial <= 5; trial++) {
      const owner = new Recorder(trial);
      owner.onProgress = () => {
        for (const pid of childPids()) pids.add(pid);
      };
      await runs.train(CALM, owner);
    }
    expect(pids.size).toBeGreaterThanOrEqual(3);
    await runs.queue.close();
    expect(childPids()).toEqual([]);
  });

  it('carries several runs out side by side, each in a trainer of its own', async () => {
    const runs = open();
    const script = { steps: 40, stepMs: 10 };
    const ends = [1, 2, 3].map((trial) => runs.train(script, new Recorder(trial)));
    await expect.poll(() => childPids().length).toBe(3);
    const hashes = (await Promise.all(ends)).map(hashOf);
    expect(new Set(hashes)).toEqual(new Set([await calmHash()]));
  });

  it.runIf(process.platform === 'linux')('never loads libtensorflow into the process that owns it', async () => {
    await open().train(CALM);
    expect(readFileSync('/proc/self/maps', 'utf8')).not.toContain('libtensorflow');
  });
});

function brokenHost<Command, Event>(): Host<Command, Event> {
  return {
    pid: null,
    send: () => undefined,
    onEvent: () => undefined,
    onDeath: (listener) => void setTimeout(() => listener({ kind: 'exit', code: 1, error: 'no TensorFlow' }), 1),
    kill: () => undefined,
  };
}

/** It is dead, and this process has not waited for it yet. */
function isZombie(pid: number): boolean {
  return /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
}
