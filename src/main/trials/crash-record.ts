/** Three hosts that die over three trials within this time are no accident of a trial (VS Code's rule). Milliseconds. */
const WINDOW_MS = 5 * 60_000;
const TRIALS = 3;

/** Remembers which trials' hosts died lately, to tell a trial that crashes from a machine on which all do. */
export class CrashRecord {
  private readonly now: () => number;
  private crashes: { readonly trial: string; readonly atMs: number }[] = [];

  constructor(now: () => number = () => performance.now()) {
    this.now = now;
  }

  add({ experiment, trial }: { experiment: number; trial: number }): void {
    this.crashes.push({ trial: `${experiment}/${trial}`, atMs: this.now() });
  }

  /** Once it said so, it forgets: whoever goes on after that has decided to try again. */
  areEverywhere(): boolean {
    const since = this.now() - WINDOW_MS;
    this.crashes = this.crashes.filter(({ atMs }) => atMs > since);
    if (new Set(this.crashes.map(({ trial }) => trial)).size < TRIALS) return false;
    this.crashes = [];
    return true;
  }
}
