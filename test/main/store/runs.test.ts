import { expect, it } from 'vitest';
import { AT, begin, completed, fill, finish, newSpec, newTrial, openTestStore } from './store-setting.ts';

const HASHES = ['a', 'b', 'c'].map((digit) => digit.repeat(64));

it('gives a run its spec back as it was, and shares what runs have in common', () => {
  const { store } = openTestStore();
  fill(store, 2);
  const own = { ...newSpec(7), kind: 'calibrate' } as const;
  const run = store.runs.add({ experiment: null, purpose: 'calibration', spec: own, queuedAt: AT });
  expect(store.runs.spec(run)).toEqual(own);
  const { seed: _seed, reward: _reward, limits: _limits, ...rest } = newSpec(1);
  const evaluation = { ...rest, kind: 'evaluate', weights: HASHES[0]!, split: 'test' } as const;
  const evaluated = store.runs.add({ experiment: 1, purpose: 'asked', spec: evaluation, queuedAt: AT });
  expect(store.runs.spec(evaluated)).toEqual(evaluation);
  expect(store.runs.spec(store.rows.idOf(1, 2))).toEqual(newTrial(2).spec);
  expect(store.runs.get(run)).toMatchObject({ experiment: null, purpose: 'calibration', state: 'queued' });
  expect([store.runs.unfinished(1), store.runs.unfinishedFor('calibration')]).toEqual([[1, 2, evaluated], [run]]);
  expect([...store.runs.allUnfinished()].toSorted()).toEqual([1, 2, run, evaluated]);
});

it('keeps what an evaluation counted, which is no reward', () => {
  const { store } = openTestStore();
  fill(store, 1);
  const { seed: _seed, reward: _reward, limits: _limits, ...rest } = newSpec(1);
  const spec = { ...rest, kind: 'evaluate', weights: HASHES[0]!, split: 'test' } as const;
  const run = store.runs.add({ experiment: 1, purpose: 'asked', spec, queuedAt: AT });
  const lease = store.runs.lease(run)!;
  store.runs.begin(lease, AT);
  const counted = { images: 10, correct: 7, loss: 0.5 };
  const end = { outcome: { kind: 'evaluated', ...counted }, durationMs: 5, weightsHash: null, weights: null } as const;
  expect(store.runs.finish(lease, end, AT)).toEqual([]);
  expect(store.runs.get(run)).toMatchObject({ state: 'completed', reward: null, evaluation: counted });
  expect(store.experiments.get(1).counts).toMatchObject({ queued: 1, completed: 0 });
});

it('shows a trial that reuses another the reward of that run, and no time, attempt or step of its own', () => {
  const { store, events } = openTestStore();
  fill(store, 2);
  const own = store.rows.idOf(1, 2);
  store.runs.advance(begin(store, 1)!, 5, 10, 0);
  finish(store, 1, completed(0.5));
  events.length = 0;
  store.trials.reuse(1, 2, 1, '2030-01-03T00:00:00.000Z');
  expect(store.rows.idOf(1, 2)).toBe(store.rows.idOf(1, 1));
  expect([store.rows.isReused(1, 1), store.rows.isReused(1, 2)]).toEqual([false, true]);
  expect(store.rows.ownerOf(store.rows.idOf(1, 2))).toEqual({ experiment: 1, trial: 1, run: 1 });
  expect(store.trials.get(1, 2)).toMatchObject({
    state: 'completed',
    reusedFrom: 1,
    reward: 0.5,
    bestEpoch: 2,
    seed: 2,
    durationMs: 0,
    attempts: 0,
    step: 0,
    startedAt: null,
    finishedAt: '2030-01-03T00:00:00.000Z',
    weightsHash: null,
  });
  expect(events.map(({ name, payload }) => [name, 'trial' in payload && payload.trial])).toEqual([
    ['trial.changed', 2],
  ]);
  expect(() => store.runs.get(own)).toThrow(`This project has no run ${own}.`);
  expect(store.experiments.get(1).counts).toMatchObject({ completed: 2, queued: 0 });
});

it('tells every trial that refers to a run that changed', () => {
  const { store, events } = openTestStore();
  fill(store, 2);
  store.artifacts.add({ hash: HASHES[0]!, kind: 'weights', mediaType: 'none/none', sizeBytes: 1, createdAt: AT });
  finish(store, 1, { ...completed(0.5), weights: HASHES[0]! });
  store.trials.reuse(1, 2, 1, AT);
  events.length = 0;
  store.runs.releaseWeights(store.rows.idOf(1, 1));
  const told = events.map(({ payload }) => ('weights' in payload ? [payload.trial, payload.weights] : []));
  expect(told).toEqual([
    [1, null],
    [2, null],
  ]);
});

it('never gives the number of a run twice', () => {
  const { store } = openTestStore();
  fill(store, 2);
  const last = store.rows.idOf(1, 2);
  finish(store, 1, completed(0.5));
  store.trials.reuse(1, 2, 1, AT);
  store.trials.add([newTrial(3)]);
  expect(store.rows.idOf(1, 3)).toBe(last + 1);
});

it('has repeats as further runs of their trial, each a row of its own', () => {
  const { store } = openTestStore();
  fill(store, 17);
  finish(store, 17, completed(0.25));
  expect(store.trials.addRepeat(1, 17, newSpec(99), AT)).toBe(2);
  expect(store.trials.get(1, 17, 2)).toMatchObject({
    run: 2,
    purpose: 'repeat',
    origin: 'repeat of 17',
    parent: 17,
    batch: null,
    logProbability: null,
    seed: 99,
    state: 'queued',
  });
  expect(store.trials.unfinishedRepeats(1).map(({ trial, run }) => [trial, run])).toEqual([[17, 2]]);
  finish(store, 17, completed(0.75), 2);
  expect(store.trials.get(1, 17).reward).toBe(0.25);
  expect(store.trials.countRepeats(1, 17)).toBe(1);
  expect(store.trials.nextNumber(1)).toBe(18);
  expect(() => store.trials.get(1, 17, 3)).toThrow('Experiment 1 has no run 3 of trial 17.');
});

it('gives a trial 1,000 runs and no more', () => {
  const { store } = openTestStore();
  fill(store, 1);
  const last = store.transaction(() => {
    for (let seed = 2; seed < 1000; seed++) store.trials.addRepeat(1, 1, newSpec(seed), AT);
    return store.trials.addRepeat(1, 1, newSpec(1000), AT);
  });
  expect(last).toBe(1000);
  expect(() => store.trials.addRepeat(1, 1, newSpec(1001), AT)).toThrow(
    expect.objectContaining({ code: 'conflict', message: "Trial 1 has 1000 runs, and a trial can't have more." }),
  );
  expect(store.trials.countRepeats(1, 1)).toBe(999);
});

it('knows which trials are better, which keep their weights beyond so many, and what weights are in use', () => {
  const { store } = openTestStore();
  fill(store, 4);
  for (const hash of HASHES) {
    store.artifacts.add({ hash, kind: 'weights', mediaType: 'none/none', sizeBytes: 1, createdAt: AT });
  }
  const ends = [0.5, 0.75, 0.5].map((reward, at) => ({ ...completed(reward), weights: HASHES[at]! }));
  for (const [at, end] of ends.entries()) finish(store, at + 1, end);
  store.trials.addRepeat(1, 4, newSpec(9), AT);
  // A repeat is none of the search's own.
  finish(store, 4, { ...completed(1), weights: HASHES[0]! }, 2);
  expect([0.4, 0.5, 0.75].map((reward) => store.runs.better(1, reward))).toEqual([3, 1, 0]);
  expect(store.runs.withWeightsBeyond(1, 1)).toEqual([
    { run: 1, weights: HASHES[0] },
    { run: 3, weights: HASHES[2] },
  ]);
  expect(store.runs.withWeightsBeyond(1, 2).map(({ run }) => run)).toEqual([3]);
  expect(() => store.artifacts.remove(HASHES[2]!)).toThrow(expect.objectContaining({ code: 'conflict' }));
  store.runs.releaseWeights(3);
  expect(HASHES.map((hash) => store.runs.usesWeights(hash))).toEqual([true, true, false]);
  expect(store.artifacts.remove(HASHES[2]!)).toBe(true);
});

it('takes the checkpoints of a run with it when it ends, is cancelled, or begins anew with a smaller batch', () => {
  const { store } = openTestStore();
  fill(store, 3);
  const [first, second, third] = [1, 2, 3].map((trial) => begin(store, trial)!);
  for (const run of [1, 2, 3]) {
    const file = { file: `checkpoints/${run}`, sizeBytes: 1, sha256: '0'.repeat(64) };
    store.checkpoints.add({ run, leaseEpoch: 1, step: 5, ...file }, AT);
  }
  expect(store.runs.finish(first!, completed(0.5), AT)).toEqual(['checkpoints/1']);
  expect(store.runs.cancel(second!.run, 'Cancelled on request.', AT)).toEqual(['checkpoints/2']);
  expect(store.runs.reduceBatch(third!, 4)).toEqual(['checkpoints/3']);
  expect(store.checkpoints.files().size).toBe(0);
  expect(store.trials.get(1, 3)).toMatchObject({ state: 'running', reducedBatchSize: 4, step: 0 });
});
