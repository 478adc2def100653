import { deriveSeed } from '../../shared/random.ts';
import type { Experiment, ExperimentConfig, ExperimentState, Trial } from '../../shared/records/experiment.ts';
import { finishedTrials, isUnfinished } from '../../shared/search-state.ts';
import { trialName } from '../../shared/trial-name.ts';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import { tidy } from '../runs/run-tools.ts';
import { type RepeatRequest, refuseUnfinished, repeatTrials, unfinishedRepeats } from '../search/repeat-trials.ts';
import { Search, type SearchPurpose, whyRested } from '../search/search.ts';
import type { SearchTools } from '../search/search-context.ts';
import { checkedMaterial, type ExperimentMaterial, openMaterial, refuseOtherDataset } from './experiment-material.ts';

const LONGEST_NAME = 200;
const RANDOM_SUFFIX = ' (random)';
const INTERRUPTED = 'This search was interrupted; resume it, and it goes on where it stood.';

/** What may be changed while a search is under way. */
export interface ExperimentChange {
  readonly trials?: number | undefined;
  readonly timeLimitMs?: number | undefined;
  readonly trialsAtOnce?: number | undefined;
}

/** A trial that goes on, and the epochs that it had behind it. */
export interface ResumedTrial {
  readonly experiment: number;
  readonly trial: number;
  readonly run: number;
  readonly epoch: number;
}

/** The project's experiments and the searches that are in motion. */
export class Searches {
  private readonly tools: SearchTools;
  private readonly home: string;
  private readonly live = new Map<number, Search>();
  /** Why a search rests, where the disk did not take it. */
  private readonly unstored = new Map<number, Pick<Experiment, 'state' | 'message'>>();
  /** Trials that an earlier process left in the middle, of experiments that went on since. */
  private readonly resumedTrials: ResumedTrial[] = [];
  /** Experiments that were running when the project was opened, as far as they did not go on yet. */
  private readonly left: Set<number>;
  private isClosing = false;
  private readonly closing = new AbortController();

  constructor(tools: SearchTools, home: string) {
    this.tools = tools;
    this.home = home;
    this.left = new Set(this.interrupted());
  }

  /** What was in the middle when the process before this one ended, and goes on. */
  resumed(): readonly ResumedTrial[] {
    return this.resumedTrials;
  }

  /** Stored as running with nobody at work: the process was killed or closed in the middle. */
  interrupted(): number[] {
    const { experiments } = this.tools.store;
    return experiments.list().flatMap(({ id, state }) => (state === 'running' && !this.live.has(id) ? [id] : []));
  }

  list(): Experiment[] {
    return this.tools.store.experiments.list().map((experiment) => this.present(experiment));
  }

  /** Experiments in motion. */
  running(): number[] {
    return [...this.live.keys()];
  }

  /** What a search of this config works with, its data compared with its hashes. Rejects as `create` does. */
  async material(config: ExperimentConfig): Promise<ExperimentMaterial> {
    return await checkedMaterial(this.home, config, { tell: this.tools.tell, signal: this.closing.signal });
  }

  /** Throws `not_found`, like everything here that takes an experiment. */
  get(experiment: number): Experiment {
    return this.present(this.tools.store.experiments.get(experiment));
  }

  /** Stores an experiment and starts it. Throws `invalid_input` where it could not run, before anything is stored. */
  async create(config: ExperimentConfig): Promise<Experiment> {
    return await this.begin(config, await this.material(config), null);
  }

  /**
   * The random search beside a search: the one that is there, else a new one that starts at once. It has the search's
   * space, scale, training, budget and data set as they stand, and its seed: so both split the images alike, their
   * children of one number have the same seed, and nothing but what proposes them differs. It runs beside the search,
   * with as many trainers of its own; results don't depend on that, times do. Throws `conflict` for a random search.
   */
  async twin(id: number): Promise<Experiment> {
    const { store } = this.tools;
    const { config } = store.experiments.get(id);
    const { strategy } = config;
    if (strategy.kind === 'random') {
      throw new WorkbenchError('conflict', `Experiment ${id} is a random search itself: it needs no twin.`);
    }
    const there = store.experiments.twinOf(id);
    if (there !== null) return this.get(there);
    const material = await this.material(config);
    refuseOtherDataset(id, store.datasets.get(id), material.used);
    const random = { kind: 'random', batchSize: strategy.batchSize } as const;
    const name = `${config.name.slice(0, LONGEST_NAME - RANDOM_SUFFIX.length)}${RANDOM_SUFFIX}`;
    return await this.begin({ ...config, name, strategy: random }, material, id);
  }

  /**
   * Goes on where the experiment stands, with its search, or with the repeats that were asked for after its end.
   * Throws `conflict` when there is nothing to go on with.
   */
  async resume(id: number): Promise<Experiment> {
    await this.untilItHears(id);
    const live = this.live.get(id);
    if (live && !live.isForRepeats) return this.get(id);
    const { store } = this.tools;
    const experiment = store.experiments.get(id);
    const restsAs = store.experiments.restsAs(id);
    if (live) {
      refuseFinished({ ...experiment, state: restsAs ?? experiment.state });
      store.experiments.setState(id, 'running', null, null);
      live.goOn();
      return this.get(id);
    }
    const hasRepeats = unfinishedRepeats(store, id).length > 0;
    // Killed in the middle of repeats, or these were paused after the search had ended: they alone go on.
    if (hasRepeats && (restsAs !== null || whyFinished(experiment) !== null)) {
      return this.startRepeats(id, restsAs ?? experiment.state);
    }
    if (restsAs !== null) {
      store.experiments.restFromRepeats(id, null);
      return this.get(id);
    }
    refuseFinished(experiment);
    const material = this.materialOf(experiment);
    store.experiments.setState(id, 'running', null, null);
    this.start(store.experiments.get(id), material, 'search');
    return this.get(id);
  }

  /**
   * Trains a finished trial's architecture again with other seeds. Where the search runs, they are next; where it
   * rests, trainers start for them alone, and it rests as before when they are trained. Resolves when they are stored:
   * where the search is being saved, once it rests.
   */
  async repeat(request: RepeatRequest): Promise<Trial[]> {
    this.refuseClosing();
    const { experiment: id, trial } = request;
    const { store } = this.tools;
    refuseUnfinished(store.trials.get(id, trial));
    await this.untilItHears(id);
    const experiment = this.get(id);
    const live = this.live.get(id);
    // What could not start must not be stored either.
    if (!live) this.materialOf(experiment);
    const made = repeatTrials(this.tools, request);
    if (live) live.notify();
    else this.startRepeats(id, store.experiments.restsAs(id) ?? experiment.state);
    return made.map(({ trial: source, run }) => store.trials.get(id, source, run));
  }

  /** Resolves when the running trials are saved. */
  async pause(id: number): Promise<Experiment> {
    const search = this.live.get(id);
    if (search) {
      await search.pause('pause');
      return this.get(id);
    }
    const { experiments } = this.tools.store;
    const { state } = experiments.get(id);
    // Why it rests, where that could not be stored.
    const why = this.unstored.get(id)?.message ?? null;
    if (experiments.restsAs(id) !== null) experiments.restFromRepeats(id, why);
    else if (state === 'running') experiments.setState(id, 'paused', why, null);
    else if (state !== 'paused') throw new WorkbenchError('conflict', `Experiment ${id} is ${state}: nothing runs.`);
    return this.get(id);
  }

  /** Resolves when the running trials are cancelled. */
  async stop(id: number): Promise<Experiment> {
    const { store, clock, checkpoints } = this.tools;
    const experiment = store.experiments.get(id);
    if (experiment.state === 'stopped') return experiment;
    if (experiment.state === 'completed') {
      throw new WorkbenchError('conflict', `Experiment ${id} is completed: there is nothing to stop.`);
    }
    const search = this.live.get(id);
    if (search) {
      await search.stop();
      const stopped = this.get(id);
      // One that came to rest by itself before it heard of the stop is stopped as it rests.
      if (stopped.state !== 'paused' || this.live.has(id)) return stopped;
    }
    const at = clock.now().toISOString();
    const restsAs = store.experiments.restsAs(id);
    const isStopped = restsAs === null || restsAs === 'paused';
    // A search that had ended keeps its own: one that failed may go on.
    const cancelled = isStopped ? store.runs.unfinished(id) : unfinishedRepeats(store, id);
    const why = whyRested({ ...store.experiments.get(id), ...this.unstored.get(id) });
    const files = store.transaction(() => {
      const left = cancelled.flatMap((run) => store.runs.cancel(run, 'The search was stopped.', at) ?? []);
      if (isStopped) store.experiments.setState(id, 'stopped', why, at);
      else store.experiments.restFromRepeats(id, this.unstored.get(id)?.message ?? null);
      return left;
    });
    this.unstored.delete(id);
    if (isStopped) this.tools.tell('info', 'The search is stopped.', { experiment: id, trial: null });
    await tidy(this.tools, checkpoints.removeRuns(cancelled, files));
    return this.get(id);
  }

  change(id: number, { trials, timeLimitMs, trialsAtOnce }: ExperimentChange): Experiment {
    const { experiments } = this.tools.store;
    const { config } = experiments.get(id);
    const changed: ExperimentConfig = {
      ...config,
      budget: { trials: trials ?? config.budget.trials, timeLimitMs: timeLimitMs ?? config.budget.timeLimitMs },
      trialsAtOnce: trialsAtOnce ?? config.trialsAtOnce,
    };
    experiments.setConfig(id, changed);
    this.live.get(id)?.changeConfig(changed);
    return this.get(id);
  }

  /** A trial in training ends when its trainer has let go of it; every other one at once. */
  async cancelTrial(id: number, trial: number, number: number): Promise<Trial> {
    const { store, clock, checkpoints, keeper } = this.tools;
    const found = store.trials.get(id, trial, number);
    if (!isUnfinished(found)) {
      const name = trialName(found);
      throw new WorkbenchError(
        'conflict',
        `Trial ${name} of experiment ${id} is ${found.state}: it can't be cancelled.`,
      );
    }
    const run = store.rows.idOf(id, trial, number);
    const search = this.live.get(id);
    if (search?.isTraining(run)) {
      keeper.cancel(run);
      return store.trials.get(id, trial, number);
    }
    const files = store.transaction(() => {
      const left = store.runs.cancel(run, 'Cancelled on request.', clock.now().toISOString()) ?? [];
      store.experiments.note(id);
      return left;
    });
    search?.notify();
    await tidy(this.tools, checkpoints.removeRuns([run], files));
    return store.trials.get(id, trial, number);
  }

  /** Saves what runs, so that it goes on by itself at the next start. */
  async close(): Promise<void> {
    this.isClosing = true;
    this.closing.abort(isClosing());
    await Promise.all([...this.live.values()].map((search) => search.pause('close')));
  }

  private async begin(
    config: ExperimentConfig,
    material: ExperimentMaterial,
    twinOf: number | null,
  ): Promise<Experiment> {
    this.refuseClosing();
    const { store, clock, refuseFullDisk, createStrategy } = this.tools;
    refuseFullDisk();
    // A strategy that can't be made from its settings is refused here, not by a search that fails at its start.
    await (await createStrategy(config.strategy, config.space, deriveSeed(config.seed, 'strategy'))).close();
    this.refuseClosing();
    // Somebody else may have asked for the same twin in the meantime.
    const there = twinOf === null ? null : store.experiments.twinOf(twinOf);
    if (there !== null) return this.get(there);
    const id = store.transaction(() => {
      const created = store.experiments.create(config, clock.now().toISOString(), twinOf);
      store.datasets.add(created, material.used);
      return created;
    });
    this.start(store.experiments.get(id), material, 'search');
    return this.get(id);
  }

  /**
   * A search that is being saved, or that fails, rests first: it would begin nothing more. Where none is at work, what
   * goes on does so with the bytes that it was begun with.
   */
  private async untilItHears(id: number): Promise<void> {
    const untilEnded = async (): Promise<void> => {
      for (let live = this.live.get(id); live?.isEnding; live = this.live.get(id)) await live.ended;
    };
    await untilEnded();
    if (!this.live.has(id)) await this.material(this.get(id).config);
    await untilEnded();
    this.refuseClosing();
  }

  private startRepeats(id: number, restsAs: ExperimentState): Experiment {
    const { experiments } = this.tools.store;
    const material = this.materialOf(experiments.get(id));
    // One that is stored as running was killed: a person sees it as paused.
    experiments.runForRepeats(id, restsAs === 'running' ? 'paused' : restsAs);
    this.start(experiments.get(id), material, 'repeats');
    return this.get(id);
  }

  /** What a stored experiment goes on with. Throws where that is not there any more. */
  private materialOf({ id, config }: Experiment): ExperimentMaterial {
    const material = openMaterial(this.home, config);
    refuseOtherDataset(id, this.tools.store.datasets.get(id), material.used);
    this.tools.refuseFullDisk();
    return material;
  }

  private start(experiment: Experiment, material: ExperimentMaterial, purpose: SearchPurpose): void {
    this.unstored.delete(experiment.id);
    if (this.left.delete(experiment.id)) this.resumedTrials.push(...this.trialsInTheMiddle(experiment.id));
    const search = new Search(this.tools, experiment, material, purpose);
    this.live.set(experiment.id, search);
    void search.ended.then(() => this.rest(search));
  }

  /** Trials that were in training, or saved, when the last process ended. */
  private trialsInTheMiddle(experiment: number): ResumedTrial[] {
    const { runs, rows, epochs } = this.tools.store;
    return runs.unfinished(experiment).flatMap((id) => {
      const owner = rows.ownerOf(id);
      if (!owner || runs.get(id).attempts === 0) return [];
      return [{ ...owner, epoch: epochs.list(id).at(-1)?.epoch ?? 0 }];
    });
  }

  private rest(search: Search): void {
    this.live.delete(search.experiment);
    this.startLateRepeats(search);
    if (!search.unstored) return;
    this.unstored.set(search.experiment, search.unstored);
    this.tools.publish({ name: 'experiment.changed', payload: this.get(search.experiment) });
  }

  /** Asked for in the moment between a search's last look at them and its end. */
  private startLateRepeats({ experiment, unstored }: Search): void {
    const { store, log } = this.tools;
    if (this.isClosing || unstored || store.experiments.get(experiment).state !== 'completed') return;
    if (store.runs.unfinished(experiment).length === 0) return;
    try {
      this.startRepeats(experiment, 'completed');
    } catch (error) {
      log.write('error', `The repeats of experiment ${experiment} could not be started`, error);
    }
  }

  /** An experiment that is stored as running rests when nobody is at work on it. */
  private present(experiment: Experiment): Experiment {
    if (experiment.state !== 'running' || this.live.has(experiment.id)) return experiment;
    return { ...experiment, state: 'paused', message: INTERRUPTED, ...this.unstored.get(experiment.id) };
  }

  private refuseClosing(): void {
    if (this.isClosing) throw isClosing();
  }
}

const isClosing = (): WorkbenchError => new WorkbenchError('unavailable', 'The workbench is closing.');

function refuseFinished(experiment: Experiment): void {
  const reason = whyFinished(experiment);
  if (reason !== null) throw new WorkbenchError('conflict', reason);
}

/** Why there is nothing for a search to go on with, in a sentence; null where there is. */
function whyFinished({ id, state, config, counts, runningMs }: Experiment): string | null {
  if (state === 'stopped') return `Experiment ${id} was stopped for good: start a new search.`;
  if (state !== 'completed') return null;
  const { trials, timeLimitMs } = config.budget;
  if (timeLimitMs > 0 && runningMs >= timeLimitMs) {
    return `Experiment ${id} has used up its time limit: raise it, then resume.`;
  }
  if (finishedTrials({ counts }) < trials) return null;
  return `Experiment ${id} has finished its ${trials} trials: raise their number, then resume.`;
}
