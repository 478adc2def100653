import type { WorkbenchEvent } from '../../shared/contract.ts';
import type { Scale } from '../../shared/records/architecture.ts';
import type { ExperimentConfig } from '../../shared/records/experiment.ts';
import type { Clock } from '../clock.ts';
import type { Log, Tell } from '../log.ts';
import type { Store } from '../store/store.ts';
import type { CheckpointFiles } from './checkpoint-files.ts';
import type { Meter } from './meter.ts';
import type { SearchControl } from './search-control.ts';
import type { createStrategy } from './strategies/strategy.ts';
import type { TrialQueue } from './trial-queue.ts';

/** What a search works with that does not belong to one experiment. */
export interface SearchTools {
  readonly store: Store;
  readonly queue: TrialQueue;
  readonly checkpoints: CheckpointFiles;
  readonly createStrategy: typeof createStrategy;
  readonly clock: Clock;
  readonly log: Log;
  /** Tells the person, and keeps it. */
  readonly tell: Tell;
  /** Tells what is not stored: progress and news. */
  readonly publish: (event: WorkbenchEvent) => void;
  /** Bytes of a data set that may be held on a training device; a larger one is streamed from disk. */
  readonly residentBytes: number;
  /** Throws `disk_full` when the project's disk has no room for another trial. */
  readonly refuseFullDisk: () => void;
}

/** One experiment while it runs. */
export interface SearchContext extends SearchTools {
  readonly experiment: number;
  /** As it stands: its budget may change while the search runs. */
  readonly config: () => ExperimentConfig;
  readonly scale: Scale;
  readonly datasetFolder: string;
  readonly control: SearchControl;
  /** Trials that are handed in, by number, each until its end is stored. */
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

/** Waits for the deletion of checkpoint files; those that can't be deleted are swept when the project is opened again. */
export async function tidy({ log }: Pick<SearchTools, 'log'>, removal: Promise<void>): Promise<void> {
  await removal.catch((error: unknown) => log.write('warn', 'A checkpoint could not be deleted', error));
}

/** Whether the experiment's time is used up. */
export function isOutOfTime({ config, meter }: SearchContext): boolean {
  const { timeLimitMs } = config().budget;
  return timeLimitMs > 0 && meter.runningMs >= timeLimitMs;
}
