/** A step that takes this many times the median is no slow step any more. */
const STEPS = 20;
/** Before its first step a training may take this many times longer: graphs are planned, a GPU compiles kernels. Ours. */
const FIRST_STEP = 5;
/** Of so many recent steps the median is taken. */
const REMEMBERED = 99;
/** A tick that comes this late means that this process itself stood still; the other side had no chance. */
const LATE_TICK_MS = 5000;

/** Tells when a training thread makes no progress any more. All times are monotonic milliseconds. */
export class StallWatch {
  private readonly leastMs: number;
  private readonly steps: number[] = [];
  private movedMs: number;
  private tickMs: number;
  private counter = -1;

  constructor(leastMs: number, now: number) {
    this.leastMs = leastMs;
    this.movedMs = now;
    this.tickMs = now;
  }

  heartbeat(counter: number, now: number): void {
    if (counter === this.counter) return;
    this.counter = counter;
    this.movedMs = now;
  }

  progress(stepMs: number | null, now: number): void {
    this.movedMs = now;
    if (stepMs === null) return;
    this.steps.push(stepMs);
    if (this.steps.length > REMEMBERED) this.steps.shift();
  }

  /** Median of the recent steps, 0 before the first. */
  get stepMs(): number {
    return [...this.steps].sort((a, b) => a - b)[this.steps.length >> 1] ?? 0;
  }

  /** How long nothing moved if that is too long, else 0. To be asked about once a second. */
  stalledMs(now: number): number {
    if (now - this.tickMs > LATE_TICK_MS) this.movedMs = now;
    this.tickMs = now;
    const leastMs = this.steps.length === 0 ? FIRST_STEP * this.leastMs : this.leastMs;
    const still = now - this.movedMs;
    return still > Math.max(leastMs, STEPS * this.stepMs) ? still : 0;
  }
}
