/** Throws an error in a turn of its own, where nobody waits for it: it is a bug's, and comes to the process's edge. */
export function throwLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
