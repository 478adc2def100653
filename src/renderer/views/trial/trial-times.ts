import type { Experiment, Trial } from '../../../shared/records/experiment.ts';
import type { Attempt } from '../../../shared/records/log.ts';

/** A state that a trial went into. */
export interface TrialStep {
  readonly state: Trial['state'];
  /** ISO time; null where it is not known. */
  readonly at: string | null;
  /** How long it stayed there, in milliseconds; null for the last one, which it stays in, and where it is not known. */
  readonly stayedMs: number | null;
}

/** Whether a trial was in training and waits to go on: its search was paused. */
export const isQueuedAgain = ({ state, startedAt }: Trial): boolean => state === 'queued' && startedAt !== null;

/**
 * The states that a trial went through, in their order. One that was never started goes from queued to its end; one that
 * is queued again is so since its last attempt ended. `attempts`: of the trial, by number, once they were read.
 */
export function trialSteps(trial: Trial, attempts: readonly Attempt[] = []): TrialStep[] {
  const { state, queuedAt, startedAt, finishedAt } = trial;
  const steps = [
    { state: 'queued' as const, at: queuedAt },
    ...(startedAt === null ? [] : [{ state: 'running' as const, at: startedAt }]),
    ...(isQueuedAgain(trial) ? [{ state, at: attempts.at(-1)?.endedAt ?? null }] : []),
    ...(finishedAt === null ? [] : [{ state, at: finishedAt }]),
  ];
  return steps.map((step, index) => ({ ...step, stayedMs: msBetween(step.at, steps[index + 1]?.at ?? null) }));
}

function msBetween(from: string | null, to: string | null): number | null {
  return from === null || to === null ? null : Date.parse(to) - Date.parse(from);
}

/** The question for a trial's attempts. */
export const attemptsOf = ({ experiment, trial, run }: Trial) => ({ experiment, trial, run });

/** Numbers of the trials before and after one; null where there is none. Trials are numbered without gaps. */
export function trialNeighbours(
  { lastTrial }: Experiment,
  trial: number,
): { previous: number | null; next: number | null } {
  return { previous: trial > 1 ? trial - 1 : null, next: trial < lastTrial ? trial + 1 : null };
}

/** What is left of a trial's training, from its last steps; null before they are known. Milliseconds. */
export function trialLeftMs(progress: { step: number; steps: number; stepMs: number } | undefined): number | null {
  if (progress === undefined || progress.stepMs <= 0) return null;
  return Math.max(0, progress.steps - progress.step) * progress.stepMs;
}
