import type { Experiment, Trial } from '../../../shared/records/experiment.ts';

/** A state that a trial went into. */
export interface TrialStep {
  readonly state: Trial['state'];
  /** ISO time. */
  readonly at: string;
  /** How long it stayed there, in milliseconds; null for the last one, which it stays in. */
  readonly stayedMs: number | null;
}

/** The states that a trial went through, in their order. One that was never started goes from queued to its end. */
export function trialSteps({ state, queuedAt, startedAt, finishedAt }: Trial): TrialStep[] {
  const steps = [
    { state: 'queued' as const, at: queuedAt },
    ...(startedAt === null ? [] : [{ state: 'running' as const, at: startedAt }]),
    ...(finishedAt === null ? [] : [{ state, at: finishedAt }]),
  ];
  return steps.map((step, index) => {
    const next = steps[index + 1];
    return { ...step, stayedMs: next === undefined ? null : Date.parse(next.at) - Date.parse(step.at) };
  });
}

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
