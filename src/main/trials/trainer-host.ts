import { type TrainerCommand, type TrainerEvent, trainerEventSchema } from '../../shared/records/trial-job.ts';

/** How a host ended. `error` carries what its training thread threw, where that was the cause. */
export type Death =
  | { readonly kind: 'exit'; readonly code: number; readonly error: string | null }
  | { readonly kind: 'signal'; readonly signal: string };

/** Something that trains one trial at a time: a process, or the smallest set-up's thread. */
export interface TrainerHost {
  /** Of its process; null where it has none of its own. */
  readonly pid: number | null;
  send(command: TrainerCommand): void;
  /** One listener each; the pool is the only one who listens. */
  onEvent(listener: (event: TrainerEvent) => void): void;
  /** Called once. */
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
  /** How many of its hosts may live at the same time. */
  readonly maximumHosts: number;
  launch(options: HostOptions): TrainerHost;
}

/** Messages of a host are parsed: a host may be broken. An unknown one is dropped. */
export function parseEvent(message: unknown): TrainerEvent | null {
  const parsed = trainerEventSchema.safeParse(message);
  return parsed.success ? parsed.data : null;
}

export function describeDeath(death: Death): string {
  if (death.kind === 'signal') return `was ended by ${death.signal}`;
  return death.error === null ? `ended with exit code ${death.code}` : `ended: ${death.error}`;
}
