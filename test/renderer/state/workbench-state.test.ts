import { expect, it } from 'vitest';
import { EMPTY_STATE, reduceEvents, type WorkbenchState } from '../../../src/renderer/state/workbench-state.ts';
import type { TrialEpoch } from '../../../src/shared/records/experiment.ts';
import { makeExperiment, makeTrial } from '../../main/terminal/records.ts';

const known: WorkbenchState = {
  ...EMPTY_STATE,
  experiments: new Map([[1, makeExperiment()]]),
  live: new Map([[1, { active: new Map([['1', makeTrial(1, { state: 'running', reward: null })]]), recent: [] }]]),
  trials: new Map([['1/1', makeTrial(1, { state: 'running', reward: null })]]),
  epochs: new Map([['1/1', []]]),
};
const progress = { experiment: 1, trial: 1, run: 1, epoch: 1, epochs: 2, step: 3, steps: 8, stepMs: 5, loss: 1.5 };
const epoch = (number: number, validationAccuracy: number): TrialEpoch => ({
  experiment: 1,
  trial: 1,
  run: 1,
  epoch: number,
  trainingLoss: 1,
  trainingAccuracy: 0.5,
  validationLoss: 1,
  validationAccuracy,
  learningRate: 0.1,
  dropPathKeep: 1,
  durationMs: 10,
});

it('puts whole rows in the place of old ones and leaves the old state as it was', () => {
  const after = reduceEvents(known, [
    { name: 'trial.progressed', payload: progress },
    { name: 'trial.changed', payload: makeTrial(2, { state: 'queued', reward: null }) },
    { name: 'experiment.changed', payload: makeExperiment({ state: 'paused' }) },
  ]);
  expect([...(after.live.get(1)?.active.keys() ?? [])]).toEqual(['1', '2']);
  // Nobody asked for the second.
  expect([...after.trials.keys()]).toEqual(['1/1']);
  expect(after.experiments?.get(1)?.state).toBe('paused');
  expect(after.progress.get('1/1')).toEqual(progress);
  expect(known.live.get(1)?.active.size).toBe(1);
  expect(known.progress.size).toBe(0);
});

it('forgets the progress of a trial that is no longer running', () => {
  const running = reduceEvents(known, [{ name: 'trial.progressed', payload: progress }]);
  const after = reduceEvents(running, [{ name: 'trial.changed', payload: makeTrial(1) }]);
  expect(after.progress.size).toBe(0);
  expect(after.trials.get('1/1')?.reward).toBe(0.41);
});

it('forgets the epochs and the progress of a trial that begins anew, as with a smaller batch', () => {
  const trained = reduceEvents(known, [
    { name: 'epoch.added', payload: epoch(1, 0.5) },
    { name: 'trial.progressed', payload: progress },
  ]);
  const [running, anew] = [8, 0].map((step) =>
    makeTrial(1, { state: 'running', reward: null, step, reducedBatchSize: step === 0 ? 16 : null }),
  );
  const after = (trial: typeof running) => reduceEvents(trained, [{ name: 'trial.changed', payload: trial! }]);
  expect([after(running).epochs.get('1/1'), after(running).progress.size]).toEqual([[epoch(1, 0.5)], 1]);
  expect([after(anew).epochs.get('1/1'), after(anew).progress.size]).toEqual([[], 0]);
});

it('tells what is known of the runs of a trial apart', () => {
  const second = makeTrial(1, { run: 2, state: 'running', reward: null });
  const after = reduceEvents({ ...known, epochs: new Map([...known.epochs, ['1/1.2', []]]) }, [
    { name: 'trial.changed', payload: second },
    { name: 'trial.progressed', payload: { ...progress, run: 2 } },
    { name: 'epoch.added', payload: { ...epoch(1, 0.5), run: 2 } },
    { name: 'trial.changed', payload: makeTrial(1) },
  ]);
  expect([...(after.live.get(1)?.active.keys() ?? [])]).toEqual(['1.2']);
  expect([...after.progress.keys()]).toEqual(['1/1.2']);
  expect([after.epochs.get('1/1'), after.epochs.get('1/1.2')?.length]).toEqual([[], 1]);
});

it('keeps of a search only what is under way and the last twenty trials that finished', () => {
  const finished = Array.from({ length: 25 }, (_, index) => index + 1).flatMap((number) => [
    { name: 'trial.changed' as const, payload: makeTrial(number, { state: 'running', reward: null }) },
    { name: 'trial.changed' as const, payload: makeTrial(number) },
  ]);
  const live = reduceEvents(known, finished).live.get(1);
  expect(live?.active.size).toBe(0);
  expect(live?.recent.map(({ trial }) => trial)).toEqual(Array.from({ length: 20 }, (_, index) => index + 6));
});

it('keeps of finished trials what reading them again would bring: the newest numbers without cancelled ones', () => {
  const queued = [2, 3, 4].map((number) => makeTrial(number, { state: 'queued', reward: null }));
  const ended = [makeTrial(4), makeTrial(3, { state: 'cancelled', reward: null }), makeTrial(2), makeTrial(1)];
  const events = [...queued, ...ended].map((payload) => ({ name: 'trial.changed' as const, payload }));
  const live = reduceEvents(known, events).live.get(1);
  expect(live?.active.size).toBe(0);
  expect(live?.recent.map(({ trial }) => trial)).toEqual([1, 2, 4]);
});

it('keeps epochs in order, and the newer of two tellings after a checkpoint', () => {
  const after = reduceEvents(known, [
    { name: 'epoch.added', payload: epoch(2, 0.4) },
    { name: 'epoch.added', payload: epoch(1, 0.3) },
    { name: 'epoch.added', payload: epoch(2, 0.5) },
  ]);
  expect(after.epochs.get('1/1')?.map((one) => [one.epoch, one.validationAccuracy])).toEqual([
    [1, 0.3],
    [2, 0.5],
  ]);
});

it('lets events go whose subject was never read, as the same state', () => {
  const after = reduceEvents(EMPTY_STATE, [
    { name: 'experiment.changed', payload: makeExperiment() },
    { name: 'trial.changed', payload: makeTrial(1) },
    { name: 'epoch.added', payload: epoch(1, 0.3) },
  ]);
  expect(after).toBe(EMPTY_STATE);
});
