import type { Experiment, Trial } from '../../../shared/records/experiment.ts';
import type { SearchView } from './search-view.ts';

/** What each pane beside the leaderboard gets. */
export interface SearchPaneProps {
  readonly experiment: Experiment;
  /** The selected one; null while there is none. */
  readonly trial: Trial | null;
  /** Rows that are marked for compare. */
  readonly compare: SearchView['compare'];
  readonly onChange: (change: Partial<SearchView>) => void;
}
