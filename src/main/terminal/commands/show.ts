import { InvalidArgumentError } from 'commander';
import type { Trial } from '../../../shared/records/experiment.ts';
import type { WorkbenchClient } from '../../../shared/rpc/client.ts';
import { chooseExperiment } from '../choose-experiment.ts';
import type { DefineCommand } from '../define-command.ts';
import { withProject } from '../open-project.ts';
import { experimentOption, projectOption, wholeNumber } from '../options.ts';
import { trialLines } from '../trial-view.ts';

interface TrialPlace {
  readonly trial: number;
  /** From 1: the trial's own. */
  readonly run: number;
}

interface ShowOptions {
  readonly project?: string;
  readonly experiment?: number;
}

export const defineShow: DefineCommand = (command, terminal) => {
  command
    .argument('<trial>', 'number of the trial, `17.2` for its second run, or `best`', trialNumber)
    .addOption(projectOption())
    .addOption(experimentOption())
    .action(async (asked: TrialPlace | 'best', options: ShowOptions) => {
      await withProject(terminal(), { typed: options.project }, async ({ client, shownFolder }) => {
        const { output } = terminal();
        const experiment = await chooseExperiment(client, options.experiment, shownFolder);
        const { trial: number, run } = asked === 'best' ? (experiment.best ?? { trial: 1, run: 1 }) : asked;
        const place = { experiment: experiment.id, trial: number, run };
        const trial = await client.call('trial.get', place);
        const epochs = await client.call('trial.epochs', { ...place, trial: trial.reusedFrom ?? number });
        if (output.isJson) return output.json({ trial, epochs });
        output.lines(trialLines(output, trial, epochs, await placeOf(client, trial)));
      });
    });
};

/** Rank among the trials outside the trash; null for one in the trash, and for one without a reward. */
async function placeOf(client: WorkbenchClient, trial: Trial): Promise<{ rank: number; of: number } | null> {
  if (trial.trashedAt !== null) return null;
  const sort = { column: 'reward', isAscending: false } as const;
  const query = { experiment: trial.experiment, mode: 'trials', filter: '', sort, isTrash: false } as const;
  const { row } = await client.call('leaderboard.find', { ...query, trial: trial.trial, run: trial.run });
  const { total } = await client.call('leaderboard.read', { ...query, offset: 0, limit: 1 });
  return row.rank === null ? null : { rank: row.rank, of: total };
}

/** Reads `17`, and `17.2` or `17·2` for the second run of that trial. */
function trialNumber(text: string): TrialPlace | 'best' {
  if (text === 'best') return 'best';
  const [, trial, run = '1'] = /^([^.·]*)(?:[.·](.*))?$/.exec(text) ?? [];
  try {
    const number = wholeNumber(1, Number.MAX_SAFE_INTEGER);
    return { trial: number(trial ?? ''), run: number(run) };
  } catch {
    throw new InvalidArgumentError('It must be the number of a trial such as 17, a run of it such as 17.2, or best.');
  }
}
