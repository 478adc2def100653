import type { EventPayload, WorkbenchEvent } from '../../shared/contract.ts';
import type { Experiment, Trial } from '../../shared/records/experiment.ts';
import { byNumber, trialName } from '../../shared/trial-name.ts';

/** Trials whose durations the time left is judged from. */
const RECENT_TRIALS = 20;

export interface RunningTrial {
  readonly trial: number;
  readonly run: number;
  /** Asked for by a person, and none of the search's own. */
  readonly isRepeat: boolean;
  readonly epoch: number;
  readonly epochs: number;
  /** Steps done and steps in all, over the whole trial. */
  readonly step: number;
  readonly steps: number;
  readonly stepMs: number;
  readonly loss: number | null;
}

/** What the progress of one experiment is drawn from. */
export interface ProgressState {
  readonly experiment: Experiment;
  /** By name, see trial-name.ts: two runs of one trial may train at once. */
  readonly running: ReadonlyMap<string, RunningTrial>;
  /** Finished runs of trials seen, by name. */
  readonly finished: ReadonlyMap<string, Trial>;
}

export function startProgress(experiment: Experiment, trials: readonly Trial[]): ProgressState {
  const finished = trials.filter((trial) => trial.finishedAt !== null);
  return { experiment, running: new Map(), finished: new Map(finished.map((trial) => [trialName(trial), trial])) };
}

/** The state after an event; the same object when the event says nothing about this experiment. */
export function advanceProgress(state: ProgressState, event: WorkbenchEvent): ProgressState {
  switch (event.name) {
    case 'experiment.changed':
      return event.payload.id === state.experiment.id ? { ...state, experiment: event.payload } : state;
    case 'trial.changed':
      return event.payload.experiment === state.experiment.id ? withTrial(state, event.payload) : state;
    case 'trial.progressed':
      return event.payload.experiment === state.experiment.id ? withProgress(state, event.payload) : state;
    default:
      return state;
  }
}

function withTrial(state: ProgressState, trial: Trial): ProgressState {
  const running = new Map(state.running);
  const finished = new Map(state.finished);
  const name = trialName(trial);
  if (trial.state !== 'running') running.delete(name);
  // One whose memory ran out begins anew.
  else if (trial.step === 0 || !running.has(name)) running.set(name, freshTrial(state.experiment, trial));
  if (trial.finishedAt !== null) finished.set(name, trial);
  return { ...state, running, finished };
}

function freshTrial(experiment: Experiment, trial: Trial): RunningTrial {
  const epochs = experiment.config.recipe.epochs;
  const { trial: number, run, step, steps } = trial;
  return { trial: number, run, isRepeat: isRepeat(trial), epoch: 1, epochs, step, steps, stepMs: 0, loss: null };
}

function withProgress(state: ProgressState, progress: EventPayload<'trial.progressed'>): ProgressState {
  const name = trialName(progress);
  if (state.finished.has(name)) return state;
  const { experiment: _, ...row } = progress;
  const repeats = state.running.get(name)?.isRepeat ?? row.run > 1;
  return { ...state, running: new Map(state.running).set(name, { ...row, isRepeat: repeats }) };
}

const isRepeat = ({ purpose }: Trial): boolean => purpose === 'repeat';

/** Trials with an end that counts against the budget: not cancelled ones, which are replaced, nor repeats. */
export function countDone(state: ProgressState): number {
  return [...state.finished.values()].filter((trial) => trial.state !== 'cancelled' && !isRepeat(trial)).length;
}

/** The finished trial with the highest reward, the earliest of equals; null before the first. */
export function bestTrial(state: ProgressState): { trial: number; run: number; reward: number } | null {
  let best: { trial: number; run: number; reward: number } | null = null;
  for (const { trial, run, reward } of [...state.finished.values()].sort(byNumber)) {
    if (reward !== null && (best === null || reward > best.reward)) best = { trial, run, reward };
  }
  return best;
}

/** Milliseconds until a running trial ends, or null before its first step. */
export function trialTimeLeft(trial: RunningTrial): number | null {
  return trial.stepMs > 0 ? trial.stepMs * Math.max(0, trial.steps - trial.step) : null;
}

/** Where a trial stands inside its epoch. */
export function epochSteps(trial: RunningTrial): { step: number; steps: number } {
  const steps = trial.epochs > 0 ? Math.round(trial.steps / trial.epochs) : 0;
  return { step: Math.min(steps, Math.max(0, trial.step - (trial.epoch - 1) * steps)), steps };
}

/**
 * Milliseconds until the search ends, judged from the trials that finished last (reused ones took no time, and count
 * as that); before the first from the speed of its steps. Null while nothing is known.
 */
export function searchTimeLeft(state: ProgressState): number | null {
  const { config } = state.experiment;
  const each = meanTrialMs(state);
  if (each === null) return null;
  const own = [...state.running.values()].filter(({ isRepeat }) => !isRepeat).length;
  const unstarted = Math.max(0, config.budget.trials - countDone(state) - own);
  let work = unstarted * each;
  let longest = 0;
  for (const trial of state.running.values()) {
    const left = trialTimeLeft(trial) ?? each * (1 - trial.step / Math.max(1, trial.steps));
    work += left;
    longest = Math.max(longest, left);
  }
  const left = Math.max(longest, work / config.trialsAtOnce);
  if (config.budget.timeLimitMs === 0) return left;
  return Math.min(left, Math.max(longest, config.budget.timeLimitMs - state.experiment.runningMs));
}

function meanTrialMs(state: ProgressState): number | null {
  const recent = [...state.finished.values()]
    .filter((trial) => trial.state !== 'cancelled')
    .sort(byNumber)
    .slice(-RECENT_TRIALS);
  if (recent.some((trial) => trial.durationMs > 0)) {
    return recent.reduce((sum, trial) => sum + trial.durationMs, 0) / recent.length;
  }
  const speeds = [...state.running.values()].filter((trial) => trial.stepMs > 0);
  if (speeds.length === 0) return null;
  return speeds.reduce((sum, trial) => sum + trial.stepMs * trial.steps, 0) / speeds.length;
}
