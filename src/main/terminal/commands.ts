import type { DefineCommand } from './define-command.ts';

export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  /** Only the command that is asked for is loaded: `--help` and small commands stay quick. */
  readonly load: () => Promise<DefineCommand>;
}

/** Every command of the terminal, in the order of `--help`. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'demo',
    summary: 'a small search on CIFAR-10 in a fresh project, then its leaderboard and best cell',
    load: async () => (await import('./commands/demo.ts')).defineDemo,
  },
  {
    name: 'start',
    summary: 'open the workbench, or serve it to a browser',
    load: async () => (await import('./commands/start.ts')).defineStart,
  },
  {
    name: 'link',
    summary: 'print a fresh link to the workbench that is being served',
    load: async () => (await import('./commands/link.ts')).defineLink,
  },
  {
    name: 'search',
    summary: 'search for cells on a data set',
    load: async () => (await import('./commands/search.ts')).defineSearch,
  },
  {
    name: 'resume',
    summary: 'go on with the searches of a project that were paused or killed',
    load: async () => (await import('./commands/resume.ts')).defineResume,
  },
  {
    name: 'experiments',
    summary: 'list the searches of a project',
    load: async () => (await import('./commands/experiments.ts')).defineExperiments,
  },
  {
    name: 'leaderboard',
    summary: 'list the trials of a search by reward',
    load: async () => (await import('./commands/leaderboard.ts')).defineLeaderboard,
  },
  {
    name: 'show',
    summary: 'show one trial: its cells, costs and curves',
    load: async () => (await import('./commands/show.ts')).defineShow,
  },
  {
    name: 'describe',
    summary: 'count parameters, multiply-adds and shapes of a network before it is built',
    load: async () => (await import('./commands/describe.ts')).defineDescribe,
  },
  {
    name: 'presets',
    summary: 'list the presets, or every value of one with its meaning and source',
    load: async () => (await import('./commands/presets.ts')).definePresets,
  },
  {
    name: 'datasets',
    summary: 'list data sets, or add one',
    load: async () => (await import('./commands/datasets.ts')).defineDatasets,
  },
  {
    name: 'doctor',
    summary: 'check this machine: what is there, what is missing, what mends it',
    load: async () => (await import('./commands/doctor.ts')).defineDoctor,
  },
  {
    name: 'setup',
    summary: 'fetch and build what Cellwright needs; quick when nothing is left to do',
    load: async () => (await import('./commands/setup.ts')).defineSetup,
  },
  {
    name: 'bench',
    summary: 'measure Cellwright on this machine',
    load: async () => (await import('./commands/bench.ts')).defineBench,
  },
  {
    name: 'screenshots',
    summary: 'pictures of every screen of the window, in both themes, from a real project',
    load: async () => (await import('./commands/screenshots.ts')).defineScreenshots,
  },
];
