/**
 * Measures how long a search runs, and how much of that it takes itself: strategy, store and events. Pieces that
 * overlap count once. Milliseconds.
 */
export class Meter {
  private readonly monotonicMs: () => number;
  private sinceMs: number;
  private beforeMs: number;
  private isHeld: boolean;
  private depth = 0;
  private enteredMs = 0;
  overheadMs: number;

  /** `before` is what earlier starts of the search took; `isHeld`: see `hold`. */
  constructor(monotonicMs: () => number, before: { runningMs: number; overheadMs: number }, isHeld = false) {
    this.monotonicMs = monotonicMs;
    this.isHeld = isHeld;
    this.sinceMs = monotonicMs();
    this.beforeMs = before.runningMs;
    this.overheadMs = before.overheadMs;
  }

  get runningMs(): number {
    return this.isHeld ? this.beforeMs : this.beforeMs + this.monotonicMs() - this.sinceMs;
  }

  /** While held, time passes that is not the search's own: that of repeats that a person asked for. */
  hold(isHeld: boolean): void {
    if (isHeld === this.isHeld) return;
    this.beforeMs = this.runningMs;
    this.sinceMs = this.monotonicMs();
    this.isHeld = isHeld;
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
