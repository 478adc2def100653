/**
 * A strategy counts its proposals, a person counts the trials of an experiment; the two differ by the repeats that a
 * person asked for in between. So what a strategy proposes, and each child's seed, are the same with and without them.
 */
export class TrialNumbers {
  /** Numbers of the repeats, ascending. */
  private readonly repeats: readonly number[];

  constructor(repeats: readonly number[]) {
    this.repeats = repeats;
  }

  /** The trial of a proposal; proposals after the last trial come after all repeats. */
  trialOf(proposal: number): number {
    let trial = proposal;
    for (const repeat of this.repeats) {
      if (repeat > trial) break;
      trial++;
    }
    return trial;
  }

  /** The proposal of a trial that is no repeat. */
  proposalOf(trial: number): number {
    return trial - this.repeats.filter((repeat) => repeat < trial).length;
  }
}
