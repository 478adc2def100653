import { readFileSync } from 'node:fs';
import type { Death } from './host.ts';

/**
 * `crash`: its own doing, native code or the training thread. `memory`: the kernel ended it to get memory back.
 * `hang`: it did not respond, so it was ended by us. `killed`: somebody outside ended it, which says nothing about the
 * trial.
 */
export type DeathCause = 'crash' | 'memory' | 'hang' | 'killed';

export interface Obituary {
  readonly cause: DeathCause;
  /** Goes on the sentence "The trainer …". */
  readonly reason: string;
}

/** Signals by which people and systems end a program; all others come from within. */
const FROM_OUTSIDE = ['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'];

/**
 * Reads a death. `hang` is why we ended it ourselves, `threadError` what its training thread threw last, both null
 * where there is none; `memoryKills` how often the kernel ended a process for memory during the host's life.
 */
export function readDeath(
  death: Death,
  seen: { hang: string | null; threadError: string | null; memoryKills: number },
): Obituary {
  if (seen.hang !== null) return { cause: 'hang', reason: seen.hang };
  if (death.kind === 'exit') {
    // Asked by a signal that it heeds, a host saves and ends without an error.
    if (death.code === 0) return { cause: 'killed', reason: 'was ended from outside' };
    const words = seen.threadError ?? death.error;
    return { cause: 'crash', reason: words === null ? `ended with exit code ${death.code}` : `ended: ${words}` };
  }
  if (death.signal === 'SIGKILL' && seen.memoryKills > 0) {
    return { cause: 'memory', reason: 'was ended by the system because memory ran out' };
  }
  if (FROM_OUTSIDE.includes(death.signal)) {
    return { cause: 'killed', reason: `was ended from outside by ${death.signal}` };
  }
  const words = death.error === null ? '' : `: ${death.error}`;
  return { cause: 'crash', reason: `crashed by ${death.signal}${words}` };
}

/** How many processes Linux has ended for memory since it was started; 0 where it does not tell. */
export function countMemoryKills(): number {
  if (process.platform !== 'linux') return 0;
  try {
    return Number(/^oom_kill (\d+)$/m.exec(readFileSync('/proc/vmstat', 'utf8'))?.[1] ?? 0);
  } catch {
    // A sandbox may hide the file; then no death is told to be one of memory.
    return 0;
  }
}
