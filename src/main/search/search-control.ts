/** Why a search stops before its end: `pause` and `close` save the running trials, `stop` cancels them. */
export type Interruption = 'pause' | 'stop' | 'close';

/** How the outside reaches a search that runs. The loop reads it between its steps and sleeps on it. */
export class SearchControl {
  private wake: () => void = () => undefined;
  private interrupted: Interruption | null = null;
  private failed: { error: unknown } | null = null;
  private isOver = false;

  get interruption(): Interruption | null {
    return this.interrupted;
  }

  /** What made going on impossible, such as a full disk. */
  get failure(): { error: unknown } | null {
    return this.failed;
  }

  /** Whether nothing new may be begun. */
  get isEnding(): boolean {
    return this.interrupted !== null || this.failed !== null || this.isOver;
  }

  /** The first one counts, but `stop` outranks a pause that is under way. */
  interrupt(interruption: Interruption): void {
    if (this.interrupted === null || interruption === 'stop') this.interrupted = interruption;
    this.wake();
  }

  fail(error: unknown): void {
    this.failed ??= { error };
    this.wake();
  }

  /** The loop is over, whatever it still waits for. */
  end(): void {
    this.isOver = true;
  }

  /** Something changed that the loop may act on. */
  notify(): void {
    this.wake();
  }

  /** Resolves at the next change. */
  changed(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }
}
