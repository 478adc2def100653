import { describe, expect, it } from 'vitest';
import { mergedLog } from '../../../src/renderer/views/trial/log-entries.ts';
import { trialLeftMs, trialNeighbours, trialSteps } from '../../../src/renderer/views/trial/trial-times.ts';
import { makeExperiment } from '../../main/terminal/records.ts';
import { trialRecord } from './trial-record.ts';

const at = (second: number): string => new Date(Date.UTC(2030, 0, 2, 3, 4, second)).toISOString();

describe('the states of a trial', () => {
  it('come in their order with how long each lasted', () => {
    const trial = trialRecord({ state: 'failed', queuedAt: at(0), startedAt: at(12), finishedAt: at(46) });
    expect(trialSteps(trial)).toEqual([
      { state: 'queued', at: at(0), stayedMs: 12_000 },
      { state: 'running', at: at(12), stayedMs: 34_000 },
      { state: 'failed', at: at(46), stayedMs: null },
    ]);
  });

  it('skip the training of a trial that was cancelled in the queue', () => {
    const trial = trialRecord({ state: 'cancelled', queuedAt: at(0), startedAt: null, finishedAt: at(5) });
    expect(trialSteps(trial).map(({ state, stayedMs }) => [state, stayedMs])).toEqual([
      ['queued', 5000],
      ['cancelled', null],
    ]);
  });

  it('end with the queue while it waits', () => {
    expect(trialSteps(trialRecord({ state: 'queued', startedAt: null, finishedAt: null }))).toHaveLength(1);
  });

  it('end with the queue where it was paused, since its last attempt ended', () => {
    const paused = trialRecord({ state: 'queued', queuedAt: at(0), startedAt: at(12), finishedAt: null });
    const attempt = (attempt: number, from: number, to: number | null) => ({
      attempt,
      batchSize: 32,
      startedAt: at(from),
      endedAt: to === null ? null : at(to),
      end: 'The search was paused.',
    });
    expect(trialSteps(paused, [attempt(1, 12, 20), attempt(2, 25, 40)])).toEqual([
      { state: 'queued', at: at(0), stayedMs: 12_000 },
      { state: 'running', at: at(12), stayedMs: 28_000 },
      { state: 'queued', at: at(40), stayedMs: null },
    ]);
    // Before the attempts are read, and where nobody was there to see the end.
    for (const attempts of [undefined, [attempt(1, 12, null)]]) {
      expect(trialSteps(paused, attempts).slice(1)).toEqual([
        { state: 'running', at: at(12), stayedMs: null },
        { state: 'queued', at: null, stayedMs: null },
      ]);
    }
    expect(trialSteps({ ...paused, state: 'running' }, [attempt(1, 12, 20)])).toHaveLength(2);
  });
});

describe('the trials beside a trial', () => {
  // Two of the seven are repeats, which are not counted among the search's own.
  const experiment = makeExperiment({
    counts: { queued: 0, running: 1, completed: 3, failed: 1, pruned: 0, cancelled: 0 },
    repeats: { queued: 0, running: 0 },
    lastTrial: 7,
  });

  it('end at the first and at the last, repeats among them', () => {
    expect(trialNeighbours(experiment, 1)).toEqual({ previous: null, next: 2 });
    expect(trialNeighbours(experiment, 4)).toEqual({ previous: 3, next: 5 });
    expect(trialNeighbours(experiment, 6)).toEqual({ previous: 5, next: 7 });
    expect(trialNeighbours(experiment, 7)).toEqual({ previous: 6, next: null });
  });
});

describe('the time left of a training', () => {
  it('is the rest of its steps at the pace of the last ones', () => {
    expect(trialLeftMs({ step: 140, steps: 400, stepMs: 200 })).toBe(52_000);
    expect(trialLeftMs({ step: 401, steps: 400, stepMs: 200 })).toBe(0);
  });

  it('is not told before a step was measured', () => {
    expect(trialLeftMs(undefined)).toBeNull();
    expect(trialLeftMs({ step: 0, steps: 400, stepMs: 0 })).toBeNull();
  });
});

describe('the log of a trial', () => {
  const entry = (second: number, message: string) =>
    ({ at: at(second), level: 'info', experiment: 1, trial: 3, message }) as const;

  it('has what was stored and what came since, each once, oldest first', () => {
    const stored = [entry(1, 'begins'), entry(2, 'is retried')];
    const live = [entry(3, 'ended'), entry(2, 'is retried')];
    expect(mergedLog(stored, live).map(({ message }) => message)).toEqual(['begins', 'is retried', 'ended']);
  });

  it('keeps two different things that were told at once', () => {
    expect(mergedLog([entry(1, 'one')], [entry(1, 'other')])).toHaveLength(2);
  });
});
