/**
 * Measures how long a search runs, and how much of that it takes itself: strategy, store and events. Pieces that
 * overlap count once. Milliseconds.
 */
export class Meter {
  private readonly monotonicMs: () => number;
  private readonly startedMs: number;
  private readonly runningBeforeMs: number;
  private depth = 0;
  private enteredMs = 0;
  overheadMs: number;

  /** `before` is what earlier starts of the search took. */
  constructor(monotonicMs: () => number, before: { runningMs: number; overheadMs: number }) {
    this.monotonicMs = monotonicMs;
    this.startedMs = monotonicMs();
    this.runningBeforeMs = before.runningMs;
    this.overheadMs = before.overheadMs;
  }

  get runningMs(): number {
    return this.runningBeforeMs + this.monotonicMs() - this.startedMs;
  }

  own<T>(work: () => T): T {
    this.enter();
    try {
      return work();
    } finally {
      this.leave();
    }
  }

  async ownAsync<T>(work: () => Promise<T>): Promise<T> {
    this.enter();
    try {
      return await work();
    } finally {
      this.leave();
    }
  }

  private enter(): void {
    if (this.depth++ === 0) this.enteredMs = this.monotonicMs();
  }

  private leave(): void {
    if (--this.depth === 0) this.overheadMs += this.monotonicMs() - this.enteredMs;
  }
}
