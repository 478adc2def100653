import { Option } from 'commander';
import { chooseExperiment } from '../choose-experiment.ts';
import type { DefineCommand } from '../define-command.ts';
import { leaderboardCsv, leaderboardLines, leaderboardRow } from '../leaderboard-view.ts';
import { withProject } from '../open-project.ts';
import { experimentOption, projectOption, wholeNumber } from '../options.ts';
import { readTrials } from '../read-trials.ts';

/** More trials than a search may have. */
const MOST_TRIALS = 1_000_000;

interface LeaderboardOptions {
  readonly project?: string;
  readonly experiment?: number;
  readonly csv?: boolean;
  readonly top?: number;
}

export const defineLeaderboard: DefineCommand = (command, terminal) => {
  command
    .addOption(projectOption())
    .addOption(experimentOption())
    .option('--csv', 'print as CSV: fractions, milliseconds and ISO times in full')
    .addOption(new Option('--top <number>', 'only the best so many').argParser(wholeNumber(1, MOST_TRIALS)))
    .addHelpText(
      'after',
      '\nTrials by reward, highest first; ties by number; those without a reward last, those in the trash left out.' +
        '\nWith --json: [{"trial", "run", "reward", "state", "hash", "parameters", "multiplyAdds", "architecture"}].',
    )
    .action(async (options: LeaderboardOptions) => {
      await withProject(terminal(), { typed: options.project }, async ({ client, shownFolder }) => {
        const { output } = terminal();
        const experiment = await chooseExperiment(client, options.experiment, shownFolder);
        const trials = await readTrials(client, experiment.id, options.top);
        if (options.csv) output.out.write(leaderboardCsv(trials));
        else if (output.isJson) output.json(trials.map(leaderboardRow));
        else if (trials.length === 0) output.note('No trials yet.');
        else output.lines(leaderboardLines(output, trials));
      });
    });
};
