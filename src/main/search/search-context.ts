import type { WorkbenchEvent } from '../../shared/contract.ts';
import { deriveSeed } from '../../shared/random.ts';
import type { Architecture, Scale } from '../../shared/records/architecture.ts';
import type { ExperimentConfig } from '../../shared/records/experiment.ts';
import type { SubsetCounts } from '../../shared/records/recipe.ts';
import type { RunSpec, TrainSpec } from '../../shared/records/run.ts';
import type { RunKeeper } from '../runs/run-keeper.ts';
import type { RunTools } from '../runs/run-tools.ts';
import type { Meter } from './meter.ts';
import type { SearchControl } from './search-control.ts';
import type { createStrategy } from './strategies/create-strategy.ts';

/** What a search works with that does not belong to one experiment. */
export interface SearchTools extends RunTools {
  readonly keeper: RunKeeper;
  readonly createStrategy: typeof createStrategy;
  /** Tells what is not stored: progress and news. */
  readonly publish: (event: WorkbenchEvent) => void;
}

/** One experiment while it runs. */
export interface SearchContext extends SearchTools {
  readonly experiment: number;
  /** As it stands: its budget may change while the search runs. */
  readonly config: () => ExperimentConfig;
  readonly scale: Scale;
  readonly subset: SubsetCounts;
  readonly dataset: RunSpec['dataset'];
  readonly datasetFolder: string;
  readonly control: SearchControl;
  /** Runs that are handed in, by id, each until its end is stored. */
  readonly training: Map<number, Promise<void>>;
  readonly meter: Meter;
}

/** A store write of the search itself, with the time that it took and stands at. */
export function record<T>(context: SearchContext, work: () => T): T {
  const { store, meter, experiment } = context;
  return meter.own(() =>
    store.transaction(() => {
      const result = work();
      store.experiments.setClock(experiment, meter.runningMs, meter.overheadMs);
      return result;
    }),
  );
}

/** Whether the experiment's time is used up. */
export function isOutOfTime({ config, meter }: SearchContext): boolean {
  const { timeLimitMs } = config().budget;
  return timeLimitMs > 0 && meter.runningMs >= timeLimitMs;
}

/** The run that trains an architecture as this search does; the seeds make it the same whoever trains it, and whenever. */
export function specOf(context: SearchContext, architecture: Architecture, seed: number): TrainSpec {
  const { recipe, reward, limits, seed: root } = context.config();
  const { scale, subset, dataset } = context;
  const splitSeed = deriveSeed(root, 'split');
  return { version: 1, kind: 'train', scale, recipe, subset, dataset, splitSeed, reward, limits, architecture, seed };
}
