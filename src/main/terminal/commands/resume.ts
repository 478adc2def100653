import type { Experiment } from '../../../shared/records/experiment.ts';
import { chooseExperiment } from '../choose-experiment.ts';
import type { DefineCommand } from '../define-command.ts';
import { withProject } from '../open-project.ts';
import {
  experimentOption,
  MOST_TRIALS,
  MOST_TRIALS_AT_ONCE,
  projectOption,
  timeLimitOption,
  wholeOption,
} from '../options.ts';
import { type SearchResult, tellSearch } from '../search-result.ts';
import { followSearch, tellEnd } from '../search-run.ts';
import type { OpenProject, Terminal } from '../terminal.ts';
import { goesOnSentence, isUnfinished } from '../unfinished.ts';

interface ResumeOptions {
  readonly project?: string;
  readonly experiment?: number;
  readonly trials?: number;
  readonly timeLimit?: number;
  readonly trialsAtOnce?: number;
}

export const defineResume: DefineCommand = (command, terminal) => {
  command
    .addOption(projectOption())
    .addOption(experimentOption('all that were paused or killed'))
    .addOption(wholeOption('--trials <number>', 'raise or lower the number of children', MOST_TRIALS))
    .addOption(wholeOption('--trials-at-once <number>', 'children in training at the same time', MOST_TRIALS_AT_ONCE))
    .addOption(timeLimitOption())
    .addHelpText(
      'after',
      '\nA search that has ended goes on when --experiment names it and --trials or --time-limit is raised.',
    )
    .action(async (options: ResumeOptions) => {
      await withProject(terminal(), { typed: options.project, isLong: true }, (project) =>
        resume(terminal(), project, options),
      );
    });
};

async function resume(terminal: Terminal, project: OpenProject, options: ResumeOptions): Promise<void> {
  const { output } = terminal;
  const results: SearchResult[] = [];
  const unfinished = await findUnfinished(project, options.experiment);
  if (unfinished.length === 0) output.note(`Nothing to go on with in ${project.shownFolder}: every search has ended.`);
  for (const { id } of unfinished) {
    output.note(goesOnSentence(await changeBudget(project, id, options)));
    const run = { client: project.client, output, project: project.shownFolder };
    const ended = await followSearch(run, () => project.client.call('experiment.resume', { experiment: id }));
    results.push(await tellSearch(run, ended));
    tellEnd(run, ended);
  }
  if (output.isJson) output.json(results);
}

async function changeBudget(project: OpenProject, experiment: number, options: ResumeOptions): Promise<Experiment> {
  const { trials, timeLimit: timeLimitMs, trialsAtOnce } = options;
  const changes = Object.entries({ trials, timeLimitMs, trialsAtOnce }).filter(([, value]) => value !== undefined);
  if (changes.length === 0) return await project.client.call('experiment.get', { experiment });
  return await project.client.call('experiment.change', { experiment, ...Object.fromEntries(changes) });
}

async function findUnfinished(project: OpenProject, named: number | undefined): Promise<Experiment[]> {
  if (named !== undefined) return [await chooseExperiment(project.client, named, project.shownFolder)];
  const experiments = await project.client.call('experiment.list', {});
  return experiments.filter(isUnfinished).sort((a, b) => a.id - b.id);
}
