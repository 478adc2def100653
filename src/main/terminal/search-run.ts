import type { WorkbenchEvent } from '../../shared/contract.ts';
import type { Experiment, ExperimentConfig } from '../../shared/records/experiment.ts';
import type { WorkbenchClient } from '../../shared/rpc/client.ts';
import { finishedTrials } from '../../shared/search-state.ts';
import { trialName } from '../../shared/trial-name.ts';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import { hearEndSignals } from '../end-signals.ts';
import { CommandEnd, EXIT, exitOfSignal } from './exit.ts';
import { formatPercent, formatPlural, formatSpan } from './format.ts';
import type { Output } from './output.ts';
import { ProgressDisplay } from './progress-display.ts';
import { type ProgressState, startProgress } from './progress-state.ts';
import { readTrials } from './read-trials.ts';
import { printable, shellWord } from './text.ts';
import { pausedSentence } from './unfinished.ts';

export interface SearchRun {
  readonly client: WorkbenchClient;
  readonly output: Output;
  /** Folder as it is named to the person, for the command that goes on. */
  readonly project: string;
}

/**
 * Follows one experiment until it no longer runs, and shows its progress. `begin` starts it, after the events are
 * heard. Ctrl-C pauses it: running trials are saved, the way to go on is told, and the command ends with 130; a second
 * Ctrl-C leaves at once.
 */
export async function followSearch(run: SearchRun, begin: () => Promise<Experiment>): Promise<Experiment> {
  const interruption = new Interruption();
  const follower = new Follower(run.output);
  const { unsubscribe } = await run.client.subscribe((event) => follower.hear(event));
  try {
    const begun = await begin();
    const trials = await readTrials(run.client, begun.id);
    const display = follower.start(startProgress(begun, trials));
    const pausing = interruption.asked.then(() => pause(run, display));
    await Promise.race([follower.ended, pausing]);
    if (interruption.signal) await pausing;
    display.end();
    const ended = await run.client.call('experiment.get', { experiment: begun.id });
    if (interruption.signal && ended.state === 'paused')
      throw new CommandEnd(tellPaused(run, ended, interruption.signal));
    return ended;
  } finally {
    follower.display?.end();
    interruption.release();
    unsubscribe();
  }
}

/** Starts a new search, to be followed. */
export function beginSearch(
  { client, output, project }: SearchRun,
  config: ExperimentConfig,
): () => Promise<Experiment> {
  return async () => {
    const begun = await client.call('experiment.create', { config });
    const what = `Experiment ${begun.id} (${printable(config.name)}): ${formatPlural(config.budget.trials, 'trial')}`;
    output.note(`${what}, seed ${config.seed}, in ${printable(project)}. Ctrl-C saves and pauses.`);
    return begun;
  };
}

/** Hears events from before the experiment is known, and knows when it rests. */
class Follower {
  readonly ended: Promise<void>;
  display: ProgressDisplay | null = null;
  private readonly output: Output;
  private readonly early: WorkbenchEvent[] = [];
  private end: () => void = () => undefined;

  constructor(output: Output) {
    this.output = output;
    this.ended = new Promise((resolve) => {
      this.end = resolve;
    });
  }

  start(state: ProgressState): ProgressDisplay {
    this.display = new ProgressDisplay(this.output, state);
    for (const event of this.early) this.hear(event);
    if (state.experiment.state !== 'running') this.end();
    return this.display;
  }

  hear(event: WorkbenchEvent): void {
    if (!this.display) {
      this.early.push(event);
      return;
    }
    this.display.hear(event);
    const isOwn = event.name === 'experiment.changed' && event.payload.id === this.display.current.experiment.id;
    if (isOwn && event.payload.state !== 'running') this.end();
  }
}

async function pause(run: SearchRun, display: ProgressDisplay): Promise<void> {
  const { experiment, running } = display.current;
  const doing = running.size === 0 ? 'Stopping' : `Saving ${formatPlural(running.size, 'running trial')}`;
  display.say(`${doing} … (Ctrl-C again leaves at once)`);
  try {
    await run.client.call('experiment.pause', { experiment: experiment.id });
  } catch (error) {
    // It came to its end in the same moment.
    if (!(error instanceof WorkbenchError && error.code === 'conflict')) throw error;
  }
}

/** Ctrl-C, the terminal's end and a polite kill, while something runs that can be saved. */
class Interruption {
  /** The first signal; null before it. */
  signal: NodeJS.Signals | null = null;
  readonly asked: Promise<void>;
  readonly release: () => void;

  constructor() {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.asked = promise;
    this.release = hearEndSignals({
      first: (signal) => {
        this.signal = signal;
        resolve();
      },
      again: (signal) => process.exit(exitOfSignal(signal)),
    });
  }
}

function tellPaused({ output, project }: SearchRun, experiment: Experiment, signal: NodeJS.Signals): number {
  output.note(pausedSentence(experiment));
  output.note(`Go on with: ${resumeCommand(project)}`);
  return exitOfSignal(signal);
}

/** The command that goes on with a project's searches. */
export function resumeCommand(project: string): string {
  return `npm run -s cellwright -- resume --project ${shellWord(project)}`;
}

/** How a search ended, on stderr; a search that did not get to its end is a failure of the command. */
export function tellEnd(run: SearchRun, experiment: Experiment): void {
  const { output } = run;
  const message = experiment.message === null ? '' : ` ${printable(experiment.message)}`;
  if (experiment.state === 'completed') {
    output.note(endSentence(experiment));
    return;
  }
  if (experiment.state === 'stopped') {
    output.note(`The search was stopped after ${formatPlural(finishedTrials(experiment), 'trial')}.${message}`);
    return;
  }
  const word = experiment.state === 'paused' ? 'is paused' : 'failed';
  output.note(`The search ${word} after ${formatPlural(finishedTrials(experiment), 'trial')}.${message}`);
  if (experiment.state === 'paused') output.note(`Go on with: ${resumeCommand(run.project)}`);
  throw new CommandEnd(EXIT.failure);
}

function endSentence(experiment: Experiment): string {
  const head = `The search ended: ${formatPlural(finishedTrials(experiment), 'trial')} in ${formatSpan(experiment.runningMs)}.`;
  if (experiment.best === null) return `${head} No trial has a reward; the leaderboard says why.`;
  const best = `Best ${formatPercent(experiment.best.reward)} %, trial ${trialName(experiment.best)}.`;
  return `${head} ${best} This is a search score; train the cell in full to know its accuracy.`;
}
