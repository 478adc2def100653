import type { ArtifactFiles } from '../artifacts/artifact-files.ts';
import type { Clock } from '../clock.ts';
import type { Log, Tell } from '../log.ts';
import type { Store } from '../store/store.ts';
import type { CheckpointFiles } from './checkpoint-files.ts';
import type { RunQueue } from './run-queue.ts';

/** What runs are carried out with, whoever asks for them. */
export interface RunTools {
  readonly store: Store;
  readonly queue: RunQueue;
  readonly checkpoints: CheckpointFiles;
  readonly artifacts: ArtifactFiles;
  readonly clock: Clock;
  readonly log: Log;
  /** Tells the person, and keeps it. */
  readonly tell: Tell;
  /** Bytes of a data set that may be held on a training device; a larger one is streamed from disk. */
  readonly residentBytes: number;
  /** Throws `disk_full` when the project's disk has no room for another run. */
  readonly refuseFullDisk: () => void;
}

/** Waits for the deletion of files; those that can't be deleted are swept when the project is opened again. */
export async function tidy({ log }: Pick<RunTools, 'log'>, removal: Promise<void>): Promise<void> {
  await removal.catch((error: unknown) => log.write('warn', 'A file of a run could not be deleted', error));
}
