import type { Priority, TrainerRunEvent } from '../../shared/records/run.ts';
import type { LogSubject } from '../log.ts';

export type ProgressMessage = Extract<TrainerRunEvent, { kind: 'progress' }>;

/** Whoever asked for a run, as far as its keeper has to know. */
export interface RunOwner {
  /** For sentences, such as "Trial 17" or "The calibration". */
  readonly name: string;
  readonly about: LogSubject | undefined;
  readonly priority: Priority;
  /** Does a write of the run together with what the owner writes along with it, in one transaction. */
  record<T>(work: () => T): T;
  /** Something can't be written (a full disk): the run is over for now, and so is whatever the owner does. */
  fail(error: unknown): void;
  progressed(message: ProgressMessage): void;
  /** How an attempt ended that was saved at this step because the owner wanted it, in a sentence. */
  whySaved(step: number): string;
  /** Whether the weights of a run that ends with this reward are kept. */
  keepsWeights(reward: number): boolean;
}

/** Where a run finds its data, and how often it is saved. */
export interface RunPlace {
  /** Absolute. */
  readonly datasetFolder: string;
  readonly checkpointEveryMs: number;
  readonly checkpointEverySteps: number;
}
