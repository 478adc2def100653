import { type TrainerCommand, type TrainerEvent, trainerEventSchema } from '../../shared/records/trial-job.ts';

/** How a host ended. `error` is the last that was heard from it, where it said something. */
export type Death =
  | { readonly kind: 'exit'; readonly code: number; readonly error: string | null }
  | { readonly kind: 'signal'; readonly signal: string; readonly error: string | null };

/** Something that trains one trial at a time: a process, or the smallest set-up's thread. */
export interface TrainerHost {
  /** Of its process; null where it has none of its own, or none yet. */
  readonly pid: number | null;
  send(command: TrainerCommand): void;
  /** One listener each; the pool is the only one who listens. */
  onEvent(listener: (event: TrainerEvent) => void): void;
  /** Called once, after everything that the host reported. */
  onDeath(listener: (death: Death) => void): void;
  /** At once, whatever it is doing. */
  kill(): void;
}

export interface HostOptions {
  /** The whole environment of the host. */
  readonly environment: Readonly<Record<string, string>>;
  /** Module whose `trainChild` trains; the real one unless a test brings its own. */
  readonly trainingModule: string;
}

/** A way to start hosts. */
export interface Launcher {
  /** Hosts that may live at the same time. */
  readonly maximumHosts: number;
  launch(options: HostOptions): TrainerHost;
}

/** Messages of a host are parsed: a host may be broken. An unknown one is dropped. */
export function parseEvent(message: unknown): TrainerEvent | null {
  const parsed = trainerEventSchema.safeParse(message);
  return parsed.success ? parsed.data : null;
}
