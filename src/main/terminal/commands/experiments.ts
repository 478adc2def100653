import type { Experiment } from '../../../shared/records/experiment.ts';
import { finishedTrials } from '../../../shared/search-state.ts';
import type { DefineCommand } from '../define-command.ts';
import { formatDuration, formatMoment, formatPercent } from '../format.ts';
import { withProject } from '../open-project.ts';
import { projectOption } from '../options.ts';
import type { Output } from '../output.ts';
import { type Column, drawTable } from '../table.ts';
import { printable } from '../text.ts';

export const defineExperiments: DefineCommand = (command, terminal) => {
  command.addOption(projectOption()).action(async (options: { project?: string }) => {
    await withProject(terminal(), { typed: options.project }, async ({ client, shownFolder }) => {
      const { output } = terminal();
      const experiments = await client.call('experiment.list', {});
      if (output.isJson) output.json(experiments);
      else if (experiments.length === 0) output.note(`No searches in ${shownFolder} yet.`);
      else output.lines(experimentLines(output, experiments));
    });
  });
};

const COLUMNS: readonly Column[] = [
  { head: '#', align: 'right', leaveOut: 0 },
  { head: 'name', align: 'left', leaveOut: 0, shrinkTo: 12 },
  { head: 'data set', align: 'left', leaveOut: 4, shrinkTo: 8 },
  { head: 'preset', align: 'left', leaveOut: 5 },
  { head: 'strategy', align: 'left', leaveOut: 3 },
  { head: 'seed', align: 'right', leaveOut: 7 },
  { head: 'state', align: 'left', leaveOut: 0 },
  { head: 'trials', align: 'right', leaveOut: 0 },
  { head: 'best %', align: 'right', leaveOut: 0 },
  { head: 'time', align: 'right', leaveOut: 2 },
  { head: 'started', align: 'left', leaveOut: 6 },
];

export function experimentLines(output: Output, experiments: readonly Experiment[]): string[] {
  const rows = experiments.map((experiment) => {
    const { config } = experiment;
    const done = finishedTrials(experiment);
    return [
      String(experiment.id),
      printable(config.name),
      printable(config.dataset),
      printable(config.preset),
      config.strategy.kind,
      String(config.seed),
      experiment.state,
      `${done} of ${config.budget.trials}`,
      formatPercent(experiment.best?.reward ?? null),
      formatDuration(experiment.runningMs),
      formatMoment(experiment.createdAt),
    ].map((text) => ({ text }));
  });
  return drawTable(COLUMNS, rows, output.width, output.paint('dim'));
}
