import { describe, expect, it } from 'vitest';
import { CrashRecord } from '../../../src/main/trials/crash-record.ts';
import { StallWatch } from '../../../src/main/trials/stall-watch.ts';
import { trainerEnvironment } from '../../../src/main/trials/trainer-environment.ts';

function tickUntil(watch: StallWatch, from: number, to: number): number {
  let stalled = 0;
  for (let now = from; now <= to; now += 1000) stalled = watch.stalledMs(now);
  return stalled;
}

describe('The watch over a training thread', () => {
  it('waits as long as it was told before it calls a thread stalled', () => {
    const watch = new StallWatch(60_000, 0);
    expect(tickUntil(watch, 0, 60_000)).toBe(0);
    expect(tickUntil(watch, 61_000, 61_000)).toBe(61_000);
  });

  it('waits twenty times a step where steps are slow', () => {
    const watch = new StallWatch(60_000, 0);
    watch.progress(10_000, 0);
    expect(tickUntil(watch, 0, 200_000)).toBe(0);
    expect(tickUntil(watch, 201_000, 201_000)).toBe(201_000);
  });

  it('takes a counter that moves for progress, and one that stands still for none', () => {
    const watch = new StallWatch(60_000, 0);
    watch.heartbeat(1, 30_000);
    watch.heartbeat(1, 59_000);
    expect(tickUntil(watch, 0, 90_000)).toBe(0);
    expect(tickUntil(watch, 91_000, 91_000)).toBe(61_000);
  });

  it('does not blame the thread when this process itself stood still', () => {
    const watch = new StallWatch(60_000, 0);
    watch.stalledMs(1000);
    expect(watch.stalledMs(500_000)).toBe(0);
  });
});

describe('The record of crashes', () => {
  it('tells a trial that crashes from a machine on which all do', () => {
    let now = 0;
    const record = new CrashRecord(() => now);
    for (let time = 0; time < 9; time++) record.add({ experiment: 1, trial: 4 });
    expect(record.areEverywhere()).toBe(false);
    record.add({ experiment: 1, trial: 5 });
    record.add({ experiment: 1, trial: 6 });
    expect(record.areEverywhere()).toBe(true);
    now = 5 * 60_000 + 1;
    expect(record.areEverywhere()).toBe(false);
  });
});

describe("A trainer's environment", () => {
  it('fixes what results depend on, passes no loader option on, and spreads hosts over GPUs', () => {
    process.env.NODE_OPTIONS = '--no-warnings';
    process.env.LD_PRELOAD = '';
    const environment = trainerEnvironment(3, { cores: 4, gpus: 2 });
    expect(environment).toMatchObject({
      TF_ENABLE_ONEDNN_OPTS: '1',
      TF_NUM_INTRAOP_THREADS: '1',
      TF_NUM_INTEROP_THREADS: '4',
      CUDA_VISIBLE_DEVICES: '1',
      TF_FORCE_GPU_ALLOW_GROWTH: 'true',
    });
    expect(environment).not.toHaveProperty('NODE_OPTIONS');
    expect(environment).not.toHaveProperty('LD_PRELOAD');
    delete process.env.NODE_OPTIONS;
    delete process.env.LD_PRELOAD;
  });
});
