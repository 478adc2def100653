import type { Experiment } from '../../../shared/records/experiment.ts';
import { chooseExperiment } from '../choose-experiment.ts';
import type { DefineCommand } from '../commands.ts';
import { withProject } from '../open-project.ts';
import { experimentOption, projectOption } from '../options.ts';
import { type SearchResult, tellSearch } from '../search-result.ts';
import { followSearch, tellEnd } from '../search-run.ts';
import type { OpenProject, Terminal } from '../terminal.ts';
import { goesOnSentence, isUnfinished } from '../unfinished.ts';

interface ResumeOptions {
  readonly project?: string;
  readonly experiment?: number;
}

export const defineResume: DefineCommand = (command, terminal) => {
  command
    .addOption(projectOption())
    .addOption(experimentOption().default(undefined, 'all that were paused or killed'))
    .action(async (options: ResumeOptions) => {
      await withProject(terminal(), { typed: options.project }, (project) => resume(terminal(), project, options));
    });
};

async function resume(terminal: Terminal, project: OpenProject, options: ResumeOptions): Promise<void> {
  const { output } = terminal;
  const results: SearchResult[] = [];
  const unfinished = await findUnfinished(project, options.experiment);
  if (unfinished.length === 0) output.note(`Nothing to go on with in ${project.shownFolder}: every search has ended.`);
  for (const experiment of unfinished) {
    output.note(goesOnSentence(experiment));
    const run = { client: project.client, output, project: project.shownFolder };
    const ended = await followSearch(run, () =>
      project.client.call('experiment.resume', { experiment: experiment.id }),
    );
    results.push(await tellSearch(run, ended));
    tellEnd(run, ended);
  }
  if (output.isJson) output.json(results);
}

async function findUnfinished(project: OpenProject, named: number | undefined): Promise<Experiment[]> {
  if (named !== undefined) return [await chooseExperiment(project.client, named, project.shownFolder)];
  const experiments = await project.client.call('experiment.list', {});
  return experiments.filter(isUnfinished).sort((a, b) => a.id - b.id);
}
