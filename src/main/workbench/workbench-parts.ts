import type { Clock } from '../clock.ts';
import type { Estimates } from '../estimate/estimates.ts';
import type { Tell } from '../log.ts';
import type { TrialQueue } from '../search/trial-queue.ts';
import type { Store } from '../store/store.ts';
import type { DatasetFetches } from './dataset-fetches.ts';
import type { Searches } from './searches.ts';

/** What the handlers work with. */
export interface WorkbenchParts {
  readonly store: Store;
  readonly queue: TrialQueue;
  readonly searches: Searches;
  readonly estimates: Estimates;
  readonly fetches: DatasetFetches;
  /** Where data sets are kept, absolute. */
  readonly home: string;
  readonly clock: Clock;
  /** Of this workbench, ISO 8601. */
  readonly startedAt: string;
  /** Tells the person something, and writes it into the log. */
  readonly tell: Tell;
}
