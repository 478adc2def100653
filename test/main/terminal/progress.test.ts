import { describe, expect, it } from 'vitest';
import {
  advanceProgress,
  bestTrial,
  countDone,
  type ProgressState,
  searchTimeLeft,
  startProgress,
} from '../../../src/main/terminal/progress-state.ts';
import { finishedLine, progressLines } from '../../../src/main/terminal/progress-view.ts';
import { textWidth } from '../../../src/main/terminal/text.ts';
import type { WorkbenchEvent } from '../../../src/shared/contract.ts';
import type { Trial } from '../../../src/shared/records/experiment.ts';
import { makeExperiment, makeTrial } from './records.ts';

const RUNNING = { state: 'running', reward: null, finishedAt: null, durationMs: 0, step: 0 } as const;
const changed = (trial: Trial): WorkbenchEvent => ({ name: 'trial.changed', payload: trial });
const running = (trial: number): WorkbenchEvent => changed(makeTrial(trial, RUNNING));
const progressed = (trial: number, step: number, { experiment = 1, run = 1 } = {}): WorkbenchEvent => {
  const epoch = step <= 125 ? 1 : 2;
  const rest = { epoch, epochs: 2, step, steps: 250, stepMs: 100, loss: 1.8341 };
  return { name: 'trial.progressed', payload: { experiment, trial, run, ...rest } };
};
/** The second run of a trial, as a person asked. */
const repeatOf = (trial: number, changes: Partial<Trial> = {}): Trial =>
  makeTrial(trial, { run: 2, purpose: 'repeat', batch: null, origin: `repeat of ${trial}`, ...changes });
const stateAfter = (...events: WorkbenchEvent[]): ProgressState =>
  events.reduce(advanceProgress, startProgress(makeExperiment(), []));

describe('progress of a search', () => {
  it('counts trials with an end and not the cancelled, which are replaced', () => {
    const state = stateAfter(
      changed(makeTrial(1)),
      changed(makeTrial(2, { state: 'failed', reward: 0, failure: 'nan_loss' })),
      changed(makeTrial(3, { state: 'cancelled', reward: null })),
    );
    expect(countDone(state)).toBe(2);
  });

  it('takes the earliest of equal rewards as the best, whatever the order of their ends', () => {
    const state = stateAfter(changed(makeTrial(2, { reward: 0.5 })), changed(makeTrial(1, { reward: 0.5 })));
    expect(bestTrial(state)).toEqual({ trial: 1, run: 1, reward: 0.5 });
  });

  it('shows nothing of another experiment', () => {
    const state = stateAfter(running(1));
    expect(advanceProgress(state, progressed(1, 50, { experiment: 2 }))).toBe(state);
    expect(advanceProgress(state, changed(makeTrial(1, { experiment: 2 })))).toBe(state);
  });

  it('does not bring a finished trial back when its last progress arrives late', () => {
    expect(stateAfter(running(1), changed(makeTrial(1)), progressed(1, 250)).running.size).toBe(0);
  });

  it('forgets how far a trial was that begins anew, as its memory ran out', () => {
    const anew = changed(makeTrial(1, { state: 'running', step: 0, finishedAt: null, reducedBatchSize: 32 }));
    const [trial] = stateAfter(running(1), progressed(1, 50), anew).running.values();
    expect(trial).toMatchObject({ step: 0, epoch: 1, stepMs: 0 });
  });

  it('knows no time left before the first step, then judges from the speed of the steps', () => {
    expect(searchTimeLeft(stateAfter(running(1)))).toBeNull();
    // 200 steps of this trial and 5 trials of 250 steps, 100 ms each.
    expect(searchTimeLeft(stateAfter(running(1), progressed(1, 50)))).toBe(20_000 + 5 * 25_000);
  });

  it('judges from the finished trials once there are some, reused ones counted as no time', () => {
    const reused = makeTrial(2, { reusedFrom: 1, durationMs: 0 });
    expect(searchTimeLeft(stateAfter(changed(makeTrial(1)), changed(reused)))).toBe(4 * 15_000);
  });

  it('shares the work among trials at once, and is never shorter than a running trial', () => {
    const experiment = makeExperiment();
    const twoAtOnce = { ...experiment, config: { ...experiment.config, trialsAtOnce: 2 } };
    const start = startProgress(
      twoAtOnce,
      [1, 2, 3, 4].map((trial) => makeTrial(trial)),
    );
    const state = [running(5), running(6), progressed(5, 0), progressed(6, 200)].reduce(advanceProgress, start);
    expect(searchTimeLeft(state)).toBe(25_000);
  });

  it('takes a running repeat for none of the trials that are left', () => {
    const repeat = repeatOf(1, RUNNING);
    const before = searchTimeLeft(stateAfter(changed(makeTrial(1))));
    const left = searchTimeLeft(stateAfter(changed(makeTrial(1)), changed(repeat), progressed(1, 50, { run: 2 })));
    // 200 steps of 100 ms stand beside what was left.
    expect(left).toBe((before ?? 0) + 20_000);
  });

  it('ends with the time limit, but not before the running trial', () => {
    const experiment = makeExperiment({ runningMs: 100_000 });
    const limited = { ...experiment.config, budget: { trials: 6, timeLimitMs: 130_000 } };
    const start = startProgress({ ...experiment, config: limited }, [makeTrial(1)]);
    expect(searchTimeLeft(start)).toBe(30_000);
    expect(searchTimeLeft([running(2), progressed(2, 0)].reduce(advanceProgress, start))).toBe(30_000);
  });

  it('draws the three levels: search, trial and epoch, each with what is left', () => {
    const state = stateAfter(changed(makeTrial(1)), running(2), progressed(2, 150));
    expect(progressLines(state, 120, 24)).toEqual([
      'search      ▓▓▓▓░░░░░░░░░░░░░░░░░░░░  1 of 6 trials · about 2 min left · best 41.00 %, trial 1',
      'trial 2     ▓▓▓▓▓▓▓▓▓▓▓▓▓▓░░░░░░░░░░  epoch 2 of 2 · about 10 s left',
      '  epoch 2   ▓▓▓▓▓░░░░░░░░░░░░░░░░░░░  step 25 of 125 · about 10 s left · loss 1.834 · 100 ms a step',
    ]);
  });

  it('fits any terminal, in width and in height', () => {
    const trials = Array.from({ length: 30 }, (_, index) => [running(index + 1), progressed(index + 1, 10)]).flat();
    for (const [columns, rows] of [
      [40, 10],
      [80, 24],
      [20, 3],
    ] as const) {
      const lines = progressLines(stateAfter(...trials), columns, rows);
      expect(lines.length).toBeLessThanOrEqual(Math.max(rows, 4));
      for (const line of lines) expect(textWidth(line)).toBeLessThan(columns);
    }
  });

  it('writes a finished trial as one plain line with reward, best so far and time left', () => {
    const first = makeTrial(1, { reward: 0.43 });
    const second = makeTrial(2);
    expect(finishedLine(stateAfter(changed(first), changed(second)), second, false)).toBe(
      'trial 2 of 6  reward 41.00 %  best 43.00 % (trial 1)  0:30  about 2 min left',
    );
    const failed = makeTrial(3, { state: 'failed', reward: 0, failure: 'out_of_memory' });
    expect(finishedLine(stateAfter(changed(failed)), failed, false)).toContain('failed: out of memory');
    const reused = makeTrial(4, { reusedFrom: 1, durationMs: 0 });
    expect(finishedLine(stateAfter(changed(reused)), reused, true)).toContain('reward 41.00 %, reused from trial 1');
    // Its number says nothing of how far the search is.
    const repeat = repeatOf(2);
    expect(finishedLine(stateAfter(changed(repeat)), repeat, true)).toMatch(/^trial 2·2 \(repeat of 2\) {2}reward/);
  });

  it('follows two runs of one trial side by side, by their names', () => {
    const state = stateAfter(
      running(2),
      changed(repeatOf(2, RUNNING)),
      progressed(2, 50),
      progressed(2, 200, { run: 2 }),
    );
    expect(progressLines(state, 120, 24).filter((line) => line.startsWith('trial'))).toEqual([
      expect.stringMatching(/^trial 2 .*epoch 1 of 2/),
      expect.stringMatching(/^trial 2·2 .*epoch 2 of 2/),
    ]);
    const ended = advanceProgress(state, changed(repeatOf(2, { reward: 0.9 })));
    expect([...ended.running.values()].map(({ trial, run }) => [trial, run])).toEqual([[2, 1]]);
    expect(countDone(ended)).toBe(0);
    expect(progressLines(ended, 120, 24)[0]).toContain('best 90.00 %, trial 2·2');
  });
});
