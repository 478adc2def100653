import { deriveSeed } from '../../shared/random.ts';
import type { Experiment, ExperimentConfig, Trial } from '../../shared/records/experiment.ts';
import { WorkbenchError } from '../../shared/workbench-error.ts';
import { Search } from '../search/search.ts';
import type { SearchTools } from '../search/search-context.ts';
import { openMaterial, refuseOtherDataset } from './experiment-material.ts';

const INTERRUPTED = 'This search was interrupted; resume it, and it goes on where it stood.';

/** What may be changed while a search is under way. */
export interface ExperimentChange {
  readonly trials?: number | undefined;
  readonly timeLimitMs?: number | undefined;
  readonly trialsAtOnce?: number | undefined;
}

/** The project's experiments and the searches that are in motion. */
export class Searches {
  private readonly tools: SearchTools;
  private readonly home: string;
  private readonly live = new Map<number, Search>();
  /** Why a search rests, where the disk did not take it. */
  private readonly unstored = new Map<number, Pick<Experiment, 'state' | 'message'>>();
  private isClosing = false;

  constructor(tools: SearchTools, home: string) {
    this.tools = tools;
    this.home = home;
  }

  /** Stored as running with nobody at work: the process was killed or closed in the middle. */
  interrupted(): number[] {
    const { experiments } = this.tools.store;
    return experiments.list().flatMap(({ id, state }) => (state === 'running' && !this.live.has(id) ? [id] : []));
  }

  list(): Experiment[] {
    return this.tools.store.experiments.list().map((experiment) => this.present(experiment));
  }

  /** Throws `not_found`, like everything here that takes an experiment. */
  get(experiment: number): Experiment {
    return this.present(this.tools.store.experiments.get(experiment));
  }

  /** Stores an experiment and starts it. Throws `invalid_input` where it could not run, before anything is stored. */
  async create(config: ExperimentConfig): Promise<Experiment> {
    this.refuseClosing();
    const { store, clock, refuseFullDisk, createStrategy } = this.tools;
    const material = openMaterial(this.home, config);
    refuseFullDisk();
    // A strategy that can't be made from its settings is refused here, not by a search that fails at its start.
    await (await createStrategy(config.strategy, config.space, deriveSeed(config.seed, 'strategy'))).close();
    const id = store.transaction(() => {
      const created = store.experiments.create(config, clock.now().toISOString());
      store.datasets.add(created, material.identity);
      return created;
    });
    this.start(store.experiments.get(id), material);
    return this.get(id);
  }

  /** Goes on where the experiment stands. Throws `conflict` when there is nothing to go on with. */
  async resume(id: number): Promise<Experiment> {
    this.refuseClosing();
    if (this.live.has(id)) return this.get(id);
    const { store, refuseFullDisk } = this.tools;
    const experiment = store.experiments.get(id);
    refuseFinished(experiment);
    const material = openMaterial(this.home, experiment.config);
    refuseOtherDataset(id, store.datasets.get(id), material.identity);
    refuseFullDisk();
    store.experiments.setState(id, 'running', null, null);
    this.start(store.experiments.get(id), material);
    return this.get(id);
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
    if (state === 'running') experiments.setState(id, 'paused', null, null);
    else if (state !== 'paused') throw new WorkbenchError('conflict', `Experiment ${id} is ${state}: nothing runs.`);
    return this.get(id);
  }

  /** Resolves when the running trials are cancelled. */
  async stop(id: number): Promise<Experiment> {
    const { store, clock } = this.tools;
    const experiment = store.experiments.get(id);
    if (experiment.state === 'stopped') return experiment;
    if (experiment.state === 'completed') {
      throw new WorkbenchError('conflict', `Experiment ${id} is completed: there is nothing to stop.`);
    }
    const search = this.live.get(id);
    if (search) {
      await search.stop();
      return this.get(id);
    }
    const at = clock.now().toISOString();
    store.transaction(() => {
      for (const trial of store.trials.unfinished(id)) store.trials.cancel(id, trial, 'The search was stopped.', at);
      store.experiments.setState(id, 'stopped', null, at);
    });
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
  cancelTrial(id: number, trial: number): Trial {
    const { store, clock } = this.tools;
    const { state } = store.trials.get(id, trial);
    if (state !== 'queued' && state !== 'running') {
      throw new WorkbenchError('conflict', `Trial ${trial} of experiment ${id} is ${state}: it can't be cancelled.`);
    }
    const search = this.live.get(id);
    if (search?.isTraining(trial)) {
      search.cancelTraining(trial);
      return store.trials.get(id, trial);
    }
    store.transaction(() => {
      store.trials.cancel(id, trial, 'Cancelled on request.', clock.now().toISOString());
      store.experiments.note(id);
    });
    search?.notify();
    return store.trials.get(id, trial);
  }

  /** Saves what runs, so that it goes on by itself at the next start. */
  async close(): Promise<void> {
    this.isClosing = true;
    await Promise.all([...this.live.values()].map((search) => search.pause('close')));
  }

  private start(experiment: Experiment, material: ReturnType<typeof openMaterial>): void {
    this.unstored.delete(experiment.id);
    const search = new Search(this.tools, experiment, material);
    this.live.set(experiment.id, search);
    void search.ended.then(() => this.rest(search));
  }

  private rest(search: Search): void {
    this.live.delete(search.experiment);
    if (!search.unstored) return;
    this.unstored.set(search.experiment, search.unstored);
    this.tools.publish({ name: 'experiment.changed', payload: this.get(search.experiment) });
  }

  /** An experiment that is stored as running rests when nobody is at work on it. */
  private present(experiment: Experiment): Experiment {
    if (experiment.state !== 'running' || this.live.has(experiment.id)) return experiment;
    return { ...experiment, state: 'paused', message: INTERRUPTED, ...this.unstored.get(experiment.id) };
  }

  private refuseClosing(): void {
    if (this.isClosing) throw new WorkbenchError('unavailable', 'The workbench is closing.');
  }
}

function refuseFinished({ id, state, config, counts, runningMs }: Experiment): void {
  if (state === 'stopped') {
    throw new WorkbenchError('conflict', `Experiment ${id} was stopped for good: start a new search.`);
  }
  if (state !== 'completed') return;
  const { trials, timeLimitMs } = config.budget;
  if (timeLimitMs > 0 && runningMs >= timeLimitMs) {
    throw new WorkbenchError('conflict', `Experiment ${id} has used up its time limit: raise it, then resume.`);
  }
  if (counts.completed + counts.failed + counts.pruned >= trials) {
    throw new WorkbenchError(
      'conflict',
      `Experiment ${id} has finished its ${trials} trials: raise their number, then resume.`,
    );
  }
}
