import { join } from 'node:path';
import type { DefineCommand } from '../define-command.ts';
import { withProject } from '../open-project.ts';
import { folder, MOST_TRIALS, wholeNumber } from '../options.ts';
import { LARGEST_SEED, readSearchConfig } from '../search-options.ts';
import { tellSearch } from '../search-result.ts';
import { beginSearch, followSearch, tellEnd } from '../search-run.ts';
import { PROJECTS_FOLDER } from '../terminal.ts';
import { trialLines } from '../trial-view.ts';

/** Enough for the controller to learn once, and done in minutes on two cores. */
const DEMO_TRIALS = 10;

interface DemoOptions {
  readonly trials: number;
  readonly seed?: number;
  readonly project?: string;
}

export const defineDemo: DefineCommand = (command, terminal) => {
  command
    .option('--trials <number>', 'children to train', wholeNumber(1, MOST_TRIALS), DEMO_TRIALS)
    .option(
      '--seed <number>',
      "everything random follows from it (default: the preset's)",
      wholeNumber(1, LARGEST_SEED),
    )
    .option(
      '--project <folder>',
      `folder of the project (default: a fresh one in .cellwright/${PROJECTS_FOLDER})`,
      folder,
    )
    .action(async ({ trials, seed, project }: DemoOptions) => {
      const { home, output } = terminal();
      const typed = project ?? join(home, PROJECTS_FOLDER, `demo-${timestamp(new Date())}`);
      const choice = {
        dataset: 'cifar10',
        preset: 'quick',
        strategy: 'ppo',
        name: 'demo on CIFAR-10',
        trials,
      } as const;
      const config = readSearchConfig(seed === undefined ? choice : { ...choice, seed });
      await withProject(terminal(), { typed, mayBeNew: true, isLong: true }, async ({ client, shownFolder }) => {
        const run = { client, output, project: shownFolder };
        const ended = await followSearch(run, beginSearch(run, config));
        const result = await tellSearch(run, ended);
        if (output.isJson) output.json(result);
        else if (ended.best) {
          const best = { experiment: ended.id, trial: ended.best.trial, run: ended.best.run };
          const trial = await client.call('trial.get', best);
          const epochs = await client.call('trial.epochs', { ...best, trial: trial.reusedFrom ?? best.trial });
          output.lines(['', ...trialLines(output, trial, epochs, { rank: 1, of: result.leaderboard.length })]);
        }
        tellEnd(run, ended);
      });
    });
};

/** Sorts by time and names a folder on every system: `20260131-142507`. */
function timestamp(now: Date): string {
  return now
    .toISOString()
    .replace(/[-:]|\..*$/g, '')
    .replace('T', '-');
}
