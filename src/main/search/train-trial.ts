import type { Trial } from '../../shared/records/experiment.ts';
import { trialName } from '../../shared/trial-name.ts';
import { trimWeights } from '../runs/kept-weights.ts';
import type { ProgressMessage, RunOwner } from '../runs/run-owner.ts';
import { record, type SearchContext } from './search-context.ts';
import type { Interruption } from './search-control.ts';

/** Progress of a trial is told at most this often. Milliseconds. */
const PROGRESS_EVERY_MS = 250;

/** Trains one run of a trial to its end, or to the point where it is suspended. */
export async function trainTrial(context: SearchContext, trial: Trial, run: number): Promise<void> {
  const { keeper, datasetFolder, config } = context;
  const { checkpointEveryMs, checkpointEverySteps, keepWeights } = config();
  await keeper.carryOut(run, new TrialOwner(context, trial), {
    datasetFolder,
    checkpointEveryMs,
    checkpointEverySteps,
  });
  trimWeights(context, context.experiment, keepWeights);
}

/** A search, as the keeper of one of its runs sees it. */
class TrialOwner implements RunOwner {
  readonly name: string;
  readonly about: { experiment: number; trial: number };
  readonly priority: RunOwner['priority'];
  private readonly context: SearchContext;
  private readonly trial: Trial;
  private toldMs = Number.NEGATIVE_INFINITY;

  constructor(context: SearchContext, trial: Trial) {
    this.context = context;
    this.trial = trial;
    this.name = `Trial ${trialName(trial)}`;
    this.about = { experiment: trial.experiment, trial: trial.trial };
    this.priority = trial.purpose === 'proposal' ? 'proposed' : 'asked';
  }

  record<T>(work: () => T): T {
    return record(this.context, () => {
      const result = work();
      this.context.store.experiments.note(this.context.experiment);
      return result;
    });
  }

  fail(error: unknown): void {
    this.context.control.fail(error);
  }

  progressed({ epoch, step, steps, stepMs, loss }: ProgressMessage): void {
    const now = this.context.clock.monotonicMs();
    if (now - this.toldMs < PROGRESS_EVERY_MS) return;
    this.toldMs = now;
    const { experiment, trial, run } = this.trial;
    const { epochs } = this.context.config().recipe;
    const payload = { experiment, trial, run, epoch, epochs, step, steps, stepMs, loss };
    this.context.meter.own(() => this.context.publish({ name: 'trial.progressed', payload }));
  }

  whySaved(step: number): string {
    return SUSPENSIONS[this.context.control.interruption ?? 'none'](step);
  }

  keepsWeights(reward: number): boolean {
    const { store, experiment, config } = this.context;
    return this.trial.purpose === 'proposal' && store.runs.better(experiment, reward) < config().keepWeights;
  }
}

/** How an attempt ends whose trial is saved. */
const SUSPENSIONS: Record<Interruption | 'none', (step: number) => string> = {
  pause: (step) => `Saved at step ${step}, as the search was paused.`,
  stop: (step) => `Saved at step ${step}, as the search was stopped.`,
  close: (step) => `Saved at step ${step}, as Cellwright was closed.`,
  none: (step) => `Saved at step ${step}.`,
};
