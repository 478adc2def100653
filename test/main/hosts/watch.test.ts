import { describe, expect, it } from 'vitest';
import { readDeath } from '../../../src/main/hosts/host-death.ts';
import { LastWords } from '../../../src/main/hosts/last-words.ts';
import { StallWatch } from '../../../src/main/hosts/stall-watch.ts';
import { trainerEnvironment, visibleGpus } from '../../../src/main/hosts/trainer-environment.ts';
import { CrashRecord } from '../../../src/main/runs/crash-record.ts';
import { RunDeaths } from '../../../src/main/runs/run-deaths.ts';

function tickUntil(watch: StallWatch, from: number, to: number): number {
  let stalled = 0;
  for (let now = from; now <= to; now += 1000) stalled = watch.stalledMs(now);
  return stalled;
}

describe('The watch over a training thread', () => {
  it('waits as long as it was told before it calls a thread stalled', () => {
    const watch = new StallWatch(60_000, 0);
    watch.progress(10, 0);
    expect(tickUntil(watch, 0, 60_000)).toBe(0);
    expect(tickUntil(watch, 61_000, 61_000)).toBe(61_000);
  });

  it('waits twenty times a step where steps are slow', () => {
    const watch = new StallWatch(60_000, 0);
    watch.progress(10_000, 0);
    expect(tickUntil(watch, 0, 200_000)).toBe(0);
    expect(tickUntil(watch, 201_000, 201_000)).toBe(201_000);
  });

  it('is five times as patient before the first step', () => {
    const watch = new StallWatch(60_000, 0);
    expect(tickUntil(watch, 0, 300_000)).toBe(0);
    expect(tickUntil(watch, 301_000, 301_000)).toBe(301_000);
  });

  it('takes a counter that moves for progress, and one that stands still for none', () => {
    const watch = new StallWatch(60_000, 0);
    watch.progress(10, 0);
    watch.heartbeat(1, 30_000);
    watch.heartbeat(1, 59_000);
    expect(tickUntil(watch, 0, 90_000)).toBe(0);
    expect(tickUntil(watch, 91_000, 91_000)).toBe(61_000);
  });

  it('does not blame the thread when this process itself stood still', () => {
    const watch = new StallWatch(60_000, 0);
    watch.progress(10, 0);
    watch.stalledMs(1000);
    expect(watch.stalledMs(500_000)).toBe(0);
  });
});

describe('The record of crashes', () => {
  it('tells a run that crashes from a machine on which all do', () => {
    const now = 0;
    const record = new CrashRecord(() => now);
    for (let time = 0; time < 9; time++) record.add(4);
    expect(record.areEverywhere()).toBe(false);
    record.add(5);
    record.add(6);
    expect(record.areEverywhere()).toBe(true);
    expect(record.areEverywhere()).toBe(false);
  });

  it('forgets a crash after five minutes', () => {
    let now = 0;
    const record = new CrashRecord(() => now);
    record.add(1);
    record.add(2);
    now = 5 * 60_000 + 1;
    record.add(3);
    expect(record.areEverywhere()).toBe(false);
  });
});

describe("A trainer's environment", () => {
  it('fixes what results depend on and passes no loader option on', () => {
    const before = { ...process.env };
    Object.assign(process.env, { NODE_OPTIONS: '--no-warnings', LD_PRELOAD: '', A_TOKEN: 'secret' });
    const environment = trainerEnvironment(0, { cores: 4, gpus: [], hosts: 2 });
    process.env = before;
    expect(environment).toMatchObject({
      TF_ENABLE_ONEDNN_OPTS: '1',
      TF_NUM_INTRAOP_THREADS: '1',
      TF_NUM_INTEROP_THREADS: '2',
      PATH: process.env.PATH,
    });
    for (const name of ['NODE_OPTIONS', 'LD_PRELOAD', 'A_TOKEN']) expect(environment).not.toHaveProperty(name);
  });

  it('goes round the GPUs with the seats of the hosts', () => {
    const seats = [0, 1, 2, 3].map((seat) => trainerEnvironment(seat, { cores: 8, gpus: ['2', '5'], hosts: 4 }));
    expect(seats.map(({ CUDA_VISIBLE_DEVICES }) => CUDA_VISIBLE_DEVICES)).toEqual(['2', '5', '2', '5']);
    expect(seats[0]).toMatchObject({
      TF_FORCE_GPU_ALLOW_GROWTH: 'true',
      TF_DETERMINISTIC_OPS: '1',
      CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
    });
  });

  it('keeps to the GPUs that the person chose', () => {
    expect(visibleGpus(4, {})).toEqual(['0', '1', '2', '3']);
    expect(visibleGpus(4, { CUDA_VISIBLE_DEVICES: '3, 1' })).toEqual(['3', '1']);
    expect(visibleGpus(4, { CUDA_VISIBLE_DEVICES: '2,-1,3' })).toEqual(['2']);
    expect(visibleGpus(4, { CUDA_VISIBLE_DEVICES: '' })).toEqual([]);
    expect(visibleGpus(0, { CUDA_VISIBLE_DEVICES: '0' })).toEqual([]);
  });
});

describe('A death', () => {
  const calm = { hang: null, threadError: null, memoryKills: 0 };

  it('is read for its cause', () => {
    const signal = (name: string) => ({ kind: 'signal', signal: name, error: null }) as const;
    expect(readDeath(signal('SIGSEGV'), calm).cause).toBe('crash');
    expect(readDeath(signal('SIGABRT'), calm).cause).toBe('crash');
    expect(readDeath(signal('SIGKILL'), calm).cause).toBe('killed');
    expect(readDeath(signal('SIGKILL'), { ...calm, memoryKills: 1 }).cause).toBe('memory');
    expect(readDeath(signal('SIGKILL'), { ...calm, hang: 'did not respond for 60 s' }).cause).toBe('hang');
    expect(readDeath({ kind: 'exit', code: 3, error: null }, calm)).toEqual({
      cause: 'crash',
      reason: 'ended with exit code 3',
    });
    expect(readDeath({ kind: 'exit', code: 0, error: 'some warning' }, calm).cause).toBe('killed');
  });

  it('is told in the words of the one who died', () => {
    const words = new LastWords();
    words.hear(
      Buffer.from(
        'I0000 00:00:1795527268.0702   11917 port.cc:153] oneDNN is on\nF0000 00:00:1795527268.1396   11917 tensor.cc:12] Check failed: 0 < rows\n*** stack',
      ),
    );
    words.hear(Buffer.from(' trace ***\n  @ 0x1234 abort\n'));
    const death = { kind: 'signal', signal: 'SIGABRT', error: words.mostTelling() } as const;
    expect(readDeath(death, calm).reason).toBe('crashed by SIGABRT: tensor.cc:12] Check failed: 0 < rows');
  });
});

describe('The deaths of a run', () => {
  const nothing = { isStarted: true, step: 0, stepped: false, saved: false, durationMs: 1 };
  const crash = { ...nothing, cause: 'crash', reason: 'crashed by SIGSEGV' } as const;
  const kill = { ...nothing, cause: 'killed', reason: 'was ended from outside by SIGKILL' } as const;
  const notStarted = { ...crash, isStarted: false };
  const waits = (deaths: RunDeaths, times: number) =>
    Array.from({ length: times }, () => {
      const verdict = deaths.note(kill);
      return verdict.kind === 'go_on' ? verdict.waitMs : verdict.kind;
    });

  it('are too many at the third crash with no checkpoint between them', () => {
    const deaths = new RunDeaths(1000);
    const stepped = { ...crash, stepped: true };
    expect(deaths.note(stepped)).toEqual({ kind: 'go_on', waitMs: 0 });
    expect(deaths.note(stepped).kind).toBe('go_on');
    expect(deaths.note({ ...stepped, saved: true }).kind).toBe('go_on');
    expect(deaths.note(stepped).kind).toBe('go_on');
    expect(deaths.note(stepped)).toEqual({
      kind: 'give_up',
      sentence: 'The trainer died 3 times without progress; the last one crashed by SIGSEGV.',
    });
  });

  it('space their restarts further and further while no step comes between them', () => {
    const deaths = new RunDeaths(1000);
    expect(waits(deaths, 8)).toEqual([0, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
    deaths.note({ ...kill, stepped: true });
    expect(waits(deaths, 2)).toEqual([1000, 2000]);
  });

  it('count for less when somebody outside caused them', () => {
    expect(waits(new RunDeaths(1000), 30).indexOf('give_up')).toBe(29);
  });

  it('tell trainers that do not start from a run that crashes them', () => {
    const deaths = new RunDeaths(1000);
    deaths.note(notStarted);
    deaths.note(notStarted);
    deaths.note(crash);
    expect(deaths.note(notStarted).kind).toBe('go_on');
    deaths.note(notStarted);
    expect(deaths.note(notStarted)).toMatchObject({
      kind: 'give_up',
      sentence: expect.stringContaining('No trainer starts'),
    });
  });
});
