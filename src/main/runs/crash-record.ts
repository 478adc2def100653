/** Three hosts that die over three runs within this time are no accident of a run (VS Code's rule). Milliseconds. */
const WINDOW_MS = 5 * 60_000;
const RUNS = 3;

/** Remembers which runs' trainers died lately, to tell a run that crashes from a machine on which all do. */
export class CrashRecord {
  private readonly now: () => number;
  private crashes: { readonly run: number; readonly atMs: number }[] = [];

  constructor(now: () => number = () => performance.now()) {
    this.now = now;
  }

  add(run: number): void {
    this.crashes.push({ run, atMs: this.now() });
  }

  /** Once it said so, it forgets: whoever goes on after that has decided to try again. */
  areEverywhere(): boolean {
    const since = this.now() - WINDOW_MS;
    this.crashes = this.crashes.filter(({ atMs }) => atMs > since);
    if (new Set(this.crashes.map(({ run }) => run)).size < RUNS) return false;
    this.crashes = [];
    return true;
  }
}
