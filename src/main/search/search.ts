import type { Scale } from '../../shared/records/architecture.ts';
import type { Experiment, ExperimentConfig, ExperimentState } from '../../shared/records/experiment.ts';
import type { SubsetCounts } from '../../shared/records/recipe.ts';
import type { RunSpec } from '../../shared/records/run.ts';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import { tidy } from '../runs/run-tools.ts';
import { Meter } from './meter.ts';
import { unfinishedRepeats } from './repeat-trials.ts';
import type { SearchContext, SearchTools } from './search-context.ts';
import { SearchControl } from './search-control.ts';
import { type SearchEnd, searchLoop } from './search-loop.ts';
import { settle, trainRepeats } from './train-batch.ts';

/** What the data set decides about an experiment. */
export interface SearchMaterial {
  readonly scale: Scale;
  readonly subset: SubsetCounts;
  readonly dataset: RunSpec['dataset'];
  /** Absolute. */
  readonly datasetFolder: string;
}

interface LastState {
  readonly state: ExperimentState;
  readonly message: string | null;
}

/**
 * What an experiment is in motion for: its search, or only the repeats that a person asked for while it rested; then it
 * goes back to the state that it had.
 */
export type SearchPurpose = 'search' | 'repeats';

/** One experiment in motion, from its start or resumption to the next rest. */
export class Search {
  readonly experiment: number;
  /** Resolves when the search rests; never rejects. */
  readonly ended: Promise<void>;
  /** Why it rests, where that could not be stored. */
  unstored: LastState | null = null;
  private readonly tools: SearchTools;
  private readonly control = new SearchControl();
  private readonly meter: Meter;
  private readonly training = new Map<number, Promise<void>>();
  private config: ExperimentConfig;
  private purpose: SearchPurpose;
  /** Resolves when the files of the trials that a stop cancelled are gone. */
  private tidied = Promise.resolve();

  /** Starts at once. The experiment is stored as running already. */
  constructor(tools: SearchTools, experiment: Experiment, material: SearchMaterial, purpose: SearchPurpose) {
    this.tools = tools;
    this.experiment = experiment.id;
    this.config = experiment.config;
    this.purpose = purpose;
    this.meter = new Meter(() => tools.clock.monotonicMs(), experiment, purpose === 'repeats');
    const context: SearchContext = {
      ...tools,
      ...material,
      experiment: experiment.id,
      config: () => this.config,
      control: this.control,
      training: this.training,
      meter: this.meter,
    };
    this.ended = this.run(context);
  }

  /** Saves the running trials and rests; `close` leaves the experiment to go on by itself at the next start. */
  async pause(reason: 'pause' | 'close'): Promise<void> {
    this.control.interrupt(reason);
    await this.ended;
  }

  /** Cancels the running trials and ends the experiment for good. */
  async stop(): Promise<void> {
    this.control.interrupt('stop');
    await this.ended;
    await this.tidied;
  }

  /** Whether a run is in the hands of its keeper. */
  isTraining(run: number): boolean {
    return this.training.has(run);
  }

  /** Whether only repeats are trained. */
  get isForRepeats(): boolean {
    return this.purpose === 'repeats';
  }

  /** Whether it begins nothing new and will rest. */
  get isEnding(): boolean {
    return this.control.isEnding;
  }

  /** The search itself goes on beside the repeats; the experiment is stored as running already. */
  goOn(): void {
    this.purpose = 'search';
    this.control.notify();
  }

  /** Something was changed in the store that the search should act on. */
  notify(): void {
    this.control.notify();
  }

  changeConfig(config: ExperimentConfig): void {
    this.config = config;
    this.control.notify();
  }

  private async run(context: SearchContext): Promise<void> {
    const last = await this.search(context);
    if (!last) return;
    try {
      this.store(last);
    } catch (error) {
      // The disk may be full: the experiment stays stored as running, and goes on when it is resumed.
      this.tools.log.write('error', `The end of experiment ${this.experiment} could not be stored`, error);
      this.unstored = last;
    }
  }

  private async search(context: SearchContext): Promise<LastState | null> {
    try {
      if (this.isForRepeats && (await this.trainRepeats(context)) === 'interrupted') {
        return this.afterwards({ kind: 'interrupted' });
      }
      if (this.isForRepeats) return { state: 'paused', message: null };
      return this.afterwards(await searchLoop(context));
    } catch (error) {
      return this.afterFailure(error);
    }
  }

  private async trainRepeats(context: SearchContext) {
    try {
      return await trainRepeats(context, () => !this.isForRepeats);
    } finally {
      // Else they go on beside the search.
      if (this.isForRepeats) await settle(context);
    }
  }

  private afterwards(end: SearchEnd): LastState | null {
    if (end.kind === 'completed') return { state: 'completed', message: end.message };
    if (end.kind === 'paused') return { state: this.orStopped('paused'), message: end.message };
    if (this.control.interruption === 'close') return null;
    return { state: this.orStopped('paused'), message: null };
  }

  private afterFailure(error: unknown): LastState {
    const isForeseen = error instanceof WorkbenchError && error.code !== 'internal';
    if (isForeseen) return { state: this.orStopped('paused'), message: error.message };
    this.tools.log.write('error', `Experiment ${this.experiment} failed`, error);
    return {
      state: this.orStopped('failed'),
      message: 'Something went wrong inside Cellwright; the log has the details.',
    };
  }

  /** Whatever else ends the search: who stopped it has its end for good. */
  private orStopped(state: ExperimentState): ExperimentState {
    return this.control.interruption === 'stop' ? 'stopped' : state;
  }

  private store({ state, message }: LastState): void {
    const { store, clock, checkpoints } = this.tools;
    const at = clock.now().toISOString();
    const restsAs = this.isForRepeats ? store.experiments.restsAs(this.experiment) : null;
    // A search that was paused before its repeats can be stopped with them; one that had ended stays as it is.
    const isBack = restsAs !== null && !(state === 'stopped' && restsAs === 'paused');
    const unfinished = isBack ? unfinishedRepeats(store, this.experiment) : store.runs.unfinished(this.experiment);
    const cancelled = state === 'stopped' ? unfinished : [];
    const words = message ?? (state === 'stopped' ? whyRested(store.experiments.get(this.experiment)) : null);
    const files = store.transaction(() => {
      const left = cancelled.flatMap((run) => store.runs.cancel(run, 'The search was stopped.', at) ?? []);
      store.experiments.setClock(this.experiment, this.meter.runningMs, this.meter.overheadMs);
      if (isBack) store.experiments.restFromRepeats(this.experiment, message);
      else store.experiments.setState(this.experiment, state, words, state === 'paused' ? null : at);
      return left;
    });
    this.tidied = tidy(this.tools, checkpoints.removeRuns(cancelled, files));
    if (!isBack) this.tellEnd(state, message);
  }

  private tellEnd(state: ExperimentState, message: string | null): void {
    const isUnasked = message !== null && (state === 'paused' || state === 'stopped');
    const level = state === 'failed' ? 'error' : isUnasked ? 'warn' : 'info';
    const words = `The search is ${state === 'failed' ? 'given up' : state}.${message === null ? '' : ` ${message}`}`;
    this.tools.tell(level, words, { experiment: this.experiment, trial: null });
  }
}

/** What stays of the message of a search that rests when it is stopped: it may still tell what went wrong. */
export function whyRested({ message }: Pick<Experiment, 'message'>): string | null {
  return message === null ? null : `Before that it rested: ${message}`;
}
