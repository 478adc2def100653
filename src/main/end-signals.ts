/**
 * A signal to a whole process group (of systemd, `timeout`, a line that breaks) reaches a program by itself and once
 * more through each program above it that passes it on, such as run.mjs. What comes so soon after the first is the same
 * wish. Long enough for a parent that the system has to page in first. Ours. Milliseconds.
 */
const SAME_WITHIN_MS = 2000;

export interface EndListener {
  /** Somebody wants the program to end: it saves first. */
  first(signal: NodeJS.Signals): void;
  /** Somebody can't wait for that. */
  again(signal: NodeJS.Signals): void;
}

export interface EndSignalOptions {
  /** Whether Ctrl-C is typed to us. The terminal itself sends it to the whole group, and nobody passes that on. */
  readonly isTerminal?: boolean;
  /** Grows steadily. Milliseconds. */
  readonly now?: () => number;
}

/** Hears Ctrl-C, a polite kill and the end of the terminal, until the function that it gives is called. */
export function hearEndSignals(listener: EndListener, options: EndSignalOptions = {}): () => void {
  const { isTerminal = Boolean(process.stdin.isTTY || process.stderr.isTTY), now = () => performance.now() } = options;
  let firstMs: number | null = null;
  const hear = (signal: NodeJS.Signals): void => {
    if (firstMs === null) {
      firstMs = now();
      listener.first(signal);
      return;
    }
    // A closed terminal tells it to all of its processes, and these to each other: it may come twice, but not from an
    // impatient hand.
    if (signal === 'SIGHUP') return;
    const isSame = now() - firstMs < SAME_WITHIN_MS && !(signal === 'SIGINT' && isTerminal);
    if (!isSame) listener.again(signal);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, hear);
  const stop = (): void => {
    for (const signal of signals) process.off(signal, hear);
  };
  return () => {
    // Where all was saved quickly, the same signal may still be on its way: it would end the program as it closes.
    const restMs = firstMs === null ? 0 : SAME_WITHIN_MS - (now() - firstMs);
    if (restMs > 0) setTimeout(stop, restMs).unref();
    else stop();
  };
}
