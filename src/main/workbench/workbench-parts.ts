import type { Clock } from '../clock.ts';
import type { Estimates } from '../estimate/estimates.ts';
import type { Tell } from '../log.ts';
import type { RunQueue } from '../runs/run-queue.ts';
import type { Store } from '../store/store.ts';
import type { HomeParts } from './home-parts.ts';
import type { Searches } from './searches.ts';

/** What the handlers work with. */
export interface WorkbenchParts extends HomeParts {
  readonly store: Store;
  readonly queue: RunQueue;
  readonly searches: Searches;
  readonly estimates: Estimates;
  readonly clock: Clock;
  /** Of this workbench, ISO 8601. */
  readonly startedAt: string;
  /** Tells the person something, and writes it into the log. */
  readonly tell: Tell;
}
