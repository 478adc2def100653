import type { Experiment } from '../../shared/records/experiment.ts';
import { type LeaderboardRow, leaderboardLines, leaderboardRow } from './leaderboard-view.ts';
import { readTrials } from './read-trials.ts';
import type { SearchRun } from './search-run.ts';

/** What `search`, `resume` and `demo` print under `--json`. */
export interface SearchResult {
  readonly experiment: Experiment;
  readonly leaderboard: readonly LeaderboardRow[];
}

const SHOWN_TRIALS = 10;

/** Prints the best trials of a search that ended, as a table unless JSON is asked for, and returns them all. */
export async function tellSearch(run: SearchRun, experiment: Experiment): Promise<SearchResult> {
  const { output } = run;
  const trials = await readTrials(run.client, experiment.id);
  if (!output.isJson && trials.length > 0) {
    output.lines(leaderboardLines(output, trials.slice(0, SHOWN_TRIALS)));
    if (trials.length > SHOWN_TRIALS)
      output.note(`and ${trials.length - SHOWN_TRIALS} more: \`leaderboard\` lists all.`);
  }
  return { experiment, leaderboard: trials.map(leaderboardRow) };
}
