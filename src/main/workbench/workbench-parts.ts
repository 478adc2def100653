import type { Clock } from '../clock.ts';
import type { LogLevel } from '../log.ts';
import type { Store } from '../store/store.ts';
import type { Searches } from './searches.ts';

/** What the handlers work with. */
export interface WorkbenchParts {
  readonly store: Store;
  readonly searches: Searches;
  /** Where data sets are kept, absolute. */
  readonly home: string;
  readonly clock: Clock;
  /** Tells the person something, and writes it into the log. */
  readonly tell: (level: LogLevel, message: string) => void;
}
