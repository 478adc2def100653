/** Where time comes from, so that a test or a jump of the wall clock can't disturb a search. */
export interface Clock {
  /** For people only: nothing is ordered or measured by it. */
  now(): Date;
  /** Grows steadily while the process runs; for durations. Milliseconds. */
  monotonicMs(): number;
}

export const SYSTEM_CLOCK: Clock = { now: () => new Date(), monotonicMs: () => performance.now() };
