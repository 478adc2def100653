/** All of them ours, from what was measured of TensorFlow under Node. */
export interface TrainerLimits {
  /** A host is replaced after so many runs: TensorFlow leaves 6 to 9 MB behind for each. */
  readonly recycleAfterRuns: number;
  /** And when it has grown beyond this: before its next run, or within one after saving it. */
  readonly residentBytes: number;
  /** A host that has not reported by then does not start. */
  readonly readyWithinMs: number;
  /** A training thread without any progress for so long hangs; or for 20 times its median step, if that is longer. */
  readonly progressWithinMs: number;
  /** A training that was asked to stop is killed after this; or after 3 times its median step, if that is longer. */
  readonly stopWithinMs: number;
  /** A host without a run for so long ends and gives its memory back. */
  readonly idleForMs: number;
}

export const TRAINER_LIMITS: TrainerLimits = {
  recycleAfterRuns: 25,
  residentBytes: 6 * 2 ** 30,
  readyWithinMs: 60_000,
  progressWithinMs: 60_000,
  stopWithinMs: 30_000,
  idleForMs: 60_000,
};
