import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openStore } from '../../../src/main/store/store.ts';
import type { WorkbenchEvent } from '../../../src/shared/contract.ts';
import { FILTER_FIELDS } from '../../../src/shared/leaderboard/filter.ts';
import { randomUint32, randomUnit } from '../../../src/shared/random.ts';
import { experimentSchema, trialSchema } from '../../../src/shared/records/experiment.ts';
import { LEADERBOARD_MODES, SORT_COLUMNS } from '../../../src/shared/records/leaderboard.ts';
import type { Lease } from '../../../src/shared/records/run.ts';
import {
  AT,
  BY_REWARD,
  begin,
  completed,
  fill,
  finish,
  newFolder,
  newSpec,
  newTrial,
  openTestStore,
} from './store-setting.ts';

it('tells a change after its commit, whole and once a row', () => {
  const { store, events } = openTestStore();
  store.transaction(() => {
    fill(store, 2);
    begin(store, 1);
    expect(events).toEqual([]);
  });
  expect(events.map(({ name }) => name)).toEqual(['experiment.changed', 'trial.changed', 'trial.changed']);
  expect(events[0]?.payload).toEqual(store.experiments.get(1));
  expect(events[1]?.payload).toEqual(store.trials.get(1, 1));
  expect(store.trials.get(1, 1).state).toBe('running');
});

it("tells the last trial's number, which repeats don't change, and counts repeats apart from the search's own", () => {
  const { store } = openTestStore();
  fill(store, 0);
  expect(store.experiments.get(1).lastTrial).toBe(0);
  store.trials.add([newTrial(1), newTrial(2)]);
  expect([3, 4, 5].map((seed) => store.trials.addRepeat(1, 2, newSpec(seed), AT))).toEqual([2, 3, 4]);
  begin(store, 2, { run: 3 });
  finish(store, 2, completed(0.5), 4);
  expect(experimentSchema.parse(store.experiments.get(1))).toMatchObject({
    lastTrial: 2,
    counts: { queued: 2, running: 0, completed: 0 },
    repeats: { queued: 1, running: 1 },
    best: { trial: 2, run: 4, reward: 0.5 },
  });
});

it('tells all other changes where one can not be read or heard, and the write is done', () => {
  const told: string[] = [];
  const unexpected: unknown[] = [];
  const publish = ({ name, payload }: WorkbenchEvent): void => {
    if (name === 'trial.changed' && payload.trial === 1) throw new Error('not heard');
    told.push(name === 'trial.changed' ? `${name} ${payload.trial}` : name);
  };
  const store = openStore(
    newFolder(),
    publish,
    () => new Date(),
    (error) => unexpected.push(error),
  );
  onTestFinished(() => store.close());
  fill(store, 2);
  told.length = unexpected.length = 0;
  store.transaction(() => {
    // There is none: it can't be read.
    store.experiments.note(7);
    for (const trial of [1, 2]) store.trials.setTrashed({ experiment: 1, trial, run: 1 }, AT);
  });
  expect(told).toEqual(['trial.changed 2']);
  expect(unexpected.map(String)).toEqual(['WorkbenchError: This project has no experiment 7.', 'Error: not heard']);
  expect([1, 2].map((trial) => store.trials.get(1, trial).trashedAt)).toEqual([AT, AT]);
});

it('stores and tells nothing of a transaction that fails', () => {
  const { store, events } = openTestStore();
  fill(store, 1);
  events.length = 0;
  const failing = (): void =>
    store.transaction(() => {
      store.trials.add([newTrial(2)]);
      throw new Error('in the middle');
    });
  expect(failing).toThrow('in the middle');
  expect(events).toEqual([]);
  expect(() => store.trials.get(1, 2)).toThrow('Experiment 1 has no trial 2.');
  store.trials.add([newTrial(2)]);
  expect(events).toHaveLength(1);
});

it('gives back rows that fit their schemas, with every bit of their numbers', () => {
  const { store } = openTestStore();
  fill(store, 1);
  const reward = 0.1 + 0.2;
  finish(store, 1, completed(reward));
  expect(trialSchema.parse(store.trials.get(1, 1))).toMatchObject({ reward, logProbability: -84.5474638 });
  expect(experimentSchema.parse(store.experiments.get(1))).toMatchObject({ best: { trial: 1, reward } });
});

it('lets only the newest lease write, whatever it writes, and nobody write to a finished run', () => {
  const { store } = openTestStore();
  fill(store, 1);
  const { runs } = store;
  const [first, second] = [begin(store, 1)!, begin(store, 1)!];
  expect([first.epoch, second.epoch]).toEqual([1, 2]);
  const writesOf = (lease: Lease) => [
    runs.begin(lease, AT),
    runs.isHeld(lease),
    runs.advance(lease, 10, 100, 5),
    runs.addTime(lease, 7),
    runs.reduceBatch(lease, 4) !== null,
    runs.giveBack(lease),
    runs.finish(lease, completed(0.9), AT) !== null,
  ];
  const before = runs.get(first.run);
  expect(writesOf(first)).toEqual(Array(7).fill(false));
  expect(runs.get(first.run)).toEqual(before);
  expect(runs.advance(second, 5, 100, 0)).toBe(true);
  expect(runs.finish(second, completed(0.5), AT)).toEqual([]);
  expect(runs.lease(first.run)).toBeNull();
  const ended = runs.get(first.run);
  expect(writesOf(second)).toEqual(Array(7).fill(false));
  expect(runs.cancel(first.run, 'too late', AT)).toBeNull();
  runs.forget(first.run);
  expect(runs.get(first.run)).toEqual(ended);
  expect(store.trials.get(1, 1)).toMatchObject({ state: 'completed', reward: 0.5, attempts: 2, step: 100 });
});

it('writes for a lease only once it was begun, and begins it again only under the next one', () => {
  const { store } = openTestStore();
  fill(store, 1);
  const { runs } = store;
  const lease = runs.lease(1)!;
  expect(runs.isHeld(lease)).toBe(false);
  expect(runs.advance(lease, 1, 10, 0)).toBe(false);
  expect(runs.get(1)).toMatchObject({ state: 'queued', attempts: 0, startedAt: null });
  expect(runs.begin(lease, AT)).toBe(true);
  expect(runs.isHeld(lease)).toBe(true);
  expect(runs.giveBack(lease)).toBe(true);
  expect(runs.advance(lease, 1, 10, 0)).toBe(false);
  expect(runs.get(1)).toMatchObject({ state: 'queued', attempts: 1, startedAt: AT });
});

it('accepts no write of a void lease in 1,000 random interleavings', () => {
  const { store } = openTestStore();
  fill(store, 1000);
  let refused = 0;
  const interleave = (trial: number): void => {
    const leases: Lease[] = [];
    let step = 0;
    for (let move = 0; store.trials.get(1, trial).state !== 'completed'; move++) {
      const choice = randomUnit(trial, move, 1);
      const lease = leases[randomUint32(trial, move, 2) % Math.max(1, leases.length)];
      if (!lease || choice < 0.3) {
        leases.push(begin(store, trial)!);
        continue;
      }
      const isNewest = lease === leases.at(-1);
      const end = completed(lease.epoch / 1000);
      const accepted =
        choice < 0.8 ? store.runs.advance(lease, ++step, 100, 0) : store.runs.finish(lease, end, AT) !== null;
      expect(accepted).toBe(isNewest);
      if (!isNewest) refused++;
    }
    expect(store.trials.get(1, trial).reward).toBe(leases.length / 1000);
  };
  // One transaction: the fence does not depend on it, and the disk would be most of the time.
  store.transaction(() => {
    for (let trial = 1; trial <= 1000; trial++) interleave(trial);
  });
  expect(refused).toBeGreaterThan(500);
}, 60_000);

it('keeps two generations of checkpoints and names the files that are no longer needed', () => {
  const { store } = openTestStore();
  fill(store, 1);
  const add = (leaseEpoch: number, step: number) =>
    store.checkpoints.add(
      { run: 1, leaseEpoch, step, file: `checkpoints/${leaseEpoch}-${step}`, sizeBytes: 1, sha256: 'x' },
      AT,
    );
  expect([add(1, 10), add(1, 20), add(1, 30)]).toEqual([[], [], ['checkpoints/1-10']]);
  expect(add(2, 25)).toEqual(['checkpoints/1-20']);
  expect(store.checkpoints.newestFirst(1).map(({ step }) => step)).toEqual([30, 25]);
  expect(store.checkpoints.removeAll(1)).toEqual(['checkpoints/1-30', 'checkpoints/2-25']);
  expect(store.checkpoints.files().size).toBe(0);
});

it('keeps every report but only the newest snapshots', () => {
  const { store } = openTestStore();
  fill(store, 1);
  for (let update = 0; update <= 30; update++) store.updates.add(1, update, null, Uint8Array.of(update), AT);
  expect(store.updates.latest(1)).toMatchObject({ update: 30, snapshot: Buffer.of(30) });
  store.updates.replaceSnapshot(1, 30, Uint8Array.of(99));
  expect(store.updates.latest(1)?.snapshot).toEqual(Buffer.of(99));
  expect(() => store.updates.add(1, 30, null, Uint8Array.of(1), AT)).toThrow('UNIQUE');
});

it('ranks by reward, ties by number, and those without a reward last', () => {
  const { store } = openTestStore();
  fill(store, 6);
  const rewards = [0.2, null, 0.9, 0.2, null, 0.9];
  for (const [index, reward] of rewards.entries()) {
    if (reward === null) begin(store, index + 1);
    else finish(store, index + 1, completed(reward));
  }
  const numbers = (offset: number, limit: number) =>
    store.leaderboard.read(1, BY_REWARD, offset, limit).rows.map(({ trial }) => trial.trial);
  expect(numbers(0, 10)).toEqual([3, 6, 1, 4, 2, 5]);
  expect(numbers(2, 2)).toEqual([1, 4]);
  expect(store.leaderboard.read(1, BY_REWARD, 0, 1).total).toBe(6);
});

it('reads a page of a leaderboard of 20,000 trials in about a millisecond, any order or filter in a few', () => {
  const { store } = openTestStore();
  fill(store, 20_000);
  store.transaction(() => {
    for (let trial = 1; trial <= 20_000; trial++) {
      finish(store, trial, completed(randomUnit(1, trial)));
    }
  });
  const median = (work: () => unknown): number => {
    const times = Array.from({ length: 21 }, () => {
      const start = performance.now();
      work();
      return performance.now() - start;
    });
    return times.toSorted((a, b) => a - b)[10]!;
  };
  const pageMs = median(() => store.leaderboard.read(1, BY_REWARD, 0, 50));
  const rowMs = median(() => store.experiments.get(1));
  console.log(`leaderboard page of 50: ${pageMs.toFixed(2)} ms, experiment with counts: ${rowMs.toFixed(2)} ms`);
  // Several times what was measured on an idle machine, so that a busy one passes and a missing index does not.
  expect(pageMs).toBeLessThan(8);
  expect(rowMs).toBeLessThan(8);

  const orders = SORT_COLUMNS.flatMap((column) => [true, false].map((isAscending) => ({ column, isAscending })));
  const questions = LEADERBOARD_MODES.flatMap((mode) => [
    ...orders.map((sort) => ({ ...BY_REWARD, mode, sort })),
    ...FILTER_FIELDS.map(({ example }) => ({ ...BY_REWARD, mode, filter: `-${example}` })),
  ]);
  // Of the processor and not by the clock, which tells more of what else the machine does. No question comes twice, so
  // nothing that is kept answers it.
  const begun = process.cpuUsage();
  for (const question of questions) store.leaderboard.read(1, question, 15_000, 100);
  const { user, system } = process.cpuUsage(begun);
  const questionMs = (user + system) / 1000 / questions.length;
  console.log(`a page of 100 at 15,000 by any column or filter: ${questionMs.toFixed(1)} ms of the processor`);
  expect(questionMs).toBeLessThan(60);
}, 60_000);

it('lets one opener in, refuses a second within milliseconds, and is free as soon as the first is killed', async () => {
  const folder = newFolder();
  const holder = fork(join(import.meta.dirname, 'hold-store.ts'), [folder], { execArgv: ['--expose-gc'] });
  await once(holder, 'message');
  const start = performance.now();
  expect(() =>
    openStore(
      folder,
      () => undefined,
      () => new Date(),
    ),
  ).toThrow(/is in use by another Cellwright/);
  expect(performance.now() - start).toBeLessThan(200);
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  const { store } = openTestStore(folder);
  // What the killed process had committed.
  expect(store.experiments.list()).toHaveLength(1);
  expect(() =>
    openStore(
      folder,
      () => undefined,
      () => new Date(),
    ),
  ).toThrow(/is in use/);
});
