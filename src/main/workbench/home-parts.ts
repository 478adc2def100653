import type { DoctorReport } from '../../shared/records/doctor.ts';
import type { DatasetFetches } from './dataset-fetches.ts';

/** What the handlers work with that need no project. */
export interface HomeParts {
  /** Where data sets are kept, absolute. */
  readonly home: string;
  readonly fetches: DatasetFetches;
  /** What is said of the open project; null where there is none. */
  readonly project: () => DoctorReport['project'];
}
