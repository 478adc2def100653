/** Where the time from a job's arrival to its first loss went, in the order of the parts. Milliseconds. */
export const TIMING_PARTS = [
  /** Data set's manifest, split, classes. */
  'split',
  /** From the architecture to a network plan. */
  'plan',
  /** Forward graph of the training step. */
  'network',
  /** Backward graph, updates. */
  'gradients',
  /** Evaluation's graph, packing of the state. */
  'evaluation',
  /** GraphDef's bytes, and TensorFlow loading them. */
  'open',
  /** Images from disk and into the session. */
  'images',
  /** Initial weights, or a checkpoint's. */
  'initialise',
  /** The first step, which includes TensorFlow's planning of it. */
  'firstStep',
] as const;
export type TimingPart = (typeof TIMING_PARTS)[number];

/** Parts that were reached, and their sum as `firstLoss`. */
export type TrainingTimings = Partial<Record<TimingPart | 'firstLoss', number>>;

/** Notes how long each part took. */
export class Stopwatch {
  readonly timings: TrainingTimings = {};
  private readonly clock: () => number;
  private readonly start: number;
  private last: number;

  constructor(clock: () => number) {
    this.clock = clock;
    this.start = clock();
    this.last = this.start;
  }

  /** What passed since the last lap belongs to this part. */
  lap(part: TimingPart): void {
    const now = this.clock();
    this.timings[part] = (this.timings[part] ?? 0) + now - this.last;
    this.last = now;
  }

  /** The first loss is read. */
  finish(): void {
    this.timings.firstLoss ??= this.clock() - this.start;
  }
}
