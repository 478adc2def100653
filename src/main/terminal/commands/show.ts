import { InvalidArgumentError } from 'commander';
import { chooseExperiment } from '../choose-experiment.ts';
import type { DefineCommand } from '../commands.ts';
import { withProject } from '../open-project.ts';
import { experimentOption, projectOption, wholeNumber } from '../options.ts';
import { ALL_TRIALS } from '../search-run.ts';
import { trialLines } from '../trial-view.ts';

interface ShowOptions {
  readonly project?: string;
  readonly experiment?: number;
}

export const defineShow: DefineCommand = (command, terminal) => {
  command
    .argument('<trial>', 'number of the trial, or `best`', trialNumber)
    .addOption(projectOption())
    .addOption(experimentOption())
    .action(async (asked: number | 'best', options: ShowOptions) => {
      await withProject(terminal(), { typed: options.project }, async ({ client, shownFolder }) => {
        const { output } = terminal();
        const experiment = await chooseExperiment(client, options.experiment, shownFolder);
        const { trials } = await client.call('experiment.leaderboard', { experiment: experiment.id, ...ALL_TRIALS });
        const number = asked === 'best' ? (trials[0]?.trial ?? 1) : asked;
        const trial = await client.call('trial.get', { experiment: experiment.id, trial: number });
        const epochs = await client.call('trial.epochs', {
          experiment: experiment.id,
          trial: trial.reusedFrom ?? number,
        });
        if (output.isJson) return output.json({ trial, epochs });
        const rank = trials.findIndex((other) => other.trial === number) + 1;
        output.lines(trialLines(output, trial, epochs, { rank, of: trials.length }));
      });
    });
};

function trialNumber(text: string): number | 'best' {
  if (text === 'best') return 'best';
  try {
    return wholeNumber(1, Number.MAX_SAFE_INTEGER)(text);
  } catch {
    throw new InvalidArgumentError('It must be the number of a trial, or best.');
  }
}
