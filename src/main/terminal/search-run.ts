import type { WorkbenchEvent } from '../../shared/contract.ts';
import type { Experiment } from '../../shared/records/experiment.ts';
import type { WorkbenchClient } from '../../shared/rpc/client.ts';
import { CommandEnd, EXIT } from './exit.ts';
import { formatPercent, formatPlural, formatSpan } from './format.ts';
import type { Output } from './output.ts';
import { ProgressDisplay } from './progress-display.ts';
import { countDone, startProgress } from './progress-state.ts';
import { printable, shellWord } from './text.ts';

/** More trials than a search may have. */
export const ALL_TRIALS = { offset: 0, limit: 100_000 } as const;

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
  const interruption = new Interruption(run.output);
  const early: WorkbenchEvent[] = [];
  let display: ProgressDisplay | undefined;
  let wake: () => void = () => undefined;
  const { unsubscribe } = await run.client.subscribe((event) => {
    if (display) display.hear(event);
    else early.push(event);
    wake();
  });
  try {
    const begun = await begin();
    const { trials } = await run.client.call('experiment.leaderboard', { experiment: begun.id, ...ALL_TRIALS });
    display = new ProgressDisplay(run.output, startProgress(begun, trials));
    for (const event of early) display.hear(event);
    await interruption.during(pauseExperiment(run, begun.id), async () => {
      while (display?.current.experiment.state === 'running') {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    });
    display.end();
    if (interruption.isAsked) throw tellPaused(run, display);
    return await run.client.call('experiment.get', { experiment: begun.id });
  } finally {
    display?.end();
    interruption.release();
    unsubscribe();
  }
}

function pauseExperiment(run: SearchRun, experiment: number): () => Promise<void> {
  return async () => {
    await run.client.call('experiment.pause', { experiment });
  };
}

/** Ctrl-C, the terminal's end and a polite kill, while something runs that can be saved. */
class Interruption {
  isAsked = false;
  private readonly output: Output;
  private onAsked: () => void = () => undefined;
  private readonly listener = (): void => {
    if (this.isAsked) process.exit(EXIT.interrupted);
    this.isAsked = true;
    this.onAsked();
  };

  constructor(output: Output) {
    this.output = output;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, this.listener);
  }

  /** Runs `work`; an interruption calls `pause`, which makes `work` end. */
  async during(pause: () => Promise<void>, work: () => Promise<void>): Promise<void> {
    let pausing: Promise<void> | undefined;
    const ask = new Promise<void>((resolve) => {
      this.onAsked = () => {
        this.output.note('Saving the running trials … (Ctrl-C again leaves at once)');
        pausing = pause();
        pausing.then(resolve, resolve);
      };
      if (this.isAsked) this.onAsked();
    });
    await Promise.race([work(), ask]);
    await pausing;
  }

  release(): void {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, this.listener);
  }
}

function tellPaused(run: SearchRun, display: ProgressDisplay): CommandEnd {
  const { experiment } = display.current;
  const done = countDone(display.current);
  run.output.note(
    `Paused after ${done} of ${formatPlural(experiment.config.budget.trials, 'trial')}; running trials were saved.`,
  );
  run.output.note(`Go on with: ${resumeCommand(run.project)}`);
  return new CommandEnd(EXIT.interrupted);
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
    output.note(`The search was stopped after ${formatPlural(trialsDone(experiment), 'trial')}.${message}`);
    return;
  }
  const word = experiment.state === 'paused' ? 'is paused' : 'failed';
  output.note(`The search ${word} after ${formatPlural(trialsDone(experiment), 'trial')}.${message}`);
  if (experiment.state === 'paused') output.note(`Go on with: ${resumeCommand(run.project)}`);
  throw new CommandEnd(EXIT.failure);
}

function endSentence(experiment: Experiment): string {
  const head = `The search ended: ${formatPlural(trialsDone(experiment), 'trial')} in ${formatSpan(experiment.runningMs)}.`;
  if (experiment.best === null) return `${head} No trial has a reward; the leaderboard says why.`;
  const best = `Best ${formatPercent(experiment.best.reward)} %, trial ${experiment.best.trial}.`;
  return `${head} ${best} This is a search score; train the cell in full to know its accuracy.`;
}

function trialsDone(experiment: Experiment): number {
  const { completed, failed, pruned } = experiment.counts;
  return completed + failed + pruned;
}
