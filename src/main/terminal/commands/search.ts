import { isDeepStrictEqual } from 'node:util';
import type { Experiment, ExperimentConfig } from '../../../shared/records/experiment.ts';
import { searchNotes } from '../../../shared/search-space/child-scale.ts';
import type { DefineCommand } from '../define-command.ts';
import { withProject } from '../open-project.ts';
import { projectOption } from '../options.ts';
import { addSearchOptions, readSearchConfig, type SearchOptions } from '../search-options.ts';
import { tellSearch } from '../search-result.ts';
import { beginSearch, followSearch, resumeCommand, type SearchRun, tellEnd } from '../search-run.ts';
import { goesOnSentence, isUnfinished } from '../unfinished.ts';

export const defineSearch: DefineCommand = (command, terminal) => {
  addSearchOptions(command)
    .addOption(projectOption())
    .addHelpText(
      'after',
      '\nA search with the same settings that was paused or killed goes on where it stood. Ctrl-C saves and pauses.' +
        '\nWith --json: {"experiment": {…}, "leaderboard": [as by `leaderboard --json`]}.',
    )
    .action(async (options: SearchOptions & { project?: string }) => {
      const config = readSearchConfig(options);
      await withProject(terminal(), { typed: options.project, mayBeNew: true, isLong: true }, async (project) => {
        const run = { client: project.client, output: terminal().output, project: project.shownFolder };
        const ended = await followSearch(run, await chooseBeginning(run, config));
        const result = await tellSearch(run, ended);
        if (run.output.isJson) run.output.json(result);
        tellEnd(run, ended);
      });
    });
};

/** Starts the search, or goes on with the same one where that is unfinished. */
async function chooseBeginning(run: SearchRun, config: ExperimentConfig): Promise<() => Promise<Experiment>> {
  const { client, output } = run;
  const unfinished = (await client.call('experiment.list', {})).filter(isUnfinished);
  const same = unfinished.find((experiment) => isDeepStrictEqual(experiment.config, config));
  if (same) {
    output.note(goesOnSentence(same));
    return () => client.call('experiment.resume', { experiment: same.id });
  }
  for (const { id } of unfinished) {
    output.note(`Experiment ${id} of this project is unfinished; it goes on with: ${resumeCommand(run.project)}`);
  }
  await tellScale(run, config);
  return beginSearch(run, config);
}

/** What the size of the data set's images means for the children. */
async function tellScale({ client, output }: SearchRun, { scale, dataset: name }: ExperimentConfig): Promise<void> {
  const dataset = (await client.call('dataset.list', {})).find((candidate) => candidate.name === name);
  if (dataset) for (const note of searchNotes(scale, dataset)) output.note(note);
}
